import type { HostEnd } from '../tracker/host-totals.ts'

/** Counted one by one up to here; beyond by bits. */
const MOST_EXACT = 256
const BITS = 1 << 16

/**
 * How many different values there were, in at most 8 KiB: exact up to 256, then linear counting (Whang et al. 1990), within
 * 1 % up to 100,000 and bounded at some 700,000.
 */
export class DistinctCount {
  #exact: Set<number> | undefined = new Set()
  #bits: Uint32Array | undefined
  #unset = BITS

  add(hash: number): void {
    if (this.#exact !== undefined) {
      this.#exact.add(hash)
      if (this.#exact.size <= MOST_EXACT) return
      this.#bits = new Uint32Array(BITS / 32)
      for (const each of this.#exact) this.#set(each)
      this.#exact = undefined
    } else this.#set(hash)
  }

  get size(): number {
    if (this.#exact !== undefined) return this.#exact.size
    return Math.round(-BITS * Math.log(Math.max(1, this.#unset) / BITS))
  }

  #set(hash: number): void {
    const bit = (hash ^ (hash >>> 16)) & (BITS - 1)
    const bits = this.#bits as Uint32Array
    const word = bits[bit >>> 5] as number
    const mask = 1 << (bit & 31)
    if ((word & mask) !== 0) return
    bits[bit >>> 5] = word | mask
    this.#unset--
  }
}

/** A number for an address and a port that hardly any other has. */
export function hashOfEnd({ address }: HostEnd, port: number): number {
  let hash = port
  for (const word of address) {
    hash = Math.imul((hash ^ word) + 0x165667b1, 0x2c1b3c6d)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0x297a2d39)
    hash ^= hash >>> 15
  }
  return hash
}
