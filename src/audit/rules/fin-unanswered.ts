import type { Connection } from '../../tracker/connection.ts'
import { FIRST_FIN_0, FIRST_FIN_1 } from '../../tracker/connection-flags.ts'
import type { Endpoint } from '../../tracker/endpoint.ts'
import { HAS_ACKED, OFFERED_SACK, RST_RECEIVED, RST_SENT, TIMED_OUT } from '../../tracker/endpoint-flags.ts'
import { isAtOrAfter, isBefore } from '../../tracker/sequence.ts'
import { ACKNOWLEDGED, CLOSE_WAIT, CLOSING, TIME_WAIT } from '../../tracker/tcp-state.ts'
import {
  echoOf,
  type FinCopy,
  type FinRepeats,
  finAnswer,
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

const PLACES = ['first', 'second', 'crossed', 'apart'] as const
/** Two FINs this far apart, ns, did not pass each other on the way. */
const LONGEST_WAY = 3e9

const LOST = ['fin', 'ack', 'either'] as const

interface Memory extends FinRepeats {
  /** The timestamp that the first answer to each end's repeated FIN echoes. */
  readonly echoes: [number | undefined, number | undefined]
}

/** What became of an end's FIN. */
interface Story {
  readonly endpoint: Endpoint
  readonly copies: readonly Moment[]
  readonly count: number
  readonly answer: Entry | undefined
  readonly isAnswered: boolean
  readonly lost: (typeof LOST)[number]
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
  unreliableWhen: ['loss', 'duplicates', 'reordering', 'snaplen', 'one-sided', 'midstream'],
  state: (): Memory => ({ ...noFinRepeats(), echoes: [undefined, undefined] }),
  create: (context) => {
    /** Undefined if no copy was lost on the way, nor any answer that let its sender go on. */
    function storyOf(memory: Memory, endpoint: Endpoint, peer: Endpoint): Story | undefined {
      const side = (endpoint.index & 1) as 0 | 1
      const kept = memory.kept[side]
      const first = firstFin(context.entered, endpoint)
      if (first === undefined) return undefined
      // What comes into TIME_WAIT has lost another answer: last-ack-lost.
      const timeWait = context.entered(peer, TIME_WAIT)
      const until = timeWait?.time ?? Number.POSITIVE_INFINITY
      const repeats = kept.filter((copy) => copy.time <= until && !isTooEarly(copy, first))
      const [again] = repeats
      if (again === undefined) return undefined
      const answer = finAnswer(context.entered, endpoint)
      // That it had been answered is concluded from its silence: when, and by what, nobody saw.
      if (answer?.packet === 0) return undefined
      if (answer !== undefined && isTooSoon(endpoint, answer.time, again.time)) return undefined
      const isSeen = (peer.flags & HAS_ACKED) !== 0 && isAtOrAfter(peer.ackSent, endpoint.finEnd)
      return {
        endpoint,
        copies: [first, ...repeats],
        count: 1 + memory.counts[side] - (kept.length - repeats.length),
        answer,
        isAnswered: answer !== undefined || isSeen,
        lost: whatWasLost(
          again,
          memory.echoes[side],
          context.entered(peer, CLOSE_WAIT, CLOSING) ?? timeWait,
          (endpoint.flags & peer.flags & OFFERED_SACK) !== 0,
        ),
      }
    }

    function report(event: ConnectionEvent, story: Story): void {
      const { endpoint, copies, count, answer, isAnswered, lost } = story
      const { connection } = event
      const isClient = (endpoint.index & 1) === connection.clientSide
      const start = (copies[0] as Moment).time
      const last = (copies.at(-1) as Moment).time
      const common = {
        sender: isClient ? 'client' : 'server',
        place: placeOf(connection, endpoint, isApart(event)),
        copies: count,
        times: copies.map(({ time }) => time - start),
      } as const
      const fins = copies.map((moment, index) =>
        context.note('fin', event, { copy: index + 1, after: moment.time - start }, moment),
      )
      if (isAnswered) {
        context.report('late', event, {
          data: { ...common, waited: (answer?.time ?? last) - start, lost },
          evidence: answer === undefined ? fins : [...fins, context.note('answer', event, {}, answer)],
          blame: 'network',
        })
        return
      }
      const wasReset = (endpoint.flags & (RST_RECEIVED | RST_SENT)) !== 0
      const gaveUp = (endpoint.flags & TIMED_OUT) !== 0
      context.report('never', event, {
        data: { ...common, waited: last - start, ended: wasReset ? 'reset' : gaveUp ? 'gave-up' : 'trying' },
        evidence: fins,
        blame: isClient ? 'server' : 'client',
      })
    }

    function isApart({ endpoint, peer }: ConnectionEvent): boolean {
      const [one, other] = [firstFin(context.entered, endpoint), firstFin(context.entered, peer)]
      // mutant: equivalent, because there is a FIN of each end if neither acknowledges the other's
      return one !== undefined && other !== undefined && Math.abs(one.time - other.time) > LONGEST_WAY
    }

    /** An end shows that it has the FIN of its peer. */
    function noteReceipt({ packet, basis, peer, segment }: EventOf<'state'>, memory: Memory): void {
      if (packet === 0 || basis !== ACKNOWLEDGED) return
      memory.echoes[peer.index & 1] ??= echoOf(segment)
    }

    return {
      retransmission(event) {
        if (isFinAgain(event)) {
          noteFinRepeat(context.stateOf(event.connection), context.moment(event), event.segment)
        }
      },
      known: {
        enters: { CLOSE_WAIT: noteReceipt, CLOSING: noteReceipt, TIME_WAIT: noteReceipt },
        closed(event, memory) {
          const { endpoint, peer } = event
          const stories = [storyOf(memory, endpoint, peer), storyOf(memory, peer, endpoint)]
          const [worst] = stories.filter((story) => story !== undefined).sort(byGravity)
          if (worst !== undefined) report(event, worst)
        },
      },
    }
  },
})

function byGravity(a: Story, b: Story): number {
  return Number(a.isAnswered) - Number(b.isAnswered) || b.count - a.count
}

function placeOf(connection: Connection, endpoint: Endpoint, isApart: boolean): (typeof PLACES)[number] {
  const first = connection.flags & (FIRST_FIN_0 | FIRST_FIN_1)
  if (first === (FIRST_FIN_0 | FIRST_FIN_1)) return isApart ? 'apart' : 'crossed'
  return first === ((endpoint.index & 1) === 0 ? FIRST_FIN_0 : FIRST_FIN_1) ? 'first' : 'second'
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
