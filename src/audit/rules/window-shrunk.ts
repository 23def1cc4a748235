import { CUT_SHORT, VLAN_COLLISION } from '../../tracker/connection-flags.ts'
import { isAfter } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count, seconds } from '../rule-options.ts'

/** A window of one end whose edge lies before where it was, from the segment that says so first. */
interface Shrinking {
  readonly first: Moment
  readonly ack: number
  /** The edge that had been offered. */
  readonly edge: number
  most: number
  last: Moment
  segments: number
}

interface Memory {
  readonly now: [Shrinking | undefined, Shrinking | undefined]
  /** The worst of each end that is beyond doubt. */
  readonly worst: [Shrinking | undefined, Shrinking | undefined]
}

export default defineRule({
  id: 'window-shrunk',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An endpoint takes back a part of the window that it had offered.',
  references: ['RFC 9293 §3.8.6', 'RFC 1122 §4.2.2.16', 'RFC 7323 §2.4', 'Linux __tcp_select_window'],
  tunables: [
    { name: 'net.ipv4.tcp_shrink_window', default: '0' },
    { name: 'net.ipv4.tcp_mem', default: 'by the size of memory' },
  ],
  options: {
    bytes: count(64, 'bytes taken back below which nothing is said'),
    brief: seconds(0.001, 'how long it must last at least: what comes back sooner held nobody up'),
    patience: seconds(
      0.05,
      'how long it must last if nothing more is acknowledged: no reordering takes as long',
    ),
  },
  messages: { shrunk: { most: 'bytes', lasted: 'duration', segments: 'count' } },
  notes: { shrinks: {}, still: {} },
  groupBy: 'end',
  merge: { shrunk: { most: 'max', lasted: 'max', segments: 'sum' } },
  unreliableWhen: ['reordering', 'midstream'],
  state: (): Memory => ({ now: [undefined, undefined], worst: [undefined, undefined] }),
  create: (context) => ({
    windowShrunk(event) {
      const { connection, endpoint, segment, detail } = event
      if (detail < context.options.bytes) return
      // Several SYN-ACKs may have offered several scales, or what they offered was not captured.
      if (connection.synAckCopies > 1 || (connection.flags & CUT_SHORT) !== 0) return
      if ((connection.flags & VLAN_COLLISION) !== 0) return // mutant: equivalent, because ladders have no VLANs of their own
      const { now, worst } = context.stateOf(connection)
      const side = (endpoint.index & 1) as 0 | 1
      const moment = context.moment(event)
      let shrinking = now[side]
      // The edge has been beyond it since: that was another one, or an overtaken segment.
      if (shrinking?.edge !== endpoint.windowEdge) {
        shrinking = {
          first: moment,
          ack: segment.ack,
          edge: endpoint.windowEdge,
          most: 0,
          last: moment,
          segments: 0,
        }
        now[side] = shrinking
      }
      shrinking.last = moment
      shrinking.segments++
      shrinking.most = Math.max(shrinking.most, detail)
      const lasted = event.time - shrinking.first.time
      if (lasted < context.options.brief) return
      if (!isAfter(segment.ack, shrinking.ack) && lasted < context.options.patience) return
      if (shrinking.most >= (worst[side]?.most ?? 0)) worst[side] = shrinking
    },
    known: {
      closed(event, memory) {
        for (const [side, shrinking] of memory.worst.entries()) {
          if (shrinking === undefined) continue
          const { first, last, most, segments } = shrinking
          context.report('shrunk', event, {
            data: { most, lasted: last.time - first.time, segments },
            evidence: [context.note('shrinks', event, {}, first), context.note('still', event, {}, last)],
            blame: roleOfSide(event, side),
            endpoint: endOfSide(event, side),
          })
        }
      },
    },
  }),
})
