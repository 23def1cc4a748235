import { CUT_SHORT } from '../../tracker/connection-flags.ts'
import { OFFERED_SCALE } from '../../tracker/endpoint-flags.ts'
import { isAfter, isBefore } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Segments that are kept as evidence. */
const MOST_MOMENTS = 4
/** So many refused segments are no window update that the capture missed. */
const BEYOND_DOUBT = 3

/** What one end sent beyond the window of its peer. */
interface Excess {
  readonly moments: Moment[]
  segments: number
  most: number
  /** The last of it: from the edge of the window to the end of the segment. */
  edge: number
  end: number
  /** How often some of it had to be sent again, and the last time. */
  refused: number
  resent: Moment | undefined
}

export default defineRule({
  id: 'window-exceeded',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'An endpoint sends more than its peer has room for, and has to send it again.',
  references: ['RFC 9293 §3.8.6', 'RFC 9293 §3.10.7.4', 'Linux tcp_sequence', 'Linux tcp_snd_wnd_test'],
  tunables: [
    { name: 'net.ipv4.tcp_rmem', default: '4096 131072 6291456' },
    { name: 'net.ipv4.tcp_shrink_window', default: '0' },
  ],
  options: { refused: count(1, 'segments that must have been sent again') },
  messages: { exceeded: { segments: 'count', most: 'bytes', refused: 'count' } },
  notes: { beyond: {}, again: {} },
  groupBy: 'end',
  merge: { exceeded: { segments: 'sum', most: 'max', refused: 'sum' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided'],
  state: (): [Excess | undefined, Excess | undefined] => [undefined, undefined],
  create: (context) => ({
    windowExceeded(event) {
      const { connection, endpoint, peer, segment, detail } = event
      // Offered by one side only: whether the window is scaled, they may see differently.
      if (((endpoint.flags ^ peer.flags) & OFFERED_SCALE) !== 0) return
      // What the SYNs offered was not captured.
      if ((connection.flags & CUT_SHORT) !== 0) return
      const state = context.stateOf(connection)
      const side = (endpoint.index & 1) as 0 | 1
      const end = (segment.seq + segment.payloadLength) | 0
      const edge = (end - detail) | 0
      const excess = state[side] ?? {
        moments: [],
        segments: 0,
        most: 0,
        edge,
        end,
        refused: 0,
        resent: undefined,
      }
      state[side] = excess
      excess.segments++
      excess.most = Math.max(excess.most, detail)
      excess.edge = edge
      excess.end = end
      if (excess.moments.length < MOST_MOMENTS) excess.moments.push(context.moment(event))
    },
    known: {
      retransmission(event, sides) {
        const { endpoint, segment } = event
        const excess = sides[(endpoint.index & 1) as 0 | 1]
        if (excess === undefined || excess.moments[0]?.packet === event.packet) return
        if (!isBefore(segment.seq, excess.end)) return
        if (!isAfter((segment.seq + segment.payloadLength) | 0, excess.edge)) return
        excess.refused++
        excess.resent = context.moment(event)
      },
      closed(event, sides) {
        for (const [side, excess] of sides.entries()) {
          if (excess === undefined || excess.refused < context.options.refused) continue
          const { segments, most, refused, moments, resent } = excess
          context.report('exceeded', event, {
            data: { segments, most, refused },
            evidence: [
              ...moments.map((moment) => context.note('beyond', event, {}, moment)),
              context.note('again', event, {}, resent),
            ],
            confidence: refused >= BEYOND_DOUBT ? 'certain' : 'likely',
            blame: roleOfSide(event, side),
            endpoint: endOfSide(event, side),
          })
        }
      },
    },
  }),
})
