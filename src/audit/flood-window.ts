/** What became of handshakes that began at some time. */
export const FATES = ['forsaken', 'answered', 'repeated', 'victims', 'completed'] as const
export type Fate = (typeof FATES)[number]

type Fates = Record<Fate, number>

/** Handshakes of the stretches in which too many were forsaken, and how many in the worst second. */
export interface Flood extends Readonly<Fates> {
  readonly first: number
  readonly last: number
  readonly peak: number
}

/** Seconds of which anything is known at once: connections leave the tracker up to four minutes after they began. */
const MOST_SECONDS = 256
export const SECOND = 1e9

/** Numbers of a second: which it is, the fates in the order of FATES, when the first and the last of the forsaken began. */
const WHICH = 0
const COUNTS = 1
const FORSAKEN = COUNTS + FATES.indexOf('forsaken')
const FIRST = COUNTS + FATES.length
const LAST = FIRST + 1
const NUMBERS = LAST + 1

/**
 * Counts handshakes by the second they began in, and finds the stretches with more than `least` forsaken ones. There is one
 * for each listener, so it is one list of numbers.
 */
export class FloodWindow {
  readonly #least: number
  readonly #width: number
  readonly #seconds: number[] = []
  /** Numbers in use of those. */
  #length = 0
  #flood: Flood | undefined

  constructor(least: number, within: number) {
    this.#least = least
    this.#width = Math.ceil(within / SECOND)
  }

  clear(): void {
    this.#length = 0
    this.#flood = undefined
  }

  /** One more, or several, that began then. */
  add(start: number, fate: Fate, times = 1): void {
    const at = this.#at(Math.floor(start / SECOND))
    const seconds = this.#seconds
    const count = at + COUNTS + FATES.indexOf(fate)
    seconds[count] = (seconds[count] as number) + times
    if (fate !== 'forsaken') return
    const isFirst = seconds[count] === 1
    if (isFirst || start < (seconds[at + FIRST] as number)) seconds[at + FIRST] = start
    if (isFirst || start > (seconds[at + LAST] as number)) seconds[at + LAST] = start
  }

  /** All that was flood; undefined for none. Once, at the end. */
  flood(): Flood | undefined {
    this.#sumUp(Number.POSITIVE_INFINITY)
    return this.#flood
  }

  /** Where the numbers of a second begin, mostly the last one; they are made if they are not there. */
  #at(which: number): number {
    const seconds = this.#seconds
    for (let at = this.#length - NUMBERS; at >= 0; at -= NUMBERS) if (seconds[at + WHICH] === which) return at
    if (this.#length >= MOST_SECONDS * NUMBERS) this.#forgetOlderHalf()
    const at = this.#length
    this.#length += NUMBERS
    for (let i = 0; i < NUMBERS; i++) seconds[at + i] = i === WHICH ? which : 0
    return at
  }

  #forgetOlderHalf(): void {
    const places = this.#inOrder()
    const seconds = this.#seconds
    const median = seconds[(places[MOST_SECONDS / 2] as number) + WHICH] as number
    this.#sumUp(median)
    const later = places.filter((at) => (seconds[at + WHICH] as number) >= median)
    const kept = later.flatMap((at) => seconds.slice(at, at + NUMBERS))
    this.#length = kept.length
    for (const [at, number] of kept.entries()) seconds[at] = number
  }

  /** Adds to the flood what belongs to it and lies before the second `limit`. */
  #sumUp(limit: number): void {
    for (const at of this.#flooded()) {
      const numbers = this.#seconds.slice(at, at + NUMBERS)
      if ((numbers[WHICH] as number) >= limit) continue
      const forsaken = numbers[FORSAKEN] as number
      const before = this.#flood
      const sums = FATES.map((fate, index) => [
        fate,
        (before?.[fate] ?? 0) + (numbers[COUNTS + index] as number),
      ])
      const [first, last] = forsaken === 0 ? [] : numbers.slice(FIRST)
      this.#flood = {
        ...(Object.fromEntries(sums) as Fates),
        first: Math.min(before?.first ?? Number.POSITIVE_INFINITY, first ?? Number.POSITIVE_INFINITY),
        last: Math.max(before?.last ?? Number.NEGATIVE_INFINITY, last ?? Number.NEGATIVE_INFINITY),
        peak: Math.max(before?.peak ?? 0, forsaken),
      }
    }
  }

  #flooded(): Set<number> {
    const places = this.#inOrder()
    const seconds = this.#seconds
    const flooded = new Set<number>()
    let first = 0
    let sum = 0
    for (const [index, at] of places.entries()) {
      const which = seconds[at + WHICH] as number
      sum += seconds[at + FORSAKEN] as number
      for (; (seconds[(places[first] as number) + WHICH] as number) <= which - this.#width; first++) {
        sum -= seconds[(places[first] as number) + FORSAKEN] as number
      }
      if (sum > this.#least) for (let i = first; i <= index; i++) flooded.add(places[i] as number)
    }
    return flooded
  }

  /** Where the seconds stand, by time. */
  #inOrder(): number[] {
    const seconds = this.#seconds
    const places = Array.from({ length: this.#length / NUMBERS }, (_, index) => index * NUMBERS)
    return places.sort((a, b) => (seconds[a] as number) - (seconds[b] as number))
  }
}
