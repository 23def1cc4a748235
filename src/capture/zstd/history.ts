import { ZstdError } from './zstd-error.ts'

/** Room behind the window: as large as the window, within these bounds, so that it is seldom moved. */
const LEAST_ROOM = 1024 * 1024
const MOST_ROOM = 16 * 1024 * 1024

/** What a frame unpacked to: the last `windowLength` bytes of it at least, from which matches are copied. */
export class History {
  bytes = new Uint8Array(0)
  /** One past the newest byte. */
  end = 0
  #windowLength = 0
  /** Where the frame begins, as far as it is still there. */
  #start = 0

  /** A new frame begins. What was unpacked before has been handed out. */
  reset(windowLength: number): void {
    this.#windowLength = windowLength
    this.#start = 0
    this.end = 0
  }

  /** Makes room for `length` bytes more. Memory follows what there is, not what the frame's header claims. */
  reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return
    const kept = Math.min(this.end - this.#start, this.#windowLength)
    const room = Math.min(Math.max(this.#windowLength, LEAST_ROOM), MOST_ROOM) + length
    const from = this.end - kept
    if (kept + room > this.bytes.length) {
      const larger = new Uint8Array(Math.min(this.#windowLength, 2 * kept) + room)
      larger.set(this.bytes.subarray(from, this.end))
      this.bytes = larger
    } else this.bytes.copyWithin(0, from, this.end)
    this.#start = 0
    this.end = kept
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    if (end - start < 32) {
      const out = this.bytes
      let to = this.end
      for (let at = start; at < end; at++) out[to++] = bytes[at] as number
    } else this.bytes.set(bytes.subarray(start, end), this.end)
    this.end += end - start
  }

  repeat(byte: number, length: number): void {
    this.bytes.fill(byte, this.end, this.end + length)
    this.end += length
  }

  /** Copies `length` bytes from `offset` bytes back; they may overlap what they make. Throws ZstdError. */
  copyBack(offset: number, length: number): void {
    const { bytes, end } = this
    if (offset > end - this.#start || offset > this.#windowLength) {
      throw new ZstdError('a match from before the beginning')
    }
    if (offset >= length && length >= 32) bytes.copyWithin(end, end - offset, end - offset + length)
    else for (let to = end; to < end + length; to++) bytes[to] = bytes[to - offset] as number
    this.end = end + length
  }
}
