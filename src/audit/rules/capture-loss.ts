import type { Evidence } from '../finding.ts'
import { defineRule } from '../rule.ts'
import { count, share } from '../rule-options.ts'

/** Packets kept as evidence. */
const MOST_EVIDENCE = 8

export default defineRule({
  id: 'capture-loss',
  scope: 'capture',
  category: 'capture',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Segments are acknowledged or skipped that the capture does not hold.',
  references: ['RFC 9293 §3.4'],
  options: {
    most: share(0.01, 'share of TCP segments that may be missing'),
    least: count(3, 'missing segments below which nothing is said'),
  },
  messages: { lost: { missing: 'count', share: 'share' } },
  notes: { acknowledged: {}, skipped: {} },
  unreliableWhen: [],
  create: (context) => {
    const evidence: Evidence[] = []
    const keep = (note: Evidence): void => {
      if (evidence.length < MOST_EVIDENCE) evidence.push(note)
    }
    return {
      unseenAck: (event) => keep(context.note('acknowledged', event, {})),
      unseenData: (event) => keep(context.note('skipped', event, {})),
      end({ quality, tcp }) {
        const missing = quality.unseenSegments
        if (missing < context.options.least || missing <= context.options.most * (tcp + missing)) return
        context.report('lost', { data: { missing, share: missing / (tcp + missing) }, evidence })
      },
    }
  },
})
