import type { HostHandshake } from '../tracker/host-events.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry } from './end-table.ts'
import type { PlaceKind } from './host-places.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** A connection, and the number that one of its ends began with. */
export interface Numbered {
  readonly connection: number
  readonly packet: number
  /** ns since the first packet. */
  readonly time: number
  /** int32. */
  readonly number: number
}

/** Tuples and members that are kept of a run. */
const MOST_KEPT = 16

/** Connections in a row, of different tuples, whose numbers go by one step. */
export class IsnRun {
  readonly step: number
  /** The first of them. */
  readonly members: Numbered[] = []
  length = 0
  last = 0
  readonly #tuples: number[] = []

  constructor(step: number) {
    this.step = step
  }

  /** Tells whether it is one more. Of tuples past those that are kept nothing is known. */
  add(member: Numbered, tuple: number): boolean {
    if (this.#tuples.includes(tuple)) return false
    if (this.#tuples.length < MOST_KEPT) {
      this.#tuples.push(tuple)
      this.members.push(member)
    }
    this.length++
    this.last = member.time
    return true
  }
}

/** Numbers of a place: how many of its series are remembered, two at most, and which of both is the last; whether it has runs. */
const KNOWN = 0
const LAST = 1
const HAD_RUN = 2
/** Those two. */
const ONE = 3
const OTHER = 8
/** Of each: its number and whose it is. */
const NUMBER = 0
const TUPLE = 1
const CONNECTION = 2
const PACKET = 3
const TIME = 4
const NUMBERS = OTHER + TIME + 1

/** What only series with equal steps have. */
class IsnRuns {
  /** The longest run so far. */
  best: IsnRun | undefined
  run: IsnRun | undefined

  clear(): void {
    this.best = undefined
    this.run = undefined
  }
}

/**
 * The initial sequence numbers of the ends of places, in the order of their handshakes. Those of a sound stack cost a
 * subtraction and a comparison each; where two steps are equal, a run begins.
 */
export class IsnSeries {
  readonly #rows: PlaceRows<IsnRuns>

  /** Places with a run are kept. */
  constructor({ rows }: RowSource, kind: PlaceKind) {
    this.#rows = rows(kind, NUMBERS, () => new IsnRuns())
  }

  add(
    { connection, firstPacket, start }: Pick<HostHandshake, 'connection' | 'firstPacket' | 'start'>,
    number: number,
    tuple: number,
    end: HostEnd,
    other?: HostEnd,
  ): void {
    const at = this.#rows.of(end, other)
    const { numbers } = this.#rows
    const isOneLast = numbers[at + LAST] === 0
    const last = at + (isOneLast ? ONE : OTHER)
    const before = at + (isOneLast ? OTHER : ONE)
    const step = (number - (numbers[last + NUMBER] as number)) | 0
    const lastStep = ((numbers[last + NUMBER] as number) - (numbers[before + NUMBER] as number)) | 0
    const isRegular = numbers[at + KNOWN] === 2 && step === lastStep
    if (isRegular)
      this.#goOn(at, last, before, step, { connection, packet: firstPacket, time: start, number }, tuple)
    else if (numbers[at + HAD_RUN] !== 0) this.#rows.extra(at).run = undefined
    numbers[before + NUMBER] = number
    numbers[before + TUPLE] = tuple
    numbers[before + CONNECTION] = connection
    numbers[before + PACKET] = firstPacket
    numbers[before + TIME] = start
    numbers[at + LAST] = isOneLast ? 1 : 0
    numbers[at + KNOWN] = Math.min(2, (numbers[at + KNOWN] as number) + 1)
  }

  /** The longest run of each place that has one. */
  entries(): EndEntry<IsnRun | undefined>[] {
    return this.#rows.extras().map(({ end, other, value }) => ({ end, other, value: value.best }))
  }

  #goOn(at: number, last: number, before: number, step: number, member: Numbered, tuple: number): void {
    const runs = this.#rows.extra(at)
    runs.run ??= this.#begin(last, before, step)
    if (!runs.run.add(member, tuple)) runs.run = undefined
    else if (runs.run.length > (runs.best?.length ?? 0)) runs.best = runs.run
    this.#rows.numbers[at + HAD_RUN] = 1
    if (runs.best !== undefined) this.#rows.keep(at)
  }

  /** The last two are the first of a run, if their tuples differ. */
  #begin(last: number, before: number, step: number): IsnRun {
    const { numbers } = this.#rows
    const run = new IsnRun(step)
    for (const at of [before, last]) {
      const member = {
        connection: numbers[at + CONNECTION] as number,
        packet: numbers[at + PACKET] as number,
        time: numbers[at + TIME] as number,
        number: numbers[at + NUMBER] as number,
      }
      run.add(member, numbers[at + TUPLE] as number)
    }
    return run
  }
}
