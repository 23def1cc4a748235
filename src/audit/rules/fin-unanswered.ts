import type { Segment } from '../../decode/segment.ts'
import { OPTION_TIMESTAMPS } from '../../decode/tcp-options.ts'
import type { Connection } from '../../tracker/connection.ts'
import { FIRST_FIN_0, FIRST_FIN_1 } from '../../tracker/connection-flags.ts'
import type { Endpoint } from '../../tracker/endpoint.ts'
import { FIN_SENT, HAS_ACKED, RST_RECEIVED, RST_SENT, TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { isAtOrAfter, isBefore } from '../../tracker/sequence.ts'
import {
  ACKNOWLEDGED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  FIN_WAIT_2,
  LAST_ACK,
  TIME_WAIT,
} from '../../tracker/tcp-state.ts'
import {
  type FinCopy,
  type FinRepeats,
  firstFin,
  isFinAgain,
  isTooEarly,
  isTooSoon,
  noFinRepeats,
  noteFinRepeat,
} from '../fin-repeats.ts'
import { defineRule } from '../rule.ts'
import type { Entry, Moment } from '../rule-context.ts'
import type { ConnectionEvent, EventOf } from '../rule-handlers.ts'

const PLACES = ['first', 'second', 'crossed'] as const
const LOST = ['fin', 'ack', 'either'] as const

interface Memory extends FinRepeats {
  /** The timestamp that the first answer to each end's repeated FIN echoes. */
  readonly answers: [number | undefined, number | undefined]
}

export default defineRule({
  id: 'fin-unanswered',
  scope: 'connection',
  category: 'closing',
  severity: 'warning',
  since: '0.2.0',
  summary: 'A FIN had to be sent again: it, or its acknowledgment, was lost.',
  references: ['RFC 9293 §3.6', 'RFC 6298 §5', 'Linux tcp_retransmit_timer', 'Linux tcp_orphan_retries'],
  tunables: [{ name: 'net.ipv4.tcp_orphan_retries', default: '0 (acts as 8)' }],
  messages: {
    late: {
      sender: ['client', 'server'],
      place: PLACES,
      copies: 'count',
      waited: 'duration',
      times: 'durations',
      lost: LOST,
    },
    never: {
      sender: ['client', 'server'],
      place: PLACES,
      copies: 'count',
      waited: 'duration',
      times: 'durations',
      ended: ['gave-up', 'reset', 'trying'],
    },
  },
  notes: { fin: { copy: 'count', after: 'duration' }, answer: {} },
  groupBy: 'server',
  merge: { late: { copies: 'sum', waited: 'max' }, never: { copies: 'sum', waited: 'max' } },
  unreliableWhen: ['loss', 'duplicates', 'one-sided', 'midstream'],
  state: (): Memory => ({ ...noFinRepeats(), answers: [undefined, undefined] }),
  create: (context) => {
    interface Story {
      readonly endpoint: Endpoint
      readonly copies: readonly Moment[]
      readonly count: number
      readonly answer: Entry | undefined
      readonly isAnswered: boolean
      readonly lost: (typeof LOST)[number]
    }

    /** What became of the endpoint's FIN; undefined if no copy of it was lost on the way or back. */
    function storyOf(event: ConnectionEvent, endpoint: Endpoint, peer: Endpoint): Story | undefined {
      const side = (endpoint.index & 1) as 0 | 1
      const repeats = context.knownState(event.connection)
      const kept = repeats?.kept[side] ?? []
      const first = firstFin(context.entered, endpoint)
      const timeWait = context.entered(peer, TIME_WAIT)
      // What comes into TIME_WAIT has lost its answer: last-ack-lost.
      const before = kept.filter(
        (copy) => (timeWait === undefined || copy.time <= timeWait.time) && !isTooEarly(copy, first),
      )
      const [again] = before
      if (repeats === undefined || again === undefined || (endpoint.flags & FIN_SENT) === 0) return undefined
      const answer = answerOf(endpoint)
      if (answer !== undefined && isTooSoon(endpoint, answer.time, again.time)) return undefined
      const isAnswered =
        answer !== undefined || ((peer.flags & HAS_ACKED) !== 0 && isAtOrAfter(peer.ackSent, endpoint.finEnd))
      const copies = first === undefined ? before : [first, ...before]
      if (copies.length < 2) return undefined
      return {
        endpoint,
        copies,
        count: repeats.counts[side] - (kept.length - before.length) + (first === undefined ? 0 : 1),
        answer,
        isAnswered,
        lost: whatWasLost(
          again,
          repeats.answers[side],
          context.entered(peer, CLOSE_WAIT, CLOSING) ?? timeWait,
          (endpoint.flags & peer.flags & OFFERED_SACK) !== 0,
        ),
      }
    }

    /** The acknowledgment by which the endpoint went on behind its FIN. */
    function answerOf(endpoint: Endpoint): Entry | undefined {
      const wait = context.entered(endpoint, FIN_WAIT_2)
      if (wait !== undefined) return wait
      if (context.entered(endpoint, CLOSING) !== undefined) return context.entered(endpoint, TIME_WAIT)
      if ((endpoint.flags & (TIMED_OUT | RST_RECEIVED | RST_SENT)) !== 0) return undefined
      return context.entered(endpoint, LAST_ACK) === undefined ? undefined : context.entered(endpoint, CLOSED)
    }

    /** The end whose FIN was repeated goes on. */
    function noteAnswer(event: EventOf<'state'>): void {
      const known = context.knownState(event.connection)
      if (known === undefined || event.packet === 0) return
      if (context.entered(event.endpoint, event.to)?.packet !== event.packet) return
      known.answers[event.endpoint.index & 1] ??= echoOf(event.segment)
    }

    /** Its peer shows that it has the FIN. */
    function noteReceipt(event: EventOf<'state'>): void {
      const known = context.knownState(event.connection)
      if (known === undefined || event.packet === 0 || event.basis !== ACKNOWLEDGED) return
      known.answers[event.peer.index & 1] ??= echoOf(event.segment)
    }

    function report(event: ConnectionEvent, story: Story): void {
      const { endpoint, copies, count, answer, isAnswered, lost } = story
      const { connection } = event
      const isClient = (endpoint.index & 1) === connection.clientSide
      const start = copies[0]?.time ?? event.time
      const last = copies.at(-1)?.time ?? start
      const common = {
        sender: isClient ? 'client' : 'server',
        place: placeOf(connection, endpoint),
        copies: count,
        times: copies.map(({ time }) => time - start),
      } as const
      const evidence = copies.map((moment, index) =>
        context.note('fin', event, { copy: index + 1, after: moment.time - start }, moment),
      )
      if (isAnswered) {
        context.report('late', event, {
          data: { ...common, waited: (answer?.time ?? last) - start, lost },
          evidence:
            answer === undefined ? evidence : [...evidence, context.note('answer', event, {}, answer)],
          blame: 'network',
        })
        return
      }
      const wasReset = (endpoint.flags & (RST_RECEIVED | RST_SENT)) !== 0
      const gaveUp = (endpoint.flags & TIMED_OUT) !== 0
      context.report('never', event, {
        data: { ...common, waited: last - start, ended: wasReset ? 'reset' : gaveUp ? 'gave-up' : 'trying' },
        evidence,
        blame: isClient ? 'server' : 'client',
      })
    }

    return {
      retransmission(event) {
        if (isFinAgain(event))
          noteFinRepeat(context.stateOf(event.connection), context.moment(event), event.segment)
      },
      enters: {
        FIN_WAIT_2: noteAnswer,
        CLOSED: noteAnswer,
        CLOSE_WAIT: noteReceipt,
        CLOSING: noteReceipt,
        TIME_WAIT: noteReceipt,
      },
      closed(event) {
        if (context.knownState(event.connection) === undefined) return
        const { endpoint, peer } = event
        const stories = [storyOf(event, endpoint, peer), storyOf(event, peer, endpoint)]
        const [worst] = stories.filter((story) => story !== undefined).sort(byGravity)
        if (worst !== undefined) report(event, worst)
      },
    }

    function byGravity(a: Story, b: Story): number {
      return Number(a.isAnswered) - Number(b.isAnswered) || b.count - a.count
    }
  },
})

function placeOf(connection: Connection, endpoint: Endpoint): (typeof PLACES)[number] {
  const first = connection.flags & (FIRST_FIN_0 | FIRST_FIN_1)
  if (first === (FIRST_FIN_0 | FIRST_FIN_1)) return 'crossed'
  return (first === FIRST_FIN_0) === ((endpoint.index & 1) === 0) ? 'first' : 'second'
}

/** `again` is the first repeat, `echo` the timestamp that its answer echoes, `receipt` when the peer is taken to have had the FIN. */
function whatWasLost(
  again: FinCopy,
  echo: number | undefined,
  receipt: Entry | undefined,
  reportsDuplicates: boolean,
): (typeof LOST)[number] {
  if (receipt !== undefined && receipt.time < again.time) return 'ack'
  if (again.tsVal === undefined || echo === undefined) return 'either'
  if (isBefore(echo, again.tsVal)) return 'ack'
  return reportsDuplicates ? 'fin' : 'either'
}

function echoOf({ options }: Segment): number | undefined {
  return (options.present & OPTION_TIMESTAMPS) === 0 ? undefined : options.tsEcr
}
