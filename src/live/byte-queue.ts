const CHUNK_LENGTH = 1024 * 1024

/** Bytes that wait, first in, first out, in chunks that are used again: an idle queue holds one. */
export class ByteQueue {
  length = 0
  readonly #most: number
  readonly #chunks: Uint8Array[] = []
  #spare: Uint8Array | undefined
  /** First byte of the first chunk that waits, and one past the last of the last chunk. */
  #start = 0
  #end = 0

  /** `most`: bytes beyond which it calls itself full; it takes what it is given all the same. */
  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.length >= this.#most
  }

  /** Keeps a copy. */
  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#chunks.length === 0 || this.#end === CHUNK_LENGTH) this.#grow()
      const chunk = this.#chunks[this.#chunks.length - 1] as Uint8Array
      const piece = bytes.subarray(from, from + CHUNK_LENGTH - this.#end)
      chunk.set(piece, this.#end)
      this.#end += piece.length
      from += piece.length
    }
    this.length += bytes.length
  }

  /** Moves at most `length` bytes to `target` at `offset`. Returns how many they are. */
  take(target: Uint8Array, offset: number, length: number): number {
    let taken = 0
    while (taken < length && this.length > 0) {
      const [chunk] = this.#chunks as [Uint8Array]
      const end = this.#chunks.length === 1 ? this.#end : CHUNK_LENGTH
      const piece = chunk.subarray(this.#start, Math.min(end, this.#start + length - taken))
      target.set(piece, offset + taken)
      taken += piece.length
      this.length -= piece.length
      this.#start += piece.length
      if (this.#start === end) this.#dropFirst()
    }
    return taken
  }

  #grow(): void {
    this.#chunks.push(this.#spare ?? new Uint8Array(CHUNK_LENGTH))
    this.#spare = undefined
    this.#end = 0
  }

  #dropFirst(): void {
    this.#spare = this.#chunks.shift()
    this.#start = 0
    if (this.#chunks.length === 0) this.#end = 0
  }
}
