import {
  CAUSE_FUTURE_ACK,
  CAUSE_NAMES,
  CAUSE_OLD_ACK,
  CAUSE_RST,
  CAUSE_SYN,
} from '../../tracker/segment-class.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { isKnownOpen } from '../known-open.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** Acknowledgments of what was not sent, or long ago: a missing packet makes any ACK look like that. */
const DOUBTFUL = [CAUSE_OLD_ACK, CAUSE_FUTURE_ACK]

/** What RFC 5961 has answered by a challenge; other unacceptable segments draw an ACK that looks the same. */
const CHALLENGED = [CAUSE_SYN, CAUSE_RST, CAUSE_OLD_ACK, CAUSE_FUTURE_ACK]

interface Challenge {
  readonly cause: number
  readonly provocation: Moment
  readonly answer: Moment
}

interface Memory {
  /** The last segment that draws a challenge, and how many did. */
  provocation: Moment | undefined
  provocations: number
  challenges: number
  /** The first challenge. */
  first: Challenge | undefined
  /** The RST that followed from the peer and was taken. */
  reset: Moment | undefined
  reopened: boolean
}

export default defineRule({
  id: 'challenge-ack',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An endpoint answered a segment it does not accept with a challenge ACK.',
  references: ['RFC 5961 §3.2', 'RFC 5961 §4.2', 'RFC 5961 §5.2', 'Linux tcp_send_challenge_ack'],
  tunables: [
    { name: 'net.ipv4.tcp_invalid_ratelimit', default: '500 ms' },
    { name: 'net.ipv4.tcp_challenge_ack_limit', default: 'none since 6.1, 1000 a second before' },
  ],
  messages: {
    challenged: {
      cause: CAUSE_NAMES,
      challenges: 'count',
      unanswered: 'count',
      outcome: ['lived', 'reset', 'reopened'],
    },
  },
  notes: { cause: { cause: CAUSE_NAMES }, challenge: {}, reset: {} },
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'one-sided', 'midstream'],
  state: (): Memory => ({
    provocation: undefined,
    provocations: 0,
    challenges: 0,
    first: undefined,
    reset: undefined,
    reopened: false,
  }),
  create: (context) => ({
    unaccepted(event) {
      if (!CHALLENGED.includes(event.detail)) return
      const memory = context.stateOf(event.connection)
      memory.provocation = context.moment(event)
      memory.provocations++
    },
    known: {
      challengeAck(event, memory) {
        if (memory.provocation?.packet !== event.causePacket) return
        // TIME_WAIT answers an old SYN alike.
        if (event.detail === CAUSE_SYN && !isKnownOpen(event.endpoint)) return
        memory.challenges++
        memory.first ??= {
          cause: event.detail,
          provocation: memory.provocation,
          answer: context.moment(event),
        }
      },
      reset(event, memory) {
        if (memory.first === undefined || event.detail !== RESET_ACCEPTED) return
        memory.reset = context.moment(event)
      },
      replaced(_, memory) {
        memory.reopened = true
      },
      closed(event, memory) {
        if (memory.first === undefined) return
        const { first, reset, challenges, provocations, reopened } = memory
        const cause = CAUSE_NAMES[first.cause] ?? 'none'
        context.report('challenged', event, {
          data: {
            cause,
            challenges,
            unanswered: provocations - challenges,
            outcome: reopened ? 'reopened' : reset === undefined ? 'lived' : 'reset',
          },
          confidence: DOUBTFUL.includes(first.cause) ? 'likely' : 'certain',
          evidence: [
            context.note('cause', event, { cause }, first.provocation),
            context.note('challenge', event, {}, first.answer),
            ...(reset === undefined ? [] : [context.note('reset', event, {}, reset)]),
          ],
        })
      },
    },
  }),
})
