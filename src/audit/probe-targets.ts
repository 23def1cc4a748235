/**
 * The latest failed probe of each of a few targets: enough to tell whether many were probed within a short time. Targets
 * beyond the bound push out those probed first.
 */
export class ProbeTargets {
  readonly #most: number
  /** When each was last probed, in order. */
  readonly #failed = new Map<number, number>()

  constructor(most: number) {
    this.#most = most
  }

  clear(): void {
    this.#failed.clear()
  }

  failed(target: number, start: number): void {
    this.#failed.delete(target)
    this.#failed.set(target, start)
    if (this.#failed.size <= this.#most) return
    const [oldest] = this.#failed.keys()
    if (oldest !== undefined) this.#failed.delete(oldest)
  }

  /**
   * At least `least` targets failed within `within` of each other, and by `successes` no more connections succeeded in that
   * time than half as many.
   */
  isBurst(least: number, within: number, successes: (from: number, to: number) => number): boolean {
    if (this.#failed.size < least) return false
    const starts = [...this.#failed.values()].sort((a, b) => a - b)
    for (let last = least - 1; last < starts.length; last++) {
      const from = starts[last - least + 1] as number
      const to = starts[last] as number
      if (to - from <= within && 2 * successes(from, to) <= least) return true
    }
    return false
  }
}
