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
  readonly #failed = new Map<number, number>()
  readonly #successes = new Map<number, number>()

  constructor(most: number) {
    this.#most = most
  }

  succeeded(start: number): void {
    const stretch = Math.floor(start / STRETCH)
    this.#successes.set(stretch, (this.#successes.get(stretch) ?? 0) + 1)
    const [oldest] = this.#successes.keys()
    if (this.#successes.size > MOST_STRETCHES && oldest !== undefined) this.#successes.delete(oldest)
  }

  failed(target: number, start: number): void {
    this.#failed.delete(target)
    this.#failed.set(target, start)
    const [oldest] = this.#failed.keys()
    if (this.#failed.size > this.#most && oldest !== undefined) this.#failed.delete(oldest)
  }

  /** At least `least` targets failed within `within` of each other, and no more connections succeeded than half as many. */
  isBurst(least: number, within: number): boolean {
    if (this.#failed.size < least) return false
    const starts = [...this.#failed.values()].sort((a, b) => a - b)
    for (let last = least - 1; last < starts.length; last++) {
      const from = starts[last - least + 1] as number
      const to = starts[last] as number
      if (to - from <= within && 2 * this.#successesIn(from, to) <= least) return true
    }
    return false
  }

  #successesIn(from: number, to: number): number {
    let sum = 0
    for (const [stretch, count] of this.#successes) {
      if (stretch >= Math.floor(from / STRETCH) && stretch <= Math.floor(to / STRETCH)) sum += count
    }
    return sum
  }
}
