import type { ByteInput } from './byte-window.ts'

/** Bytes that are in memory already, as an input. They are not copied, and must stay as they are meanwhile. */
export class BytesInput implements ByteInput {
  readonly length: number
  bytesRead = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.length = bytes.length
  }

  readonly readNow = (buffer: Uint8Array, offset: number, length: number): number => {
    const piece = this.#bytes.subarray(this.bytesRead, this.bytesRead + length)
    buffer.set(piece, offset)
    this.bytesRead += piece.length
    return piece.length
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    return this.readNow(buffer, offset, length)
  }

  async close(): Promise<void> {}
}
