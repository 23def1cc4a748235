import { ZstdError } from './zstd-error.ts'

/** Zero bytes on both sides of what is read, so that a read of 32 bits at either end stays inside. */
const PADDING = 8

/**
 * A bit stream that is read from its end to its beginning (RFC 8878 section 4.1): its last bit set marks the end and is
 * not part of it. `position` counts the bits that are left; below 0 more were taken than there are.
 */
export class ReverseBits {
  position = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  /** Holds streams of at most `length` bytes. */
  constructor(length: number) {
    this.#bytes = new Uint8Array(PADDING + length + PADDING)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Begins to read `bytes[start..end)`, of which it makes a copy. Throws ZstdError if the mark is missing. */
  open(bytes: Uint8Array, start: number, end: number): void {
    const last = end > start ? (bytes[end - 1] as number) : 0
    if (last === 0) throw new ZstdError('a bit stream without an end mark')
    const length = end - start
    this.#bytes.set(bytes.subarray(start, end), PADDING)
    this.#bytes.fill(0, PADDING + length, PADDING + length + PADDING)
    this.position = length * 8 - 1 - Math.clz32(last << 24)
  }

  /** The next `count` bits, 0 to 25, without taking them; beyond the beginning they are of no meaning. */
  peek(count: number): number {
    const at = this.position - count
    const word = this.#view.getInt32(PADDING + (at >> 3), true) >>> (at & 7)
    return word & ((1 << count) - 1)
  }

  /** Takes `count` bits, 0 to 25. Throws ZstdError if there are not as many. */
  take(count: number): number {
    if (count > this.position) throw new ZstdError('a bit stream that ends early')
    const value = this.peek(count)
    this.position -= count
    return value
  }

  /** Takes up to 31 bits. */
  takeLong(count: number): number {
    if (count <= 16) return this.take(count)
    const high = this.take(count - 16)
    return high * 0x10000 + this.take(16)
  }
}
