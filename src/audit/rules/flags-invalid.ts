import { endOfSide } from '../ends.ts'
import { ODD_FLAGS, type OddFlags, oddFlagsOf } from '../odd-flags.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** Segments that are kept as evidence. */
const MOST_SEGMENTS = 8

interface Odd {
  readonly kind: OddFlags
  readonly moment: Moment
}

interface Memory {
  segments: number
  readonly odd: Odd[]
}

export default defineRule({
  id: 'flags-invalid',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Segments bear flags that no TCP sends together.',
  references: ['RFC 9293 §3.1', 'RFC 9293 §3.10.7', 'Linux tcp_rcv_state_process'],
  messages: { odd: { kinds: { listOf: ODD_FLAGS }, segments: 'count' } },
  notes: { segment: { kind: ODD_FLAGS } },
  groupBy: 'host',
  merge: { odd: { segments: 'sum' } },
  unreliableWhen: ['snaplen'],
  state: (): Memory => ({ segments: 0, odd: [] }),
  create: (context) => ({
    oddFlags(event) {
      const kind = oddFlagsOf(event.detail, event.endpoint.state)
      if (kind === undefined) return
      const memory = context.stateOf(event.connection)
      memory.segments++
      if (memory.odd.length < MOST_SEGMENTS) memory.odd.push({ kind, moment: context.moment(event) })
    },
    known: {
      closed(event, memory) {
        const [first] = memory.odd
        if (first === undefined) return
        context.report('odd', event, {
          data: {
            kinds: ODD_FLAGS.filter((one) => memory.odd.some((odd) => odd.kind === one)),
            segments: memory.segments,
          },
          evidence: memory.odd.map((odd) => context.note('segment', event, { kind: odd.kind }, odd.moment)),
          endpoint: endOfSide(event, first.moment.side),
        })
      },
    },
  }),
})
