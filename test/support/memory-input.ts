import type { ByteInput } from '../../src/capture/byte-window.ts'

/** Bytes in memory as an input, handed out at most `chunkLength` at a time, as a pipe does. */
export class MemoryInput implements ByteInput {
  isClosed = false
  readonly #bytes: Uint8Array
  readonly #chunkLength: number
  #position = 0

  constructor(bytes: Uint8Array, chunkLength: number = bytes.length) {
    this.#bytes = bytes
    this.#chunkLength = chunkLength
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    const end = Math.min(this.#position + Math.min(length, this.#chunkLength), this.#bytes.length)
    const taken = this.#bytes.subarray(this.#position, end)
    buffer.set(taken, offset)
    this.#position = end
    return taken.length
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}
