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

/** A number and whose it is; two of them in turn are what a series remembers. */
class Latest {
  number = 0
  tuple = 0
  connection = 0
  packet = 0
  time = -0
}

/**
 * The initial sequence numbers of one end, in the order of its handshakes. Those of a sound stack cost a subtraction and a
 * comparison each; where two steps are equal, a run begins.
 */
export class IsnSeries implements Reusable {
  /** The longest run so far. */
  best: IsnRun | undefined
  #run: IsnRun | undefined
  #known = 0
  #last = new Latest()
  #before = new Latest()

  clear(): void {
    this.best = undefined
    this.#run = undefined
    this.#known = 0
  }

  add(number: number, tuple: number, connection: number, packet: number, time: number): void {
    const last = this.#last
    const step = (number - last.number) | 0
    const isRegular = this.#known === 2 && step === ((last.number - this.#before.number) | 0)
    if (!isRegular) this.#run = undefined
    else {
      this.#run ??= this.#begin(step)
      if (!this.#run.add({ connection, packet, time, number }, tuple)) this.#run = undefined
      else if (this.#run.length > (this.best?.length ?? 0)) this.best = this.#run
    }
    const next = this.#before
    this.#before = last
    this.#last = next
    next.number = number
    next.tuple = tuple
    next.connection = connection
    next.packet = packet
    next.time = time
    if (this.#known < 2) this.#known++
  }

  /** The last two are the first of a run, if their tuples differ. */
  #begin(step: number): IsnRun {
    const run = new IsnRun(step)
    for (const { number, tuple, connection, packet, time } of [this.#before, this.#last])
      run.add({ connection, packet, time, number }, tuple)
    return run
  }
}
