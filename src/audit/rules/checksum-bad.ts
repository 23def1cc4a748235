import { HAS_ACKED } from '../../tracker/endpoint-flags.ts'
import { endOfSide } from '../ends.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Segments that are kept as evidence. */
const MOST_MOMENTS = 8

/** What one end sent with wrong checksums. */
interface Damage {
  readonly moments: Moment[]
  damaged: number
  repaired: number
}

type Memory = [Damage | undefined, Damage | undefined]

export default defineRule({
  id: 'checksum-bad',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary:
    'Segments have wrong checksums, and no network card was to fill them in: their receiver drops them.',
  references: ['RFC 9293 §3.1', 'RFC 1071', 'Linux tcp_v4_rcv (TcpInCsumErrors)'],
  options: { damaged: count(1, 'segments of one end with a wrong checksum') },
  messages: { damaged: { damaged: 'count', repaired: 'count' } },
  notes: { damaged: {} },
  groupBy: 'host',
  merge: { damaged: { damaged: 'sum', repaired: 'sum' } },
  unreliableWhen: ['one-sided'],
  state: (): Memory => [undefined, undefined],
  create: (context) => ({
    badChecksum(event) {
      const state = context.stateOf(event.connection)
      const side = (event.endpoint.index & 1) as 0 | 1
      const damage = state[side] ?? { moments: [], damaged: 0, repaired: 0 }
      state[side] = damage
      damage.damaged++
      if (damage.moments.length < MOST_MOMENTS) damage.moments.push(context.moment(event))
    },
    checksumsRefuted(event) {
      context.stateOf(event.connection)[(event.endpoint.index & 1) as 0 | 1] = undefined
    },
    known: {
      retransmission(event, sides) {
        const damage = sides[(event.endpoint.index & 1) as 0 | 1]
        if (damage === undefined || damage.moments.at(-1)?.packet === event.packet) return
        damage.repaired++
      },
      closed(event, sides) {
        for (const [side, damage] of sides.entries()) {
          if (damage === undefined || damage.damaged < context.options.damaged) continue
          const { damaged, repaired, moments } = damage
          // Nothing could have refuted it.
          if ((endOfSide(event, 1 - side).flags & HAS_ACKED) === 0) continue
          context.report('damaged', event, {
            data: { damaged, repaired },
            evidence: moments.map((moment) => context.note('damaged', event, {}, moment)),
            confidence: repaired > 0 ? 'certain' : 'likely',
            blame: 'network',
            endpoint: endOfSide(event, side),
          })
        }
      },
    },
  }),
})
