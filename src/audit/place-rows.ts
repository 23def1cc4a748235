import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry, Reusable } from './end-table.ts'
import type { HostDirectory } from './host-places.ts'

/**
 * What one rule keeps of each host, listener, pair or path in numbers: rows of one array, those of all rules side by side. Most
 * places are never in trouble; to keep an object of each costs several waits for memory where a row costs one.
 */
export class PlaceRows<Extra extends Reusable = never> {
  /** Of each place. */
  readonly count: number
  readonly #directory: HostDirectory
  readonly #bit: number
  readonly #make: (() => Extra) | undefined
  #numbers: Float64Array = new Float64Array(0)
  #offset = 0
  #width = 0
  /** By slot, of places that are forgotten too. */
  #extras: (Extra | undefined)[] = []

  constructor(directory: HostDirectory, bit: number, count: number, make: (() => Extra) | undefined) {
    this.count = count
    this.#directory = directory
    this.#bit = bit
    this.#make = make
  }

  /** Numbers of all places; those of one begin where `of` says, and behind them are other rules'. */
  get numbers(): Float64Array {
    if (this.#width === 0) this.#directory.makeRows()
    return this.#numbers
  }

  /** The directory has made the rows. */
  begin(numbers: Float64Array, offset: number, width: number): void {
    this.#numbers = numbers
    this.#offset = offset
    this.#width = width
  }

  /** Where the numbers of this end begin, or of two where places have two: all 0 if there was nothing yet. */
  of(end: HostEnd, other?: HostEnd): number {
    const slot = this.#directory.of(end, other)
    const at = slot * this.#width + this.#offset
    if (!this.#directory.isUsed(slot, this.#bit)) {
      this.#directory.use(slot, this.#bit)
      for (let i = 0; i < this.count; i++) this.#numbers[at + i] = 0
    }
    return at
  }

  /** The place at `at` is to stay, as long as there is room; or, after all, not because of this rule. */
  keep(at: number, isKept = true): void {
    this.#directory.keep(this.#slotOf(at), this.#bit, isKept)
  }

  /** The same if there is anything, else -1. */
  known(end: HostEnd, other?: HostEnd): number {
    const slot = this.#directory.find(end, other)
    if (slot < 0 || !this.#directory.isUsed(slot, this.#bit)) return -1
    return slot * this.#width + this.#offset
  }

  /** What the place at `at` has besides, made if there is nothing yet. */
  extra(at: number): Extra {
    const slot = this.#slotOf(at)
    if (this.#extras.length === 0)
      this.#extras = Array.from({ length: this.#directory.most }, () => undefined)
    const known = this.#extras[slot]
    if (known !== undefined && this.#directory.hasExtra(slot, this.#bit)) return known
    this.#directory.addExtra(slot, this.#bit)
    if (known !== undefined) {
      known.clear()
      return known
    }
    if (this.#make === undefined) throw new Error('these rows have no extras')
    const made = this.#make()
    this.#extras[slot] = made
    return made
  }

  knownExtra(at: number): Extra | undefined {
    const slot = this.#slotOf(at)
    return this.#directory.hasExtra(slot, this.#bit) ? this.#extras[slot] : undefined
  }

  /** Of all places, or those for which that holds; `value` is where the numbers of a place begin. */
  entries(isWanted?: (numbers: Float64Array, at: number) => boolean): EndEntry<number>[] {
    return this.#directory.entries(this.#bit, (slot) => {
      const at = slot * this.#width + this.#offset
      return isWanted?.(this.#numbers, at) === false ? undefined : at
    })
  }

  /** Of those places that have an extra, which is `value`. */
  extras(): EndEntry<Extra>[] {
    return this.#directory.entries(this.#bit, (slot) =>
      this.#directory.hasExtra(slot, this.#bit) ? this.#extras[slot] : undefined,
    )
  }

  #slotOf(at: number): number {
    return (at - this.#offset) / this.#width
  }
}
