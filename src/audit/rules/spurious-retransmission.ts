import { VLAN_COLLISION } from '../../tracker/connection-flags.ts'
import {
  CLASS_RETRANSMISSION_FAST,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_TAIL_LOSS_PROBE,
  type SegmentClass,
} from '../../tracker/segment-class.ts'
import { isAtOrAfter, isAtOrBefore } from '../../tracker/sequence.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Repeats of one end that may still be reported as duplicates, and that are kept as evidence. */
const MOST_OPEN = 16
const MOST_MOMENTS = 8

interface Repeat {
  readonly seq: number
  readonly end: number
  readonly kind: SegmentClass
  readonly moment: Moment
}

interface Memory {
  /** Repeats of each end that nothing has proven needless yet. */
  readonly open: readonly [Repeat[], Repeat[]]
  /** Repeats whose acknowledgment had passed, and those that were reported as duplicates. */
  readonly late: Moment[]
  readonly reported: Moment[]
  acked: number
  timeouts: number
  fast: number
  probes: number
  bytes: number
}

export default defineRule({
  id: 'spurious-retransmission',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'Data are sent again although they had arrived.',
  references: ['RFC 2883', 'RFC 3522', 'RFC 5682 (F-RTO)', 'RFC 6298 §2', 'Linux tcp_check_dsack'],
  tunables: [
    { name: 'net.ipv4.tcp_rto_min_us', default: '200000' },
    { name: 'net.ipv4.tcp_reordering', default: '3' },
    { name: 'net.ipv4.tcp_frto', default: '2' },
  ],
  options: { repeats: count(3, 'repeats that were needless beyond doubt') },
  messages: {
    needless: {
      repeats: 'count',
      acked: 'count',
      timeouts: 'count',
      fast: 'count',
      probes: 'count',
      bytes: 'bytes',
    },
  },
  notes: { acked: {}, reported: {} },
  groupBy: 'path',
  merge: {
    needless: { repeats: 'sum', acked: 'sum', timeouts: 'sum', fast: 'sum', probes: 'sum', bytes: 'sum' },
  },
  unreliableWhen: ['duplicates', 'reordering'],
  state: (): Memory => ({
    open: [[], []],
    late: [],
    reported: [],
    acked: 0,
    timeouts: 0,
    fast: 0,
    probes: 0,
    bytes: 0,
  }),
  create: (context) => ({
    retransmission(event) {
      const { detail, segment, connection, endpoint } = event
      const { seq, payloadLength } = segment
      if (payloadLength === 0) return
      if ((connection.flags & VLAN_COLLISION) !== 0) return // mutant: equivalent, because ladders have no VLANs of their own
      const memory = context.stateOf(connection)
      if (detail === CLASS_SPURIOUS_RETRANSMISSION) {
        memory.acked++
        memory.bytes += payloadLength
        if (memory.late.length < MOST_MOMENTS) memory.late.push(context.moment(event))
        return
      }
      const open = memory.open[(endpoint.index & 1) as 0 | 1]
      if (open.length === MOST_OPEN) open.shift()
      open.push({ seq, end: (seq + payloadLength) | 0, kind: detail, moment: context.moment(event) })
    },
    known: {
      sack({ detail, segment, peer }, memory) {
        if (detail === 0) return
        const [left = 0, right = 0] = segment.options.sackEdges
        const open = memory.open[(peer.index & 1) as 0 | 1]
        const at = open.findIndex(
          (repeat) => isAtOrBefore(repeat.seq, left) && isAtOrAfter(repeat.end, right),
        )
        const [repeat] = at < 0 ? [] : open.splice(at, 1)
        if (repeat === undefined) return
        if (repeat.kind === CLASS_TAIL_LOSS_PROBE) memory.probes++
        else if (repeat.kind === CLASS_RETRANSMISSION_FAST) memory.fast++
        else memory.timeouts++
        memory.bytes += (repeat.end - repeat.seq) | 0
        if (memory.reported.length < MOST_MOMENTS) memory.reported.push(repeat.moment)
      },
      closed(event, memory) {
        const { acked, timeouts, fast, probes, bytes, late, reported } = memory
        const repeats = acked + timeouts + fast + probes
        if (repeats < context.options.repeats) return
        context.report('needless', event, {
          data: { repeats, acked, timeouts, fast, probes, bytes },
          evidence: [
            ...late.map((moment) => context.note('acked', event, {}, moment)),
            ...reported.map((moment) => context.note('reported', event, {}, moment)),
          ],
          blame: 'network',
        })
      },
    },
  }),
})
