import { VLAN_COLLISION } from '../../tracker/connection-flags.ts'
import { aheadOfSeries } from '../../tracker/ip-id-series.ts'
import { isBefore } from '../../tracker/sequence.ts'
import { endOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count, share } from '../rule-options.ts'

/** Segments that are kept as evidence. */
const MOST_MOMENTS = 8

/** How far the segment at hand, counted already, lies ahead of its sender's series if it was sent last. */
const NEWEST = -1

interface Late {
  readonly moments: Moment[]
  segments: number
  /** TSval of what came ahead of something missing, the last time; 0 without timestamps. */
  overtaker: number
}

function nothing(): Late {
  return { moments: [], segments: 0, overtaker: 0 }
}

export default defineRule({
  id: 'out-of-order',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'The network delivers segments in another order than they were sent in.',
  references: ['RFC 9293 §3.10.7.4', 'RFC 4737', 'RFC 8985 (RACK)', 'Linux tcp_data_queue_ofo'],
  tunables: [
    { name: 'net.ipv4.tcp_reordering', default: '3' },
    { name: 'net.ipv4.tcp_max_reordering', default: '300' },
    { name: 'net.ipv4.tcp_recovery', default: '1 (RACK)' },
  ],
  options: {
    share: share(0.01, 'share of the segments of a sender that may be late'),
    late: count(3, 'late segments below which nothing is said'),
  },
  messages: { late: { late: 'count', segments: 'count' } },
  notes: { late: {} },
  groupBy: 'path',
  merge: { late: { late: 'sum', segments: 'sum' } },
  unreliableWhen: ['reordering', 'duplicates', 'one-sided'],
  state: (): [Late, Late] => [nothing(), nothing()],
  create: (context) => ({
    unseenData(event) {
      const { connection, endpoint, segment } = event
      context.stateOf(connection)[(endpoint.index & 1) as 0 | 1].overtaker = segment.options.tsVal
    },
    outOfOrder(event) {
      const { connection, endpoint, segment } = event
      const late = context.stateOf(connection)[(endpoint.index & 1) as 0 | 1]
      const ahead = aheadOfSeries(connection, endpoint, segment.ipId)
      // A repeat may come as soon: it has the next IP ID, and no earlier timestamp.
      const wasSentBefore =
        ahead === undefined ? isBefore(segment.options.tsVal, late.overtaker) : ahead < NEWEST
      if (!wasSentBefore) return
      late.segments++
      if (late.moments.length < MOST_MOMENTS) late.moments.push(context.moment(event))
    },
    known: {
      closed(event, sides) {
        for (const [side, late] of sides.entries()) {
          if (late.segments < context.options.late) continue
          if ((event.connection.flags & VLAN_COLLISION) !== 0) continue // mutant: equivalent, because ladders have no VLANs of their own
          const sender = endOfSide(event, side)
          // No more than these carried data; bare acknowledgments may be among them: the share is rather too small.
          const segments = Math.min(sender.packets, sender.payloadBytes)
          if (late.segments <= context.options.share * segments) continue
          const { client, server } = event.finished.summary()
          const receiver = side === event.connection.clientSide ? server : client
          // Who gets segments in disorder says so at once: else it was the capture that mixed them up.
          if (2 * receiver.duplicateAcks < late.segments) continue
          context.report('late', event, {
            data: { late: late.segments, segments },
            evidence: late.moments.map((moment) => context.note('late', event, {}, moment)),
            blame: 'network',
            endpoint: sender,
          })
        }
      },
    },
  }),
})
