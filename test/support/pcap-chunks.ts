import type { ByteInput } from '../../src/capture/byte-window.ts'

/** A little-endian pcap file: its header, and its records in pieces of so many. */
export function pcapChunks(bytes: Uint8Array, records: number): { header: Uint8Array; chunks: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Uint8Array[] = []
  let start = 24
  let count = 0
  for (let at = 24; at < bytes.length; ) {
    at += 16 + view.getUint32(at + 8, true)
    if (++count % records === 0 || at >= bytes.length) {
      chunks.push(bytes.subarray(start, at))
      start = at
    }
  }
  return { header: bytes.subarray(0, 24), chunks }
}

/** Hands out a pcap file as an interface does: its header, then whole records, each piece told of before it is read. */
export class ChunkInput implements ByteInput {
  readonly readsAhead = false
  readonly #pieces: Uint8Array[]
  readonly #tell: (piece: Uint8Array) => void
  #isHeader = true

  constructor(header: Uint8Array, chunks: readonly Uint8Array[], tell: (records: Uint8Array) => void) {
    this.#pieces = [header, ...chunks]
    this.#tell = tell
  }

  async read(buffer: Uint8Array, offset: number): Promise<number> {
    const piece = this.#pieces.shift() ?? new Uint8Array(0)
    buffer.set(piece, offset)
    if (!this.#isHeader) this.#tell(piece)
    this.#isHeader = false
    return piece.length
  }

  async close(): Promise<void> {}
}
