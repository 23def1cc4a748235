import type { Reusable } from './end-table.ts'

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

/** Words kept of the last two connections: number and tuple; and their doubles: id, packet, time. */
const NUMBER = 0
const TUPLE = 1
const WORDS = 2
const DOUBLES = 3

/**
 * The initial sequence numbers of one end, in the order of its handshakes. Those of a sound stack cost a subtraction and a
 * comparison each; where two steps are equal, a run begins.
 */
export class IsnSeries implements Reusable {
  /** The longest run so far. */
  best: IsnRun | undefined
  #run: IsnRun | undefined
  #known = 0
  /** The last connection, and the one before it. */
  readonly #words = new Int32Array(2 * WORDS)
  readonly #doubles = new Float64Array(2 * DOUBLES)

  clear(): void {
    this.best = undefined
    this.#run = undefined
    this.#known = 0
  }

  add(number: number, tuple: number, connection: number, packet: number, time: number): void {
    const words = this.#words
    const step = (number - (words[NUMBER] as number)) | 0
    const before = ((words[NUMBER] as number) - (words[WORDS + NUMBER] as number)) | 0
    const isRegular = this.#known === 2 && step === before
    if (!isRegular) this.#run = undefined
    else {
      this.#run ??= this.#begin(step)
      if (!this.#run.add({ connection, packet, time, number }, tuple)) this.#run = undefined
      else if (this.#run.length > (this.best?.length ?? 0)) this.best = this.#run
    }
    words.copyWithin(WORDS, 0, WORDS)
    words[NUMBER] = number
    words[TUPLE] = tuple
    const doubles = this.#doubles
    doubles.copyWithin(DOUBLES, 0, DOUBLES)
    doubles[0] = connection
    doubles[1] = packet
    doubles[2] = time
    if (this.#known < 2) this.#known++
  }

  /** The last two are the first of a run, if their tuples differ. */
  #begin(step: number): IsnRun {
    const run = new IsnRun(step)
    for (const at of [1, 0]) {
      const [connection = 0, packet = 0, time = 0] = this.#doubles.subarray(
        DOUBLES * at,
        DOUBLES * at + DOUBLES,
      )
      const number = this.#words[WORDS * at + NUMBER] as number
      run.add({ connection, packet, time, number }, this.#words[WORDS * at + TUPLE] as number)
    }
    return run
  }
}
