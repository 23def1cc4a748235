import type { Segment } from '../decode/segment.ts'
import { ACK, SYN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import { segmentLength } from '../tracker/acceptance.ts'
import type { Connection } from '../tracker/connection.ts'
import { HAS_NUMBERS } from '../tracker/endpoint-flags.ts'
import { CAUSE_RST, CAUSE_SYN } from '../tracker/segment-class.ts'
import { isAfter } from '../tracker/sequence.ts'
import { CLOSED } from '../tracker/tcp-state.ts'
import {
  RESET_ACCEPTED,
  RESET_DROPPED,
  type TrackerEvent,
  type TrackerEvents,
} from '../tracker/tracker-events.ts'
import type { ConnectionRecords } from './connection-records.ts'
import { type ResetForm, resetForm } from './reset-form.ts'
import { type ResetReason, resetReasons, settledReasons } from './reset-reason.ts'
import {
  type ForgerySign,
  forgerySigns,
  type GenuineSign,
  genuineSigns,
  isNewer,
  type ResetSource,
  type ResetTrace,
  type ResetVerdict,
  resetVerdict,
  signsOfPair,
  signsOfSuccessor,
  sourceOf,
} from './reset-verdict.ts'
import { type Moment, momentOf } from './rule-context.ts'
import type { EventOf } from './rule-handlers.ts'

/** Segments closer than this may have changed places on the way, ns: they prove nothing by their order. */
const DISORDER = 3e6
/** RSTs of one connection that are looked into, and segments kept to show that their source goes on. */
const MOST_RESETS = 8
const MOST_SUCCESSORS = 3
/** Of the clock behind timestamps, ns: Linux and most others. With a coarser one less is told from what came late. */
const TICK = 1e6
/** Within this time, ns, equal RSTs may be copies of one that the network has made. */
const COPY_TIME = 0.5e9
/** RSTs of one source within this time, ns, are back to back. */
const BACK_TO_BACK = 50e6
/** A host that answers a challenge by an RST has done so by then, ns. */
const CHALLENGE_TIME = 2e9

/** Whoever answers a SYN or ACK in the handshake by an RST may go on and connect. */
const MAY_GO_ON: readonly ResetReason[] = ['answer-unwanted', 'wrong-ack']

/** An RST of a connection, and all that was learned of it by the time the connection leaves. */
export interface WatchedReset extends ResetTrace {
  readonly moment: Moment
  readonly ttl: number
  readonly usualTtl: number
  readonly form: ResetForm
  /** The states it met, of its source and of whom it was sent to. */
  readonly before: number
  readonly peerBefore: number
  /** RESET_*, as far as known. */
  readonly effect: number
  readonly reasons: readonly ResetReason[]
  /** The challenge ACK that had just told its number, if one had. */
  readonly challenge: Challenge | undefined
  readonly against: readonly ForgerySign[]
  readonly favour: readonly GenuineSign[]
  readonly verdict: ResetVerdict
  /** Segments, no RSTs, that bear its source's address later: how many, and the first of them. */
  readonly continued: number
  readonly successors: readonly Moment[]
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

interface Reset
  extends Omit<Writable<WatchedReset>, 'against' | 'favour' | 'verdict' | 'continued' | 'successors'> {
  readonly signs: Set<ForgerySign>
  readonly favour: Set<GenuineSign>
  readonly successors: Moment[]
  /** Segments its source had sent by then, RSTs apart, and how far it had come. */
  readonly sent: number
  readonly source: ResetSource
  /** Its own timestamp. */
  readonly tsVal: number | undefined
  /** SYNs that had passed by then. */
  readonly synCopies: number
}

/** What is remembered of the RSTs of one connection. */
export interface ResetMemory {
  readonly resets: Reset[]
  /** RSTs seen per side. */
  readonly counts: [number, number]
  /** What was last sent in the name of each side that a challenge ACK can answer, and the last challenge ACK. */
  readonly provocations: [Moment | undefined, Moment | undefined]
  readonly challenges: [Challenge | undefined, Challenge | undefined]
  /** As judged when the connection left. */
  judged: readonly WatchedReset[] | undefined
}

export interface Challenge {
  readonly cause: number
  readonly ack: number
  readonly provocation: Moment
  readonly answer: Moment
}

const NO_RESETS: readonly WatchedReset[] = []

/** Collects the RSTs of each connection, once for all rules, and judges them when it leaves. */
export class ResetTracer {
  readonly #records: ConnectionRecords

  constructor(records: ConnectionRecords) {
    this.#records = records
  }

  /** Before any rule subscribes: what is said of a connection's RSTs then includes the event at hand. */
  subscribe(events: TrackerEvents): void {
    events.subscribe('reset', (event) => this.#reset(event))
    events.subscribe('unaccepted', (event) => this.#unaccepted(event))
    events.subscribe('challengeAck', (event) => this.#challengeAck(event))
    events.subscribe('retracted', (event) => this.#retracted(event))
    events.subscribe('toClosed', (event) => this.#goesOn(event))
    events.subscribe('synAck', (event) => this.#goesOn(event))
    events.subscribe('replaced', (event) => {
      // The server that is said to have refused the SYN answers it. Behind any other RST a late copy of the SYN draws a new answer.
      const { flags, ack } = event.segment
      const answersSyn = (flags & (SYN | ACK)) === (SYN | ACK) && ack === ((event.peer.isn + 1) | 0)
      if (answersSyn) this.#goesOn(event, ({ reasons }) => reasons[0] === 'refused')
    })
  }

  /** The RSTs of the connection that leaves, with their verdicts. */
  resets(event: EventOf<'closed'>): readonly WatchedReset[] {
    const memory = this.#known(event.connection)
    if (memory === undefined || memory.resets.length === 0) return NO_RESETS
    memory.judged ??= memory.resets.map((reset) => watched(reset, memory, event))
    return memory.judged
  }

  count(connection: Connection, side: number): number {
    return this.#known(connection)?.counts[side as 0 | 1] ?? 0
  }

  #known(connection: Connection): ResetMemory | undefined {
    return this.#records.of(connection)?.resets
  }

  #ensure(connection: Connection): ResetMemory {
    const record = this.#records.ensure(connection)
    record.resets ??= {
      resets: [],
      counts: [0, 0],
      provocations: [undefined, undefined],
      challenges: [undefined, undefined],
      judged: undefined,
    }
    return record.resets
  }

  #reset(event: TrackerEvent): void {
    const memory = this.#ensure(event.connection)
    const side = (event.endpoint.index & 1) as 0 | 1
    memory.counts[side]++
    if (memory.resets.length === MOST_RESETS) return
    const previous = memory.resets.findLast(({ moment }) => moment.side === side)
    const reset = resetOf(event, memory.counts[side], previous)
    if (previous !== undefined && isCopy(reset, previous)) return
    if (previous !== undefined && previous.sent === reset.sent) {
      if (event.time - previous.moment.time < BACK_TO_BACK) {
        for (const sign of signsOfPair(previous, reset, event.endpoint.sndNxt)) {
          previous.signs.add(sign)
          reset.signs.add(sign)
        }
      }
    }
    const challenge = memory.challenges[side]
    if (challenge?.ack === reset.seq && event.time - challenge.answer.time < CHALLENGE_TIME) {
      reset.challenge = challenge
      if (reset.form !== 'passive') reset.signs.add('disclosed')
    }
    memory.resets.push(reset)
  }

  #unaccepted(event: TrackerEvent): void {
    if (event.detail !== CAUSE_SYN && event.detail !== CAUSE_RST) return
    const side = (event.endpoint.index & 1) as 0 | 1
    this.#ensure(event.connection).provocations[side] = momentOf(event)
  }

  #challengeAck(event: TrackerEvent): void {
    const side = (event.peer.index & 1) as 0 | 1
    const memory = this.#known(event.connection)
    const provocation = memory?.provocations[side]
    if (memory === undefined || provocation?.packet !== event.causePacket) return
    const { detail: cause, segment } = event
    memory.challenges[side] = { cause, ack: segment.ack, provocation, answer: momentOf(event) }
  }

  #retracted(event: TrackerEvent): void {
    if (event.from !== CLOSED || event.packet === 0) return
    this.#goesOn(event)
    const side = event.endpoint.index & 1
    for (const reset of this.#known(event.connection)?.resets ?? []) {
      // Its receiver lives on.
      if (reset.moment.side !== side && reset.effect === RESET_ACCEPTED) reset.effect = RESET_DROPPED
    }
  }

  /** A segment, no RST, bears the address of `event.endpoint`; it speaks against those of its RSTs of which that holds. */
  #goesOn(event: TrackerEvent, speaksAgainst: (reset: Reset) => boolean = () => true): void {
    const memory = this.#known(event.connection)
    if (memory === undefined || !isCredible(event)) return
    const side = event.endpoint.index & 1
    for (const reset of memory.resets) {
      if (reset.moment.side !== side || event.time - reset.moment.time < DISORDER) continue
      if (!speaksAgainst(reset) || mayListen(reset, event.connection)) continue
      if (MAY_GO_ON.includes(reset.reasons[0] as ResetReason)) continue
      if (!isNewer(reset.source, sourceBySegment(event), event.time - reset.moment.time)) continue
      reset.signs.add('continues')
      for (const sign of signsOfSuccessor(reset, event.segment)) reset.signs.add(sign)
      if (reset.usualTtl === 0) reset.usualTtl = event.segment.ttl
      if (reset.usualTtl !== reset.ttl) reset.signs.add('ttl')
      const isKnown = reset.successors.at(-1)?.packet === event.packet
      if (!isKnown && reset.successors.length < MOST_SUCCESSORS) reset.successors.push(momentOf(event))
    }
  }
}

/** The client's SYN has come again since: who refused it may listen by now. */
function mayListen({ synCopies, reasons }: Reset, connection: Connection): boolean {
  return reasons[0] === 'refused' && connection.synCopies > synCopies
}

/** No stack leaves the ACK bit out behind its SYN, and none acknowledges what was never sent. */
function isCredible({ peer, segment }: TrackerEvent): boolean {
  if ((segment.flags & (SYN | ACK)) === 0) return false
  return (peer.flags & HAS_NUMBERS) === 0 || !isAfter(segment.ack, peer.sndNxt)
}

/** How far its source had come when it sent the RST: by the RST itself, by what had passed, by its earlier RSTs. */
function sourceAtReset(event: EventOf<'reset'>, previous: Reset | undefined): ResetSource {
  const { endpoint, peer, segment, time } = event
  const passed = sourceOf(endpoint, peer)
  // Its FIN has not passed yet, or was lost.
  const isBehindFin = (segment.flags & ACK) !== 0 && segment.seq === ((endpoint.sndNxt + 1) | 0)
  // What was on its way then may bear as many ticks more as its clock has gone on by since, or begun.
  const ticks = Math.floor((time - endpoint.lastTime) / TICK) + 1
  const tsVals = [
    passed.tsVal === undefined ? undefined : (passed.tsVal + ticks) | 0,
    timestampOf(segment),
    previous?.source.tsVal,
  ]
  return {
    sndNxt: laterOf(isBehindFin ? segment.seq : passed.sndNxt, previous?.source.sndNxt),
    ackSent: passed.ackSent,
    tsVal: tsVals.reduce((latest, one) => (one === undefined ? latest : laterOf(one, latest)), undefined),
  }
}

function laterOf(one: number, other: number | undefined): number {
  return other !== undefined && isAfter(other, one) ? other : one
}

function timestampOf({ options }: Segment): number | undefined {
  return (options.present & OPTION_TIMESTAMPS) === 0 ? undefined : options.tsVal
}

/** The network has doubled the RST: who sends another one gives it another IP ID, and a later timestamp. */
function isCopy(reset: Reset, previous: Reset): boolean {
  if (reset.seq !== previous.seq || reset.ack !== previous.ack || reset.form !== previous.form) return false
  if (reset.moment.time - previous.moment.time >= COPY_TIME) return false
  return reset.ipId !== 0
    ? reset.ipId === previous.ipId
    : reset.tsVal !== undefined && reset.tsVal === previous.tsVal
}

/** How far the source of a segment has come by what the segment says. */
function sourceBySegment({ segment }: TrackerEvent): ResetSource {
  return {
    sndNxt: (segment.seq + segmentLength(segment)) | 0,
    ackSent: segment.ack,
    tsVal: timestampOf(segment),
  }
}

function resetOf(event: EventOf<'reset'>, count: number, previous: Reset | undefined): Reset {
  const { connection, endpoint, segment, before, peerBefore, detail } = event
  const form = resetForm(segment)
  return {
    moment: momentOf(event),
    seq: segment.seq,
    ack: segment.ack,
    hasAck: (segment.flags & ACK) !== 0,
    isPassive: form === 'passive',
    ttl: segment.ttl,
    usualTtl: endpoint.mssScaleAndTtl >>> 24,
    form,
    before,
    peerBefore,
    effect: detail,
    reasons: resetReasons(event),
    challenge: undefined,
    signs: new Set(forgerySigns(event)),
    favour: new Set(genuineSigns(event)),
    successors: [],
    sent: endpoint.packets + 1 - count,
    source: sourceAtReset(event, previous),
    tsVal: timestampOf(segment),
    synCopies: connection.synCopies,
    ipId: segment.ipId,
    macHigh: segment.sourceMacHigh,
    macLow: segment.sourceMacLow,
  }
}

function watched(reset: Reset, memory: ResetMemory, event: EventOf<'closed'>): WatchedReset {
  const { signs, favour, sent, source: before, tsVal, synCopies, ...rest } = reset
  const { side, time } = reset.moment
  const isItself = (event.endpoint.index & 1) === side
  const source = isItself ? event.endpoint : event.peer
  const continued = source.packets - memory.counts[side as 0 | 1] - sent
  const reasons = settledReasons(reset.reasons, source)
  const reason = reasons[0] as ResetReason
  // What had no event of its own may be a straggler however late, or not be its own: only how far it has come counts.
  const now = sourceOf(source, isItself ? event.peer : event.endpoint)
  const goesOn = continued > 0 && source.lastTime - time >= DISORDER && isNewer(before, now, 0)
  const mayGoOn = MAY_GO_ON.includes(reason) || mayListen(reset, event.connection)
  if (goesOn && !mayGoOn) signs.add('continues')
  return {
    ...rest,
    reasons,
    against: [...signs],
    favour: [...favour],
    verdict: resetVerdict(signs, favour, reason),
    continued,
  }
}
