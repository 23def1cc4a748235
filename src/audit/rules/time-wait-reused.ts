import { ACK } from '../../decode/tcp-flags.ts'
import { isAfter } from '../../tracker/sequence.ts'
import { TIME_WAIT } from '../../tracker/tcp-state.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** Linux begins the next life of a TIME_WAIT tuple this far behind the last number of its holder: 65535 + 2. */
const STEP = 65_537

interface Reuse {
  readonly packet: number
  readonly syn: Moment
  readonly by: 'number' | 'timestamp' | 'owner'
  readonly age: number
  /** Where the holder's new numbers begin if it is Linux. */
  readonly step: number
  /** The SYN’s number. */
  readonly seq: number
}

export default defineRule({
  id: 'time-wait-reused',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'A new connection opened on a tuple in TIME_WAIT, lawfully.',
  references: [
    'RFC 9293 §3.10.7.4 fourth',
    'RFC 6191',
    'Linux tcp_twsk_unique',
    'Linux tcp_timewait_state_process',
  ],
  tunables: [{ name: 'net.ipv4.tcp_tw_reuse', default: '2 (loopback only)' }],
  messages: {
    reused: {
      holder: ['client', 'server'],
      by: ['number', 'timestamp', 'owner'],
      age: 'duration',
      proven: 'flag',
    },
  },
  notes: { syn: {}, synAck: {} },
  groupBy: 'server',
  merge: { reused: { age: 'min' } },
  unreliableWhen: ['midstream', 'one-sided'],
  state: (): { reuse: Reuse | undefined } => ({ reuse: undefined }),
  create: (context) => {
    /** Of the connection that has just ended, for the one that opens with the same packet. */
    let last: Reuse | undefined
    return {
      replaced(event) {
        last = undefined
        const { endpoint, peer, segment, before, peerBefore } = event
        if ((segment.flags & ACK) !== 0 || (before !== TIME_WAIT && peerBefore !== TIME_WAIT)) return
        const holder = peerBefore === TIME_WAIT ? peer : endpoint
        const isOwner = holder === endpoint
        last = {
          packet: event.packet,
          syn: context.moment(event),
          by: isOwner ? 'owner' : isAfter(segment.seq, peer.rcvNxt) ? 'number' : 'timestamp',
          age: event.time - (context.entered(holder, TIME_WAIT)?.time ?? event.time),
          step: (holder.sndNxt + STEP) | 0,
          seq: segment.seq,
        }
      },
      opened(event) {
        if (last?.packet === event.packet) context.stateOf(event.connection).reuse = last
      },
      known: {
        synAck(event, { reuse }) {
          if (reuse === undefined || event.detail !== 1) return
          const { by, age, syn, step, seq } = reuse
          const isOwner = by === 'owner'
          const proven = (isOwner ? seq : event.segment.seq) === step
          context.report('reused', event, {
            data: { holder: isOwner ? 'client' : 'server', by, age, proven },
            evidence: [context.note('syn', event, {}, syn), context.note('synAck', event, {})],
            confidence: proven ? 'certain' : 'likely',
          })
        },
      },
    }
  },
})
