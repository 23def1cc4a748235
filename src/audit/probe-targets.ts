/** Connections that succeed are counted in stretches of this length, and so many stretches are remembered. */
const STRETCH = 60e9
const MOST_STRETCHES = 8

/**
 * The latest failed probe of each of a few targets, and how many connections succeeded meanwhile: enough to tell whether
 * many targets were probed within a short time. Targets beyond the bound push out those probed first.
 */
export class ProbeTargets {
  readonly #most: number
  /** When each was last probed, in order. */
  #failed: Map<number, number> | undefined
  /** The earliest stretch with successes, and those behind it: most pairs have but one. */
  #stretch = 0
  #successes = 0
  #later: Map<number, number> | undefined

  constructor(most: number) {
    this.#most = most
  }

  succeeded(start: number): void {
    const stretch = Math.floor(start / STRETCH)
    if (this.#successes === 0 || stretch === this.#stretch) {
      this.#stretch = stretch
      this.#successes++
      return
    }
    this.#later ??= new Map()
    this.#later.set(stretch, (this.#later.get(stretch) ?? 0) + 1)
    if (this.#later.size < MOST_STRETCHES) return
    const [oldest] = this.#later as Iterable<[number, number]>
    if (oldest === undefined) return
    this.#later.delete(oldest[0])
    this.#stretch = oldest[0]
    this.#successes = oldest[1]
  }

  failed(target: number, start: number): void {
    this.#failed ??= new Map()
    this.#failed.delete(target)
    this.#failed.set(target, start)
    if (this.#failed.size <= this.#most) return
    const [oldest] = this.#failed.keys()
    if (oldest !== undefined) this.#failed.delete(oldest)
  }

  /** At least `least` targets failed within `within` of each other, and no more connections succeeded than half as many. */
  isBurst(least: number, within: number): boolean {
    if (this.#failed === undefined || this.#failed.size < least) return false
    const starts = [...this.#failed.values()].sort((a, b) => a - b)
    for (let last = least - 1; last < starts.length; last++) {
      const from = starts[last - least + 1] as number
      const to = starts[last] as number
      if (to - from <= within && 2 * this.#successesIn(from, to) <= least) return true
    }
    return false
  }

  #successesIn(from: number, to: number): number {
    const first = Math.floor(from / STRETCH)
    const last = Math.floor(to / STRETCH)
    let sum = this.#stretch >= first && this.#stretch <= last ? this.#successes : 0
    for (const [stretch, count] of this.#later ?? []) {
      if (stretch >= first && stretch <= last) sum += count
    }
    return sum
  }
}
