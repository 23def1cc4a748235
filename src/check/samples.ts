/** How the numbers of many connections become one. `each`: every one of them. */
export const STATISTICS = ['each', 'total', 'min', 'mean', 'median', 'max', 'count'] as const

/** One of STATISTICS, or `p99`: the nearest-rank percentile. */
export type Statistic = string

/** How percentiles are written, for the schema too. */
export const PERCENTILE_FORM = '^p([0-9]{1,2}(?:\\.[0-9]{1,3})?)$'
const PERCENTILE = new RegExp(PERCENTILE_FORM)

export function isStatistic(name: string): boolean {
  return (STATISTICS as readonly string[]).includes(name) || PERCENTILE.test(name)
}

/** The share of samples that the value of `statistic` is not below; undefined where it is no percentile. */
export function percentileOf(statistic: Statistic): number | undefined {
  if (statistic === 'median') return 0.5
  const digits = PERCENTILE.exec(statistic)?.[1]
  return digits === undefined ? undefined : Number(digits) / 100
}

/** A number, and the connection that it is of. */
export interface Sample {
  readonly value: number
  readonly connection: number
}

/** Extremes kept with the connections that they are of. */
const MOST_NAMED = 3
const FIRST_ROOM = 1024

/** Numbers of connections: sums and extremes, and all of them, 8 bytes each, if `keeps`: exact percentiles need them. */
export class Samples {
  count = 0
  sum = 0
  /** For metrics that are shares: of what, and how much of it. */
  whole = 0
  parts = 0
  readonly #keeps: boolean
  readonly #largest: Sample[] = []
  readonly #smallest: Sample[] = []
  #values = new Float64Array(0)
  #isSorted = false

  constructor(keeps: boolean) {
    this.#keeps = keeps
  }

  add(value: number, connection: number): void {
    if (this.#keeps) this.#keep(value)
    this.count++
    this.sum += value
    noteExtreme(this.#largest, value, connection, (one, other) => one > other)
    noteExtreme(this.#smallest, value, connection, (one, other) => one < other)
  }

  /** A share of `whole`; the total of many weighs each as much as what it is a share of. */
  addShare(part: number, whole: number, connection: number): void {
    this.parts += part
    this.whole += whole
    this.add(whole === 0 ? 0 : part / whole, connection)
  }

  /** The largest first. */
  get largest(): readonly Sample[] {
    return this.#largest
  }

  /** The smallest first. */
  get smallest(): readonly Sample[] {
    return this.#smallest
  }

  /** The smallest sample that at least `share` of all are not above (nearest rank); NaN of none. */
  percentile(share: number): number {
    const values = this.#values.subarray(0, this.count)
    if (!this.#isSorted) values.sort()
    this.#isSorted = true
    // 0.99 · 100 is 99.00000000000001 as a double; the rank is not the next one for that.
    const rank = Math.max(1, Math.ceil(share * this.count - 1e-9))
    return values[rank - 1] ?? Number.NaN
  }

  #keep(value: number): void {
    if (this.count === this.#values.length) {
      const room = new Float64Array(Math.max(FIRST_ROOM, 2 * this.count))
      room.set(this.#values)
      this.#values = room
    }
    this.#values[this.count] = value
    this.#isSorted = false
  }
}

/** Of equals the connection that began first stays: they come in no order. */
function noteExtreme(
  list: Sample[],
  value: number,
  connection: number,
  isBeyond: (one: number, other: number) => boolean,
): void {
  const last = list[MOST_NAMED - 1]
  if (last !== undefined && !isBeyond(value, last.value) && value !== last.value) return
  const goesBefore = (one: Sample): boolean =>
    isBeyond(value, one.value) || (value === one.value && connection < one.connection)
  const at = list.findIndex(goesBefore)
  list.splice(at === -1 ? list.length : at, 0, { value, connection })
  if (list.length > MOST_NAMED) list.pop()
}
