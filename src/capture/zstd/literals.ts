import { type HuffmanTable, readHuffmanTable } from './huffman-table.ts'
import { ReverseBits } from './reverse-bits.ts'
import { ZstdError } from './zstd-error.ts'

/** RFC 8878 section 3.1.1.3.1.1: how the literals of a block are coded. */
const RAW = 0
const RUN = 1
const TREELESS = 3

/** What four streams are divided by: three lengths of two bytes. */
const JUMP_TABLE_LENGTH = 6

/** Decodes the literals of one block after the other; a block may use the table of the one before. */
export class Literals {
  readonly bytes: Uint8Array
  length = 0
  #table: HuffmanTable | undefined
  readonly #bits: ReverseBits

  constructor(mostLength: number) {
    this.bytes = new Uint8Array(mostLength)
    this.#bits = new ReverseBits(mostLength)
  }

  /** A new frame begins. */
  reset(): void {
    this.#table = undefined
  }

  /** Decodes the section at `start` of `block`, which ends at `end`; gives where it ends. Throws ZstdError. */
  decode(block: Uint8Array, start: number, end: number): number {
    const header = block[start] as number
    const kind = header & 3
    const sizeFormat = (header >> 2) & 3
    return kind === RAW || kind === RUN
      ? this.#decodePlain(block, start, end, kind, sizeFormat)
      : this.#decodeHuffman(block, start, end, kind, sizeFormat)
  }

  #decodePlain(block: Uint8Array, start: number, end: number, kind: number, sizeFormat: number): number {
    const headerLength = sizeFormat === 1 ? 2 : sizeFormat === 3 ? 3 : 1
    requireBytes(start, headerLength, end)
    this.#setLength(littleEndian(block, start, headerLength) >> (headerLength === 1 ? 3 : 4))
    const data = start + headerLength
    const next = data + (kind === RAW ? this.length : 1)
    if (next > end) throw new ZstdError('literals that end early')
    if (kind === RAW) this.bytes.set(block.subarray(data, next))
    else this.bytes.fill(block[data] as number, 0, this.length)
    return next
  }

  #decodeHuffman(block: Uint8Array, start: number, end: number, kind: number, sizeFormat: number): number {
    const sizeBits = sizeFormat < 2 ? 10 : sizeFormat === 2 ? 14 : 18
    const headerLength = (4 + 2 * sizeBits) >> 3
    requireBytes(start, headerLength, end)
    // 40 bits at most: beyond what shifts can do.
    const sizes = Math.floor(littleEndian(block, start, headerLength) / 16)
    this.#setLength(sizes % 2 ** sizeBits)
    let data = start + headerLength
    const next = data + Math.floor(sizes / 2 ** sizeBits)
    if (next > end) throw new ZstdError('literals that end early')
    if (kind !== TREELESS) {
      const read = readHuffmanTable(block, data, next)
      this.#table = read.table
      data = read.next
    }
    if (this.#table === undefined) throw new ZstdError('literals without a Huffman table')
    if (sizeFormat === 0) this.#decodeStream(block, data, next, this.#table, 0, this.length)
    else this.#decodeFourStreams(block, data, next, this.#table)
    return next
  }

  #decodeFourStreams(block: Uint8Array, start: number, end: number, table: HuffmanTable): void {
    requireBytes(start, JUMP_TABLE_LENGTH, end)
    const quarter = (this.length + 3) >> 2
    let data = start + JUMP_TABLE_LENGTH
    for (let stream = 0; stream < 3; stream++) {
      const next = data + littleEndian(block, start + 2 * stream, 2)
      if (next > end) throw new ZstdError('a stream of literals that ends early')
      this.#decodeStream(block, data, next, table, stream * quarter, (stream + 1) * quarter)
      data = next
    }
    this.#decodeStream(block, data, end, table, 3 * quarter, this.length)
  }

  #decodeStream(
    block: Uint8Array,
    start: number,
    end: number,
    { bits: width, entries }: HuffmanTable,
    from: number,
    to: number,
  ): void {
    if (to < from || to > this.length) throw new ZstdError('too few literals for four streams')
    const bits = this.#bits
    const out = this.bytes
    bits.open(block, start, end)
    for (let at = from; at < to; at++) {
      const entry = entries[bits.peek(width)] as number
      out[at] = entry
      bits.position -= entry >> 8
      if (bits.position < 0) throw new ZstdError('a stream of literals that ends early')
    }
    if (bits.position !== 0) throw new ZstdError('a stream of literals that does not end')
  }

  #setLength(length: number): void {
    if (length > this.bytes.length) throw new ZstdError('more literals than a block may hold')
    this.length = length
  }
}

function requireBytes(start: number, length: number, end: number): void {
  if (start + length > end) throw new ZstdError('a literals section that ends early')
}

function littleEndian(bytes: Uint8Array, start: number, length: number): number {
  let value = 0
  for (let index = length - 1; index >= 0; index--) value = value * 256 + (bytes[start + index] as number)
  return value
}
