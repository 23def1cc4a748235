import type { Evidence } from '../finding.ts'
import { defineRule } from '../rule.ts'
import { count, share } from '../rule-options.ts'

/** Packets kept as evidence. */
const MOST_EVIDENCE = 8

/** What tells a copy from the frame: nothing, one hop less to live, another VLAN; or some of them this and some that. */
const KINDS = ['again', 'routed', 'other-vlan', 'mixed'] as const

export default defineRule({
  id: 'capture-duplicates',
  scope: 'capture',
  category: 'capture',
  severity: 'notice',
  since: '0.2.0',
  summary: 'The capture holds frames twice.',
  references: ['tcpdump(8), -i any', 'editcap(1), -d'],
  options: {
    most: share(0.01, 'share of TCP frames that may be copies from behind a router or in another VLAN'),
    again: share(0.3, 'share that may be there again unchanged: so many a network may double by itself'),
    least: count(3, 'copies below which nothing is said'),
  },
  messages: { doubled: { copies: 'count', share: 'share', kind: KINDS } },
  notes: { copy: {} },
  unreliableWhen: [],
  create: (context) => {
    const { most, again, least } = context.options
    const evidence: Evidence[] = []
    return {
      duplicateFrame(event) {
        if (evidence.length < MOST_EVIDENCE) evidence.push(context.note('copy', event, {}))
      },
      end({ quality, tcp }) {
        const { duplicateFrames: copies, routedFrames, otherVlanFrames } = quality
        const elsewhere = routedFrames + otherVlanFrames
        if (copies < least || (elsewhere <= most * tcp && copies <= again * tcp)) return
        const kinds = [copies - elsewhere, routedFrames, otherVlanFrames]
        const only = kinds.indexOf(copies)
        context.report('doubled', {
          data: { copies, share: copies / tcp, kind: only < 0 ? 'mixed' : (KINDS[only] ?? 'mixed') },
          evidence,
        })
      },
    }
  },
})
