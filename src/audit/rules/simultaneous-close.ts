import { SELF } from '../../tracker/connection-flags.ts'
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
  create: (context) => ({
    closed(event) {
      const { connection, endpoint, peer, finished } = event
      if (finished.closedFirst !== 'both' || finished.outcome !== 'closed') return
      if ((connection.flags & SELF) !== 0) return
      const one = firstFin(context.entered, endpoint)
      const other = firstFin(context.entered, peer)
      if (one === undefined || other === undefined) return
      context.report('crossed', event, {
        data: { apart: Math.abs(one.time - other.time) },
        evidence: [one, other]
          .sort((a, b) => a.time - b.time)
          .map((fin) => context.note('fin', event, {}, fin)),
      })
    },
  }),
})
