import { defineRule } from '../rule.ts'
import { count, seconds, share } from '../rule-options.ts'

export default defineRule({
  id: 'capture-misordered',
  scope: 'capture',
  category: 'capture',
  severity: 'notice',
  since: '0.2.0',
  summary:
    'Packets are not in their order: time runs backwards in the capture, or answers stand before what they answer.',
  references: ['reordercap(1)', 'editcap(1)', 'RFC 9293 §3.4'],
  options: {
    tolerance: seconds(0.001, 'step back that several queues or interfaces of one host make by themselves'),
    least: count(3, 'segments that were captured behind what acknowledges them'),
    most: share(0.01, 'share of them that several queues make by themselves'),
  },
  messages: {
    misordered: { reversals: 'count', largest: 'duration' },
    behindAnswers: { segments: 'count', share: 'share', lead: 'duration' },
  },
  notes: { older: {}, behind: {} },
  unreliableWhen: [],
  create: (context) => ({
    end({ quality, reversals: packets, tcp }) {
      const { tolerance, least, most } = context.options
      const { timeReversals: reversals, largestTimeReversal: largest } = quality
      if (largest > tolerance) {
        context.report('misordered', {
          data: { reversals, largest },
          evidence: packets.map((packet) => context.witness('older', packet, {})),
        })
        return
      }
      const segments = quality.lateSyns + quality.lateSegments
      if (segments < least || segments <= most * tcp) return
      context.report('behindAnswers', {
        data: { segments, share: segments / tcp, lead: quality.longestLead },
        evidence: quality.late.map((packet) => context.witness('behind', packet, {})),
      })
    },
  }),
})
