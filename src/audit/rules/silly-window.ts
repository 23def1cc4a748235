import { VLAN_COLLISION } from '../../tracker/connection-flags.ts'
import type { Endpoint } from '../../tracker/endpoint.ts'
import { OFFERED_MSS } from '../../tracker/endpoint-flags.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count, share } from '../rule-options.ts'

/** MSS of who offers none (RFC 9293 §3.7.1). */
const DEFAULT_MSS = 536
const MOST_MOMENTS = 8

/** Small windows of one end that its peer filled to the last byte, and the one that is open now. */
interface Turns {
  count: number
  bytes: number
  smallest: number
  largest: number
  readonly moments: Moment[]
  /** The bytes of the newest, and the number behind its last byte. */
  window: number
  edge: number
}

const nothing = (): Turns => ({
  count: 0,
  bytes: 0,
  smallest: Number.POSITIVE_INFINITY,
  largest: 0,
  moments: [],
  window: 0,
  edge: 0,
})

export default defineRule({
  id: 'silly-window',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'Data flow in tiny pieces, because the window offered again and again is less than a segment.',
  references: ['RFC 813', 'RFC 9293 §3.8.6.2', 'Linux __tcp_select_window'],
  tunables: [{ name: 'net.ipv4.tcp_rmem', default: '4096 131072 6291456' }],
  options: {
    turns: count(20, 'windows below a segment that the other end fills to the last byte'),
    share: share(0.5, 'share of the payload that must have come that way'),
  },
  messages: { tiny: { turns: 'count', smallest: 'bytes', largest: 'bytes', bytes: 'bytes', mss: 'bytes' } },
  notes: { offers: {} },
  groupBy: 'end',
  merge: { tiny: { turns: 'sum', smallest: 'min', largest: 'max', bytes: 'sum', mss: 'max' } },
  unreliableWhen: ['midstream'],
  state: (): [Turns, Turns] => [nothing(), nothing()],
  create: (context) => ({
    smallWindow(event) {
      const { connection, endpoint, segment, detail } = event
      if (detail >= mssOf(endpoint)) return
      const turns = context.stateOf(connection)[(endpoint.index & 1) as 0 | 1]
      const isFilled = turns.window > 0 && segment.ack === turns.edge
      if (isFilled) {
        turns.count++
        turns.bytes += turns.window
        turns.smallest = Math.min(turns.smallest, turns.window)
        turns.largest = Math.max(turns.largest, turns.window)
        if (turns.moments.length < MOST_MOMENTS) turns.moments.push(context.moment(event))
      }
      turns.window = detail
      turns.edge = (segment.ack + detail) | 0
    },
    known: {
      closed(event, sides) {
        for (const [side, turns] of sides.entries()) {
          const { smallest, largest, bytes, moments } = turns
          const isOfEndpoint = (event.endpoint.index & 1) === side
          const offers = isOfEndpoint ? event.endpoint : event.peer
          const fills = isOfEndpoint ? event.peer : event.endpoint
          if (turns.count < context.options.turns || bytes < context.options.share * fills.payloadBytes)
            continue
          if ((event.connection.flags & VLAN_COLLISION) !== 0) continue // mutant: equivalent, because ladders have no VLANs of their own
          context.report('tiny', event, {
            data: { turns: turns.count, smallest, largest, bytes, mss: mssOf(offers) },
            evidence: moments.map((moment) => context.note('offers', event, {}, moment)),
            blame: roleOfSide(event, side),
            endpoint: endOfSide(event, side),
            confidence: 'likely',
          })
        }
      },
    },
  }),
})

/** The most that one segment to this end carries. */
function mssOf(endpoint: Endpoint): number {
  return (endpoint.flags & OFFERED_MSS) === 0 ? DEFAULT_MSS : endpoint.mssScaleAndTtl & 0xffff
}
