import { RESET_ACCEPTED, RESET_EFFECT_NAMES } from '../../tracker/tracker-events.ts'
import { RESET_FORMS } from '../reset-form.ts'
import { FORGERY_SIGNS, GENUINE_SIGNS } from '../reset-verdict.ts'
import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'reset-injected',
  scope: 'connection',
  category: 'open',
  severity: 'critical',
  since: '0.2.0',
  summary: 'An RST was not sent by the endpoint whose address it bears.',
  references: ['RFC 5961 §3', 'RFC 9293 §3.10.7.4', 'Weaver et al. 2009, Detecting Forged TCP Reset Packets'],
  messages: {
    tookEffect: {
      signs: { listOf: FORGERY_SIGNS },
      favour: { listOf: GENUINE_SIGNS },
      form: RESET_FORMS,
      number: 'sequence',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
    },
    withoutEffect: {
      signs: { listOf: FORGERY_SIGNS },
      favour: { listOf: GENUINE_SIGNS },
      form: RESET_FORMS,
      number: 'sequence',
      ttl: 'count',
      usualTtl: 'count',
      continued: 'count',
      effect: RESET_EFFECT_NAMES,
    },
  },
  notes: { reset: {}, successor: {} },
  unreliableWhen: ['duplicates', 'reordering', 'midstream', 'one-sided'],
  create: (context) => ({
    judgeResets(event, resets) {
      for (const { verdict, against, favour, effect, moment, successors, ...reset } of resets) {
        if (verdict.origin !== 'forged') continue
        const data = {
          signs: FORGERY_SIGNS.filter((sign) => against.includes(sign)),
          favour: GENUINE_SIGNS.filter((sign) => favour.includes(sign)),
          form: reset.form,
          number: reset.seq,
          ttl: reset.ttl,
          usualTtl: reset.usualTtl,
          continued: reset.continued,
        }
        const common = {
          evidence: [
            context.note('reset', event, {}, moment),
            ...successors.map((successor) => context.note('successor', event, {}, successor)),
          ],
          confidence: verdict.confidence,
          blame: 'attacker',
        } as const
        if (effect === RESET_ACCEPTED) context.report('tookEffect', event, { ...common, data })
        else {
          context.report('withoutEffect', event, {
            ...common,
            data: { ...data, effect: RESET_EFFECT_NAMES[effect] ?? 'unknowable' },
            severity: 'warning',
          })
        }
      }
    },
  }),
})
