const FIRST_SPANS = 64
/** Stays kept before the old ones are folded, 20 bytes each. */
export const MOST_SPANS = 1 << 20
/** A stay is told of at the latest so long after its beginning, ns: it lasts a minute or what a profile says, and lingers two. */
const LATEST = 600e9

/** Stays in TIME_WAIT, each with the number of the one of its host before it: from 1, 0 for none. */
export class TimeWaitSpans {
  #most: number
  #times = new Float64Array(2 * FIRST_SPANS)
  #before = new Int32Array(FIRST_SPANS)
  #size = 0
  /** The latest moment any of them tells of. */
  #now = 0

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#size >= this.#most
  }

  /** Without an end, `end` is infinite. */
  add(start: number, end: number, before: number): number {
    if (this.#size === this.#before.length) this.#resize(2 * this.#size)
    const at = this.#size++
    this.#times[2 * at] = start
    this.#times[2 * at + 1] = end
    this.#before[at] = before
    this.#now = Math.max(this.#now, end === Number.POSITIVE_INFINITY ? start : end)
    return this.#size
  }

  /** How many of a host there were at one time. */
  peak(newest: number): number {
    const starts: number[] = []
    const ends: number[] = []
    for (let span = newest; span !== 0; span = this.#before[span - 1] as number) {
      starts.push(this.#times[2 * span - 2] as number)
      const end = this.#times[2 * span - 1] as number
      if (end !== Number.POSITIVE_INFINITY) ends.push(end)
    }
    return peakOverlap(starts, ends)
  }

  /**
   * Forgets the stays that were over long ago, and those of no host in `newest`. Gives for each host the most it had at a time
   * until now, and its newest of those that are left. If hardly any could go, there is room for more from now on.
   */
  fold(newest: readonly number[]): { readonly peaks: readonly number[]; readonly heads: readonly number[] } {
    const limit = this.#now - LATEST
    const peaks = newest.map((head) => this.peak(head))
    const kept: [start: number, end: number, before: number][] = []
    const heads = newest.map((head) => {
      const own: [number, number][] = []
      for (let span = head; span !== 0; span = this.#before[span - 1] as number) {
        const end = this.#times[2 * span - 1] as number
        if (end >= limit) own.push([this.#times[2 * span - 2] as number, end])
      }
      let before = 0
      for (const [start, end] of own.reverse()) before = kept.push([start, end, before])
      return before
    })
    this.#size = 0
    this.#resize(Math.max(FIRST_SPANS, kept.length))
    for (const [start, end, before] of kept) this.add(start, end, before)
    if (2 * kept.length > this.#most) this.#most *= 2
    return { peaks, heads }
  }

  #resize(room: number): void {
    const times = new Float64Array(2 * room)
    times.set(this.#times.subarray(0, 2 * this.#size))
    this.#times = times
    const before = new Int32Array(room)
    before.set(this.#before.subarray(0, this.#size))
    this.#before = before
  }
}

/** Most half-open intervals [start, end) that hold one moment; an interval without an end lasts. */
function peakOverlap(startList: readonly number[], endList: readonly number[]): number {
  if (endList.length === 0) return startList.length
  const starts = Float64Array.from(startList).sort()
  const ends = Float64Array.from(endList).sort()
  let ended = 0
  let peak = 0
  for (const [begun, start] of starts.entries()) {
    while (ended < ends.length && (ends[ended] ?? 0) <= start) ended++
    peak = Math.max(peak, begun + 1 - ended)
  }
  return peak
}
