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
const SECOND = 1e9

interface Second {
  readonly fates: Fates
  /** When the first and the last of the forsaken began. */
  first: number
  last: number
}

/** Counts handshakes by the second they began in, and finds the stretches with more than `least` forsaken ones. */
export class FloodWindow {
  readonly #least: number
  readonly #width: number
  readonly #seconds = new Map<number, Second>()
  #flood: Flood | undefined

  constructor(least: number, within: number) {
    this.#least = least
    this.#width = Math.ceil(within / SECOND)
  }

  add(start: number, fate: Fate): void {
    const second = this.#at(Math.floor(start / SECOND))
    second.fates[fate]++
    if (fate !== 'forsaken') return
    second.first = Math.min(second.first, start)
    second.last = Math.max(second.last, start)
  }

  /** All that was flood; undefined for none. Once, at the end. */
  flood(): Flood | undefined {
    this.#sumUp(Number.POSITIVE_INFINITY)
    return this.#flood
  }

  #at(number: number): Second {
    const known = this.#seconds.get(number)
    if (known !== undefined) return known
    if (this.#seconds.size >= MOST_SECONDS) this.#forgetOlderHalf()
    const fates = { forsaken: 0, answered: 0, repeated: 0, victims: 0, completed: 0 }
    const second = { fates, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY }
    this.#seconds.set(number, second)
    return second
  }

  #forgetOlderHalf(): void {
    const numbers = this.#numbers()
    const median = numbers[MOST_SECONDS / 2] as number
    this.#sumUp(median)
    for (const number of numbers) if (number < median) this.#seconds.delete(number)
  }

  /** Adds to the flood what belongs to it and lies before the second `limit`. */
  #sumUp(limit: number): void {
    for (const number of this.#flooded()) {
      const { fates, first, last } = this.#seconds.get(number) as Second
      if (number >= limit) continue
      const before = this.#flood
      this.#flood = {
        forsaken: (before?.forsaken ?? 0) + fates.forsaken,
        answered: (before?.answered ?? 0) + fates.answered,
        repeated: (before?.repeated ?? 0) + fates.repeated,
        victims: (before?.victims ?? 0) + fates.victims,
        completed: (before?.completed ?? 0) + fates.completed,
        first: Math.min(before?.first ?? first, first),
        last: Math.max(before?.last ?? last, last),
        peak: Math.max(before?.peak ?? 0, fates.forsaken),
      }
    }
  }

  #flooded(): Set<number> {
    const numbers = this.#numbers()
    const flooded = new Set<number>()
    let first = 0
    let sum = 0
    for (const [index, number] of numbers.entries()) {
      sum += this.#forsakenIn(number)
      while ((numbers[first] as number) <= number - this.#width) sum -= this.#forsakenIn(numbers[first++])
      if (sum > this.#least) for (let i = first; i <= index; i++) flooded.add(numbers[i] as number)
    }
    return flooded
  }

  #numbers(): number[] {
    return [...this.#seconds.keys()].sort((a, b) => a - b)
  }

  #forsakenIn(number: number | undefined): number {
    return this.#seconds.get(number as number)?.fates.forsaken ?? 0
  }
}
