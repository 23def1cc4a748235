import { ACK, SYN } from '../../decode/tcp-flags.ts'
import { SYN_RCVD, SYN_SENT } from '../../tracker/tcp-state.ts'
import { resetForm } from '../reset-form.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { seconds } from '../rule-options.ts'

/** The old SYN, its answer, the RST to that, and the SYN that follows. */
interface Story {
  readonly stale: Moment
  readonly answer: Moment
  readonly reset: Moment
  readonly syn: Moment
  /** That SYN had passed before the old one. */
  readonly wasWaiting: boolean
}

interface Memory {
  /** The number of the SYN that its client was waiting to have answered when another one was. */
  awaited: number | undefined
  reset: Moment | undefined
  /** What happened on these ports just before. */
  story: Story | undefined
}

export default defineRule({
  id: 'stale-syn',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A server answered an old SYN: the client resets the answer and connects again at once.',
  references: ['RFC 9293 §3.5, figure 8', 'Linux tcp_rcv_synsent_state_process'],
  options: { again: seconds(0.5, 'how soon behind its RST the client’s own SYN must pass') },
  messages: { answered: { delay: 'duration', wasWaiting: 'flag' } },
  notes: { stale: {}, answer: {}, reset: {}, syn: {} },
  groupBy: 'server',
  merge: { answered: { delay: 'max' } },
  unreliableWhen: ['duplicates', 'reordering', 'one-sided', 'midstream'],
  state: (): Memory => ({ awaited: undefined, reset: undefined, story: undefined }),
  create: (context) => {
    /** Of the connection that has just ended, for the one that opens with the same packet. */
    let last: { readonly packet: number; readonly awaited?: number; readonly story?: Story } | undefined
    return {
      reset(event) {
        const { connection, endpoint, segment, peerBefore } = event
        const isClient = (endpoint.index & 1) === connection.clientSide
        if (!isClient || peerBefore !== SYN_RCVD || connection.openTime >= 0) return
        if (connection.synAckPacket === 0 || resetForm(segment) !== 'passive') return
        context.stateOf(connection).reset ??= context.moment(event)
      },
      replaced(event) {
        last = undefined
        const { connection, endpoint, peer, segment, packet, time, peerBefore } = event
        if ((segment.flags & (SYN | ACK)) !== SYN) {
          if (peerBefore === SYN_SENT) last = { packet, awaited: peer.isn }
          return
        }
        const { reset, awaited } = context.knownState(connection) ?? {}
        if (reset?.side !== (endpoint.index & 1) || time - reset.time > context.options.again) return
        const { firstPacket, start, synAckPacket, synAckTime, clientSide } = connection
        const story = {
          stale: { packet: firstPacket, time: start, side: clientSide },
          answer: { packet: synAckPacket, time: synAckTime, side: 1 - clientSide },
          reset,
          syn: context.moment(event),
          wasWaiting: awaited === segment.seq,
        }
        last = { packet, story }
      },
      opened({ connection, packet }) {
        if (last?.packet !== packet) return
        const memory = context.stateOf(connection)
        memory.awaited = last.awaited
        memory.story = last.story
      },
      known: {
        handshake(event, { story }) {
          if (story === undefined) return
          const { stale, answer, reset, syn, wasWaiting } = story
          context.report('answered', event, {
            data: { delay: syn.time - stale.time, wasWaiting },
            evidence: [
              context.note('stale', event, {}, stale),
              context.note('answer', event, {}, answer),
              context.note('reset', event, {}, reset),
              context.note('syn', event, {}, syn),
            ],
            confidence: wasWaiting ? 'certain' : 'likely',
            blame: 'network',
          })
        },
      },
    }
  },
})
