import { CAUSE_SYN } from '../../tracker/segment-class.ts'
import { RESET_ACCEPTED } from '../../tracker/tracker-events.ts'
import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'reset-after-challenge',
  scope: 'connection',
  category: 'open',
  severity: 'critical',
  since: '0.2.0',
  summary: 'A forged segment drew a challenge ACK, and a forged RST used the number that it disclosed.',
  references: ['RFC 5961 §3.2', 'RFC 5961 §4.2', 'Linux tcp_send_challenge_ack'],
  tunables: [{ name: 'net.ipv4.tcp_invalid_ratelimit', default: '500 ms' }],
  messages: {
    used: { cause: ['syn', 'rst'], number: 'sequence', after: 'duration', continued: 'count' },
  },
  notes: {
    provocation: { cause: ['syn', 'rst'] },
    challenge: { number: 'sequence' },
    reset: {},
    successor: {},
  },
  unreliableWhen: ['duplicates', 'reordering', 'midstream', 'one-sided'],
  create: (context) => ({
    judgeResets(event, resets) {
      for (const { challenge, effect, verdict, moment, seq, continued, successors } of resets) {
        // The answer of a peer that has lost the connection is its own.
        if (challenge === undefined || verdict.origin !== 'forged' || effect !== RESET_ACCEPTED) continue
        const cause = challenge.cause === CAUSE_SYN ? 'syn' : 'rst'
        context.report('used', event, {
          data: { cause, number: seq, after: moment.time - challenge.answer.time, continued },
          evidence: [
            context.note('provocation', event, { cause }, challenge.provocation),
            context.note('challenge', event, { number: seq }, challenge.answer),
            context.note('reset', event, {}, moment),
            ...successors.map((successor) => context.note('successor', event, {}, successor)),
          ],
          confidence: verdict.confidence,
          blame: 'attacker',
        })
      }
    },
  }),
})
