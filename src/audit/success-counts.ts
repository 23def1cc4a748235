import type { HostEnd } from '../tracker/host-totals.ts'
import { hashOfEnd } from './distinct-count.ts'

/** Successes are counted in stretches of this length, ns, and so many stretches are remembered. */
const STRETCH = 60e9
const MOST_STRETCHES = 8
/** Counters of a stretch; more than this of one are no matter. */
const COUNTERS = 1 << 16
const MOST = 255

interface Stretch {
  readonly number: number
  readonly counts: Uint8Array
}

/**
 * About how many connections succeeded from one host to another, or to one port of all, in a stretch of time. Counters are
 * shared by whatever has the same hash, so a count may be too large, never too small (up to 255): in 64 KiB a minute,
 * however many hosts there are.
 */
export class SuccessCounts {
  /** The newest last. */
  readonly #stretches: Stretch[] = []

  add(key: number, time: number): void {
    const counts = this.#countsOf(Math.floor(time / STRETCH))
    const at = key & (COUNTERS - 1)
    const count = counts[at] as number
    if (count < MOST) counts[at] = count + 1
  }

  /** In all stretches that `from` to `to` touch. */
  within(key: number, from: number, to: number): number {
    const first = Math.floor(from / STRETCH)
    const last = Math.floor(to / STRETCH)
    let sum = 0
    for (const { number, counts } of this.#stretches) {
      if (number >= first && number <= last) sum += counts[key & (COUNTERS - 1)] as number
    }
    return sum
  }

  #countsOf(number: number): Uint8Array {
    for (let at = this.#stretches.length - 1; at >= 0; at--) {
      const known = this.#stretches[at] as Stretch
      if (known.number === number) return known.counts
    }
    const stretch = { number, counts: new Uint8Array(COUNTERS) }
    this.#stretches.push(stretch)
    if (this.#stretches.length > MOST_STRETCHES) this.#stretches.shift()
    return stretch.counts
  }
}

/** A number for a source and a target: a host (port 0), or a port of every host. */
export function hashOfProbe(source: HostEnd, target: HostEnd | undefined, port: number): number {
  const from = hashOfEnd(source, 0)
  return from ^ Math.imul(target === undefined ? port ^ 0x5bd1e995 : hashOfEnd(target, port), 0x2c1b3c6d)
}
