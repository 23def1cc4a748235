import { SELF } from '../../tracker/connection-flags.ts'
import { CLOSING } from '../../tracker/tcp-state.ts'
import { firstFin } from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'

export default defineRule({
  id: 'simultaneous-close',
  scope: 'connection',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'Both ends closed before either FIN had arrived.',
  references: ['RFC 9293 §3.6 case 3', 'RFC 9293 figure 13'],
  messages: { crossed: { apart: 'duration' } },
  notes: { fin: {} },
  groupBy: 'server',
  merge: { crossed: { apart: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided', 'midstream'],
  state: (): { crossed: boolean } => ({ crossed: false }),
  create: (context) => ({
    enters: {
      CLOSING(event) {
        context.stateOf(event.connection).crossed = true
      },
    },
    closed(event) {
      const { connection, endpoint, peer } = event
      if (context.knownState(connection) === undefined || (connection.flags & SELF) !== 0) return
      const closings = [endpoint, peer].map((end) => context.entered(end, CLOSING))
      if (closings.includes(undefined)) return
      const fins = [endpoint, peer].map((end) => firstFin(context.entered, end))
      const [one, other] = fins
      if (one === undefined || other === undefined) return
      context.report('crossed', event, {
        data: { apart: Math.abs(one.time - other.time) },
        evidence: [context.note('fin', event, {}, one), context.note('fin', event, {}, other)],
      })
    },
  }),
})
