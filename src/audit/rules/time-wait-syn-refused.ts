import { OPTION_TIMESTAMPS } from '../../decode/tcp-options.ts'
import { HAS_TS_RECENT } from '../../tracker/endpoint-flags.ts'
import { isAfter } from '../../tracker/sequence.ts'
import { TIME_WAIT } from '../../tracker/tcp-state.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'

interface Refusal {
  readonly syn: Moment
  readonly by: 'number' | 'timestamp'
  readonly behind: number
  answer: Moment | undefined
  reset: Moment | undefined
  again: Moment | undefined
}

export default defineRule({
  id: 'time-wait-syn-refused',
  scope: 'connection',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary:
    'A SYN met the TIME_WAIT of an earlier connection and was refused for its old number or timestamp.',
  references: ['RFC 9293 §3.10.7.4 fourth', 'RFC 6191', 'Linux tcp_timewait_state_process'],
  tunables: [
    { name: 'net.ipv4.tcp_timestamps', default: '1' },
    { name: 'net.ipv4.ip_local_port_range', default: '32768 60999' },
  ],
  messages: {
    refused: {
      by: ['number', 'timestamp'],
      behind: 'count',
      cost: 'duration',
      outcome: ['opened', 'open-end'],
    },
  },
  notes: { syn: {}, answer: {}, reset: {}, again: {} },
  groupBy: 'server',
  merge: { refused: { cost: 'sum', behind: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided', 'midstream'],
  state: (): { refusal: Refusal | undefined } => ({ refusal: undefined }),
  create: (context) => ({
    pendingSyn(event) {
      if (event.peer.state !== TIME_WAIT) return
      const by = reasonOf(event)
      if (by === undefined) return
      context.stateOf(event.connection).refusal = {
        syn: context.moment(event),
        by,
        behind: by === 'number' ? (event.peer.rcvNxt - event.segment.seq) >>> 0 : timestampLag(event),
        answer: undefined,
        reset: undefined,
        again: undefined,
      }
    },
    known: {
      challengeAck(event, { refusal }) {
        if (refusal !== undefined) refusal.answer ??= context.moment(event)
      },
      reset(event, { refusal }) {
        if (refusal?.answer === undefined || event.peerBefore !== TIME_WAIT) return
        refusal.reset = context.moment(event)
      },
      replaced(event, { refusal }) {
        if (refusal !== undefined) refusal.again = context.moment(event)
      },
      closed(event, { refusal }) {
        if (refusal?.answer === undefined) return
        const { syn, answer, reset, again } = refusal
        const end = again ?? reset ?? answer
        context.report('refused', event, {
          data: {
            by: refusal.by,
            behind: refusal.behind,
            cost: end.time - syn.time,
            outcome: again === undefined ? 'open-end' : 'opened',
          },
          evidence: [
            context.note('syn', event, {}, syn),
            context.note('answer', event, {}, answer),
            ...(reset === undefined ? [] : [context.note('reset', event, {}, reset)]),
            ...(again === undefined ? [] : [context.note('again', event, {}, again)]),
          ],
          blame: 'client',
          confidence: reset === undefined ? 'likely' : 'certain',
        })
      },
    },
  }),
})

/** Why TIME_WAIT does not take the SYN; undefined if it would, were there a listener. */
function reasonOf({ peer, segment }: EventOf<'pendingSyn'>): Refusal['by'] | undefined {
  const hasTimestamp =
    (segment.options.present & OPTION_TIMESTAMPS) !== 0 && (peer.flags & HAS_TS_RECENT) !== 0
  const age = (peer.tsRecent - segment.options.tsVal) | 0
  if (hasTimestamp && age > 0) return 'timestamp'
  return isAfter(segment.seq, peer.rcvNxt) ? undefined : 'number'
}

function timestampLag({ peer, segment }: EventOf<'pendingSyn'>): number {
  return (peer.tsRecent - segment.options.tsVal) >>> 0
}
