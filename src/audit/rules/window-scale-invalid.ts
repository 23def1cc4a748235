import { CUT_SHORT } from '../../tracker/connection-flags.ts'
import { OFFERED_SCALE } from '../../tracker/endpoint-flags.ts'
import { distance } from '../../tracker/sequence.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import type { EventOf } from '../rule-handlers.ts'
import { count } from '../rule-options.ts'

/** RFC 7323 section 2.3. */
const LARGEST_SCALE = 14
/** Segments that are kept as evidence. */
const MOST_MOMENTS = 4

/** Data beyond a window that is not scaled, and within it if it were. */
interface Beyond {
  readonly moments: Moment[]
  segments: number
  most: number
  scale: number
}

export default defineRule({
  id: 'window-scale-invalid',
  scope: 'connection',
  category: 'opening',
  severity: 'notice',
  since: '0.2.0',
  summary: 'A window scale above 14 is offered, or one that only one side offered is used.',
  references: ['RFC 7323 §2.2', 'RFC 7323 §2.3', 'Linux tcp_parse_options'],
  tunables: [{ name: 'net.ipv4.tcp_window_scaling', default: '1' }],
  options: { segments: count(3, 'segments beyond the unscaled window that show a scale in use') },
  messages: {
    tooLarge: { offered: 'count' },
    oneSided: { scale: 'count', segments: 'count', most: 'bytes' },
  },
  notes: { offer: { offered: 'count' }, beyond: {} },
  groupBy: 'host',
  merge: { oneSided: { segments: 'sum', most: 'max' } },
  unreliableWhen: [],
  state: (): [Beyond | undefined, Beyond | undefined] => [undefined, undefined],
  create: (context) => {
    function offered(event: EventOf<'syn'>): void {
      const { windowScale } = event.segment.options
      if (windowScale <= LARGEST_SCALE) return
      context.report('tooLarge', event, {
        data: { offered: windowScale },
        evidence: [context.note('offer', event, { offered: windowScale })],
        blame: roleOfSide(event, event.endpoint.index & 1),
      })
    }

    return {
      syn: offered,
      synAck: offered,
      windowExceeded(event) {
        const { endpoint, peer, segment, detail, connection } = event
        if ((peer.flags & ~endpoint.flags & OFFERED_SCALE) === 0) return
        if ((connection.flags & CUT_SHORT) !== 0) return
        const scale = Math.min((peer.mssScaleAndTtl >> 16) & 0xff, LARGEST_SCALE)
        const end = (segment.seq + segment.payloadLength) | 0
        if (distance(end, peer.ackSent) > peer.window * 2 ** scale) return
        const state = context.stateOf(connection)
        const side = (endpoint.index & 1) as 0 | 1
        const known = state[side] ?? { moments: [], segments: 0, most: 0, scale }
        state[side] = known
        known.segments++
        known.most = Math.max(known.most, detail)
        if (known.moments.length < MOST_MOMENTS) known.moments.push(context.moment(event))
      },
      known: {
        closed(event, sides) {
          for (const [side, found] of sides.entries()) {
            if (found === undefined || found.segments < context.options.segments) continue
            const receiver = endOfSide(event, 1 - side)
            context.report('oneSided', event, {
              data: { scale: found.scale, segments: found.segments, most: found.most },
              evidence: found.moments.map((moment) => context.note('beyond', event, {}, moment)),
              confidence: 'likely',
              blame: 'middlebox',
              endpoint: receiver,
            })
          }
        },
      },
    }
  },
})
