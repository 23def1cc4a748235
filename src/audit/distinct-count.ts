import type { HostEnd } from '../tracker/host-totals.ts'

/** Counted one by one up to here; beyond by bits. */
const MOST_EXACT = 256
const BITS = 1 << 16

/**
 * How many different values there were, in at most 8 KiB: exact up to 256, then linear counting (Whang et al. 1990), within
 * 1 % up to 100,000 and bounded at some 700,000. One value, as most counts stay at, takes no table.
 */
export class DistinctCount {
  #isEmpty = true
  #only = 0
  #exact: Set<number> | undefined
  #bits: Uint32Array | undefined
  #unset = BITS

  add(hash: number): void {
    if (this.#bits !== undefined) this.#set(this.#bits, hash)
    else if (this.#exact !== undefined) this.#addExactly(this.#exact, hash)
    else if (this.#isEmpty) {
      this.#only = hash
      this.#isEmpty = false
    } else if (hash !== this.#only) this.#exact = new Set([this.#only, hash])
  }

  clear(): void {
    this.#isEmpty = true
    this.#exact = undefined
    this.#bits = undefined
    this.#unset = BITS
  }

  get size(): number {
    if (this.#bits !== undefined) return Math.round(-BITS * Math.log(Math.max(1, this.#unset) / BITS))
    return this.#exact?.size ?? (this.#isEmpty ? 0 : 1)
  }

  #addExactly(exact: Set<number>, hash: number): void {
    exact.add(hash)
    if (exact.size <= MOST_EXACT) return
    this.#bits = new Uint32Array(BITS / 32)
    for (const each of exact) this.#set(this.#bits, each)
    this.#exact = undefined
  }

  #set(bits: Uint32Array, hash: number): void {
    const bit = (hash ^ (hash >>> 16)) & (BITS - 1)
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
  for (let i = 0; i < address.length; i++) {
    hash = Math.imul((hash ^ (address[i] as number)) + 0x165667b1, 0x2c1b3c6d)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0x297a2d39)
    hash ^= hash >>> 15
  }
  return hash
}
