import { RST_SENT } from '../../tracker/endpoint-flags.ts'
import { endOfSide, roleOfSide } from '../ends.ts'
import { isKeepAlive, silenceOf } from '../keep-alive.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'
import { count } from '../rule-options.ts'
import { UnansweredRun } from '../unanswered-run.ts'

/** A row of probes that nothing answered. */
interface Row {
  readonly count: number
  readonly idle: number
  readonly length: number
  readonly moments: readonly Moment[]
  /** Segments that who is probed had sent by then. */
  readonly heard: number
}

interface Memory {
  readonly runs: readonly [UnansweredRun, UnansweredRun]
  /** Silence before the first probe of each run. */
  readonly idle: [number, number]
  longest: Row | undefined
}

export default defineRule({
  id: 'keepalive-unanswered',
  scope: 'connection',
  category: 'open',
  severity: 'warning',
  since: '0.2.0',
  summary: 'Keep-alive probes stay unanswered.',
  references: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6', 'Linux tcp_keepalive_timer'],
  tunables: [
    { name: 'net.ipv4.tcp_keepalive_time', default: '7200 s' },
    { name: 'net.ipv4.tcp_keepalive_intvl', default: '75 s' },
    { name: 'net.ipv4.tcp_keepalive_probes', default: '9' },
  ],
  options: { probes: count(3, 'probes in a row that must stay unanswered') },
  messages: {
    unanswered: {
      probes: 'count',
      idle: 'duration',
      interval: 'duration',
      ended: ['gave-up', 'answered', 'waiting'],
    },
  },
  notes: { probe: {} },
  groupBy: 'end',
  merge: { unanswered: { probes: 'max' } },
  unreliableWhen: ['loss', 'reordering', 'one-sided'],
  state: (): Memory => ({
    runs: [new UnansweredRun(), new UnansweredRun()],
    idle: [0, 0],
    longest: undefined,
  }),
  create: (context) => ({
    probe(event) {
      if (!isKeepAlive(event)) return
      const memory = context.stateOf(event.connection)
      const side = (event.endpoint.index & 1) as 0 | 1
      const run = memory.runs[side]
      run.note(event)
      if (run.count === 1) memory.idle[side] = silenceOf(event)
      if (run.count > (memory.longest?.count ?? 0)) {
        memory.longest = {
          count: run.count,
          idle: memory.idle[side],
          length: run.length,
          moments: run.moments,
          heard: run.heard,
        }
      }
    },
    known: {
      closed(event, { longest: row }) {
        if (row === undefined || row.count < context.options.probes) return
        const [first] = row.moments as [Moment]
        const prober = endOfSide(event, first.side)
        const isAnswered = endOfSide(event, 1 - first.side).packets > row.heard
        const hasGivenUp = (prober.flags & RST_SENT) !== 0
        context.report('unanswered', event, {
          data: {
            probes: row.count,
            idle: row.idle,
            interval: row.length / Math.max(1, row.count - 1),
            ended: isAnswered ? 'answered' : hasGivenUp ? 'gave-up' : 'waiting',
          },
          evidence: row.moments.map((moment) => context.note('probe', event, {}, moment)),
          confidence: isAnswered ? 'likely' : 'certain',
          blame: roleOfSide(event, 1 - first.side),
          endpoint: endOfSide(event, 1 - first.side),
        })
      },
    },
  }),
})
