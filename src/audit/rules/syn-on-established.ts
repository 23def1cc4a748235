import { FIN, RST } from '../../decode/tcp-flags.ts'
import { FIN_SENT, SEEN } from '../../tracker/endpoint-flags.ts'
import { CAUSE_SYN } from '../../tracker/segment-class.ts'
import { SYN_PENDS } from '../../tracker/syn-arrives.ts'
import { ESTABLISHED, TIME_WAIT } from '../../tracker/tcp-state.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { isKnownOpen } from '../known-open.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** The first SYN of its kind, and what followed. */
interface StraySyn {
  readonly moment: Moment
  readonly number: number
  readonly ttl: number
  readonly usualTtl: number
  /** Segments its source had sent before. */
  readonly sent: number
  copies: number
  challenge: Moment | undefined
}

interface Memory {
  syn: StraySyn | undefined
  reopened: boolean
}

export default defineRule({
  id: 'syn-on-established',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A SYN hit an open connection.',
  references: ['RFC 5961 §4', 'RFC 9293 §3.10.7.4', 'Linux tcp_send_challenge_ack'],
  messages: {
    hit: {
      cause: ['restarted', 'forged', 'unknown'],
      outcome: ['reopened', 'reset', 'lived'],
      number: 'sequence',
      copies: 'count',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
    },
  },
  notes: { syn: {}, challenge: {}, reset: {} },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'one-sided', 'midstream'],
  state: (): Memory => ({ syn: undefined, reopened: false }),
  create: (context) => {
    return {
      pendingSyn(event) {
        const { connection, endpoint, peer, segment } = event
        // Once both have closed, a SYN opens the tuple anew.
        const isOpen = (peer.flags & SEEN) !== 0 && (endpoint.flags & peer.flags & FIN_SENT) === 0
        const isLive = isOpen && isKnownOpen(peer) && peer.state >= ESTABLISHED && peer.state < TIME_WAIT
        if (!isLive || (segment.flags & (FIN | RST)) !== 0) return
        context.stateOf(connection).syn ??= {
          moment: context.moment(event),
          number: segment.seq,
          ttl: segment.ttl,
          usualTtl: endpoint.mssScaleAndTtl >>> 24,
          sent: endpoint.packets,
          copies: 0,
          challenge: undefined,
        }
      },
      known: {
        syn(event, { syn }) {
          if (syn !== undefined && event.detail === SYN_PENDS) syn.copies++
        },
        challengeAck(event, { syn }) {
          if (syn !== undefined && event.detail === CAUSE_SYN) syn.challenge ??= context.moment(event)
        },
        replaced(_, memory) {
          memory.reopened = true
        },
        closed(event, memory) {
          if (memory.syn === undefined) return
          const { syn, reopened } = memory
          const { moment, challenge, number, copies, ttl, usualTtl } = syn
          const { side } = moment
          const reset = context
            .resets(event)
            .find((one) => one.effect === RESET_ACCEPTED && one.moment.time > moment.time)
          const others = syn.sent + copies + context.resetCount(event.connection, side)
          const continued = endOfSide(event, side).packets - others
          const isForged = !reopened && (continued > 0 || ttl !== usualTtl)
          const isRestart = reopened || reset?.form === 'passive'
          const cause = isForged ? 'forged' : isRestart ? 'restarted' : 'unknown'
          context.report('hit', event, {
            data: {
              cause,
              outcome: reopened ? 'reopened' : reset === undefined ? 'lived' : 'reset',
              number,
              copies,
              ttl,
              usualTtl,
              continued: Math.max(0, continued),
            },
            evidence: [
              context.note('syn', event, {}, moment),
              ...(challenge === undefined ? [] : [context.note('challenge', event, {}, challenge)]),
              ...(reset === undefined ? [] : [context.note('reset', event, {}, reset.moment)]),
            ],
            confidence: reopened || continued > 0 ? 'certain' : 'likely',
            blame: isForged ? 'attacker' : roleOfSide(event, side),
          })
        },
      },
    }
  },
})
