import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'

/** Segments that are kept as evidence. */
const MOST_MOMENTS = 8

interface Fragmented {
  readonly moments: Moment[]
  segments: number
  /** Bytes of the largest IP packet that was put together. */
  largest: number
}

export default defineRule({
  id: 'ip-fragmented',
  scope: 'connection',
  category: 'open',
  severity: 'notice',
  since: '0.2.0',
  summary: 'TCP segments arrive in IP fragments.',
  references: ['RFC 791 §3.2', 'RFC 8200 §4.5', 'RFC 1191', 'RFC 8900', 'Linux ip_fragment'],
  tunables: [
    { name: 'net.ipv4.ip_no_pmtu_disc', default: '0' },
    { name: 'net.ipv4.tcp_mtu_probing', default: '0' },
  ],
  options: { segments: count(1, 'segments in fragments') },
  messages: { fragmented: { segments: 'count', largest: 'bytes', version: 'count' } },
  notes: { whole: {} },
  groupBy: 'path',
  merge: { fragmented: { segments: 'sum', largest: 'max' } },
  unreliableWhen: [],
  state: (): Fragmented => ({ moments: [], segments: 0, largest: 0 }),
  create: (context) => ({
    fragmented(event) {
      const { connection, segment } = event
      const state = context.stateOf(connection)
      state.segments++
      state.largest = Math.max(state.largest, segment.ipEnd - segment.ipStart)
      if (state.moments.length < MOST_MOMENTS) state.moments.push(context.moment(event))
      if (state.segments < context.options.segments) return
      context.report('fragmented', event, {
        data: { segments: state.segments, largest: state.largest, version: segment.ipVersion },
        evidence: state.moments.map((moment) => context.note('whole', event, {}, moment)),
        blame: 'network',
      })
    },
  }),
})
