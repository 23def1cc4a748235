import { defineRule } from '../rule.ts'
import { seconds } from '../rule-options.ts'

export default defineRule({
  id: 'capture-misordered',
  scope: 'capture',
  category: 'capture',
  severity: 'notice',
  since: '0.2.0',
  summary: 'Time runs backwards in the capture: packets are not in the order of their times.',
  references: ['reordercap(1)'],
  options: {
    tolerance: seconds(0.001, 'step back that several queues or interfaces of one host make by themselves'),
  },
  messages: { misordered: { reversals: 'count', largest: 'duration' } },
  notes: { older: {} },
  unreliableWhen: [],
  create: (context) => ({
    end({ quality, reversals: packets }) {
      const { timeReversals: reversals, largestTimeReversal: largest } = quality
      if (largest <= context.options.tolerance) return
      context.report('misordered', {
        data: { reversals, largest },
        evidence: packets.map((packet) => context.witness('older', packet, {})),
      })
    },
  }),
})
