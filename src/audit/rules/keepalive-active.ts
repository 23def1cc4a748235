import { CLASS_KEEP_ALIVE_ACK } from '../../tracker/segment-class.ts'
import { endOfSide } from '../ends.ts'
import { isKeepAlive, silenceOf } from '../keep-alive.ts'
import { defineRule } from '../rule.ts'
import type { Moment } from '../rule-context.ts'

/** Silences of one connection that are looked into. */
const MOST_SILENCES = 64

interface Memory {
  /** A window was closed: a probe whose window update was lost looks like a keep-alive. */
  stalled: boolean
  probes: number
  answers: number
  /** Silences before a probe that was not itself a repeat of one, the first of them. */
  readonly silences: number[]
  /** When it last probed. */
  last: number
  first: Moment | undefined
  answer: Moment | undefined
}

export default defineRule({
  id: 'keepalive-active',
  scope: 'connection',
  category: 'open',
  severity: 'info',
  since: '0.2.0',
  summary: 'Keep-alive probes are sent and answered.',
  references: ['RFC 9293 §3.8.4', 'RFC 1122 §4.2.3.6', 'Linux tcp_keepalive_timer'],
  tunables: [
    { name: 'net.ipv4.tcp_keepalive_time', default: '7200 s' },
    { name: 'net.ipv4.tcp_keepalive_intvl', default: '75 s' },
    { name: 'net.ipv4.tcp_keepalive_probes', default: '9' },
  ],
  messages: { active: { probes: 'count', answers: 'count', idle: 'duration', most: 'duration' } },
  notes: { probe: {}, answer: {} },
  groupBy: 'host',
  merge: { active: { probes: 'sum', answers: 'sum', idle: 'min', most: 'max' } },
  unreliableWhen: [],
  state: (): Memory => ({
    stalled: false,
    probes: 0,
    answers: 0,
    silences: [],
    last: Number.NEGATIVE_INFINITY,
    first: undefined,
    answer: undefined,
  }),
  create: (context) => ({
    probe(event) {
      if (!isKeepAlive(event)) return
      const memory = context.stateOf(event.connection)
      memory.probes++
      // Behind a probe without an answer the next comes by another timer.
      const isFirst = event.peer.lastTime > memory.last
      // mutant: equivalent, because so many tell as much
      const isKept = memory.silences.length < MOST_SILENCES
      if (isFirst && isKept) memory.silences.push(silenceOf(event))
      memory.last = event.time
      memory.first ??= context.moment(event)
    },
    zeroWindow(event) {
      context.stateOf(event.connection).stalled = true
    },
    known: {
      probe(event, memory) {
        if (event.detail !== CLASS_KEEP_ALIVE_ACK) return
        memory.answers++
        memory.answer ??= context.moment(event)
      },
      closed(event, memory) {
        if (memory.first === undefined || memory.answer === undefined || memory.stalled) return
        const { probes, answers, silences, first, answer } = memory
        const typical = medianOf(silences)
        context.report('active', event, {
          data: { probes, answers, idle: typical, most: typical },
          evidence: [context.note('probe', event, {}, first), context.note('answer', event, {}, answer)],
          endpoint: endOfSide(event, first.side),
        })
      },
    },
  }),
})

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
