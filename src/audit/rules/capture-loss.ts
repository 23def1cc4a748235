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
  summary: 'Segments are missing that the capture should hold, or its kernel says that it dropped packets.',
  references: ['RFC 9293 §3.4', 'draft-ietf-opsawg-pcapng §4.6 (isb_ifdrop, isb_osdrop)'],
  options: {
    most: share(0.01, 'share of TCP segments that may be missing'),
    least: count(3, 'missing segments below which nothing is said'),
    dropped: share(0.001, 'share of packets that the kernel may say it dropped'),
  },
  messages: {
    lost: { missing: 'count', share: 'share' },
    dropped: { drops: 'count', share: 'share' },
  },
  notes: { acknowledged: {}, skipped: {} },
  unreliableWhen: [],
  create: (context) => {
    const { most, least, dropped } = context.options
    const evidence: Evidence[] = []
    const keep = (note: Evidence): void => {
      if (evidence.length < MOST_EVIDENCE) evidence.push(note)
    }
    return {
      unseenAck: (event) => keep(context.note('acknowledged', event, {})),
      unseenData: (event) => keep(context.note('skipped', event, {})),
      end({ quality, tcp, packets }) {
        const missing = quality.unseenSegments
        if (missing >= least && missing > most * (tcp + missing)) {
          context.report('lost', { data: { missing, share: missing / (tcp + missing) }, evidence })
        }
        const drops = quality.kernelDrops ?? 0
        if (drops > dropped * (packets + drops)) {
          context.report('dropped', { data: { drops, share: drops / (packets + drops) }, evidence: [] })
        }
      },
    }
  },
})
