import { constantTable, type FseTable, fseTable, readDistribution } from './fse-table.ts'
import { ReverseBits } from './reverse-bits.ts'
import { ZstdError } from './zstd-error.ts'

/** What a code stands for (RFC 8878 section 3.1.1.3.2.1.1): a base, to which as many bits are added. */
interface CodeTable {
  readonly bases: Uint32Array
  readonly bits: Uint8Array
}

/** Codes that stand for one value each, from `first` on, then those whose numbers of bits these are, without a gap. */
function codeTable(first: number, single: number, widths: readonly number[]): CodeTable {
  const bits = Uint8Array.from([...new Array<number>(single).fill(0), ...widths])
  const bases = new Uint32Array(bits.length)
  let base = first
  for (let code = 0; code < bits.length; code++) {
    bases[code] = base
    base += 2 ** (bits[code] as number)
  }
  return { bases, bits }
}

const LITERAL_LENGTHS = codeTable(0, 16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
const MATCH_LENGTHS = codeTable(3, 32, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
/** Offsets of 2^31 and more cannot be: no window is as large. */
const MOST_OFFSET_CODE = 31

/** What the three kinds of symbols may be like, in the order in which their tables are written; section 3.1.1.3.2.2. */
interface SymbolKind {
  readonly symbols: number
  readonly mostAccuracy: number
  readonly predefined: FseTable
}

const LITERAL_LENGTH_KIND: SymbolKind = {
  symbols: LITERAL_LENGTHS.bits.length,
  mostAccuracy: 9,
  predefined: fseTable(
    [
      4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
      -1, -1,
    ],
    6,
  ),
}
const OFFSET_KIND: SymbolKind = {
  symbols: MOST_OFFSET_CODE + 1,
  mostAccuracy: 8,
  predefined: fseTable(
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    5,
  ),
}
const MATCH_LENGTH_KIND: SymbolKind = {
  symbols: MATCH_LENGTHS.bits.length,
  mostAccuracy: 9,
  predefined: fseTable(
    [
      1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ],
    6,
  ),
}

const PREDEFINED = 0
const ONE_SYMBOL = 1
const WRITTEN = 2

/** Gets each sequence: literals to copy, then a match to copy from `offset` bytes back. */
export type TakeSequence = (literalLength: number, offset: number, matchLength: number) => void

/** Decodes the sequences of one block after the other; a block may use the tables and offsets of those before. */
export class Sequences {
  readonly #bits: ReverseBits
  #literalLengths: FseTable | undefined
  #offsets: FseTable | undefined
  #matchLengths: FseTable | undefined
  #recent1 = 1
  #recent2 = 4
  #recent3 = 8

  constructor(mostLength: number) {
    this.#bits = new ReverseBits(mostLength)
  }

  /** A new frame begins. */
  reset(): void {
    this.#literalLengths = undefined
    this.#offsets = undefined
    this.#matchLengths = undefined
    this.#recent1 = 1
    this.#recent2 = 4
    this.#recent3 = 8
  }

  /** Decodes the section from `start` to the end of the block and hands out its sequences. Throws ZstdError. */
  decode(block: Uint8Array, start: number, end: number, take: TakeSequence): void {
    if (start >= end) throw new ZstdError('a block without sequences')
    const first = block[start] as number
    let at = start + (first < 128 ? 1 : first < 255 ? 2 : 3)
    if (at + (first === 0 ? 0 : 1) > end) throw new ZstdError('a sequences section that ends early')
    const count = countOf(block, start, first)
    if (count === 0) {
      if (at !== end) throw new ZstdError('bytes behind the last sequence')
      return
    }
    const modes = block[at++] as number
    if ((modes & 3) !== 0) throw new ZstdError('reserved bits that are set')
    const literalLengths = readTable(block, at, end, modes >> 6, LITERAL_LENGTH_KIND, this.#literalLengths)
    const offsets = readTable(block, literalLengths.end, end, (modes >> 4) & 3, OFFSET_KIND, this.#offsets)
    const matchLengths = readTable(
      block,
      offsets.end,
      end,
      (modes >> 2) & 3,
      MATCH_LENGTH_KIND,
      this.#matchLengths,
    )
    this.#literalLengths = literalLengths.table
    this.#offsets = offsets.table
    this.#matchLengths = matchLengths.table
    this.#bits.open(block, matchLengths.end, end)
    this.#decodeAll(count, literalLengths.table, offsets.table, matchLengths.table, take)
  }

  #decodeAll(
    count: number,
    literalLengths: FseTable,
    offsets: FseTable,
    matchLengths: FseTable,
    take: TakeSequence,
  ): void {
    const bits = this.#bits
    let literalState = bits.take(literalLengths.accuracy)
    let offsetState = bits.take(offsets.accuracy)
    let matchState = bits.take(matchLengths.accuracy)
    for (let left = count; left > 0; left--) {
      const offsetCode = offsets.symbols[offsetState] as number
      const matchCode = matchLengths.symbols[matchState] as number
      const literalCode = literalLengths.symbols[literalState] as number
      const offsetValue = 2 ** offsetCode + bits.takeLong(offsetCode)
      const matchLength =
        (MATCH_LENGTHS.bases[matchCode] as number) + bits.take(MATCH_LENGTHS.bits[matchCode] as number)
      const literalLength =
        (LITERAL_LENGTHS.bases[literalCode] as number) +
        bits.take(LITERAL_LENGTHS.bits[literalCode] as number)
      take(literalLength, this.#offset(offsetValue, literalLength), matchLength)
      if (left === 1) break
      literalState =
        (literalLengths.bases[literalState] as number) +
        bits.take(literalLengths.bits[literalState] as number)
      matchState =
        (matchLengths.bases[matchState] as number) + bits.take(matchLengths.bits[matchState] as number)
      offsetState = (offsets.bases[offsetState] as number) + bits.take(offsets.bits[offsetState] as number)
    }
    if (bits.position !== 0) throw new ZstdError('a stream of sequences that does not end')
  }

  /** Values up to 3 stand for offsets used before (section 3.1.1.5). */
  #offset(value: number, literalLength: number): number {
    const back = value > 3 ? 0 : value + (literalLength === 0 ? 1 : 0)
    if (back === 1) return this.#recent1
    let offset = value - 3
    if (back === 2) offset = this.#recent2
    else if (back === 3) offset = this.#recent3
    else if (back === 4) offset = this.#recent1 - 1
    if (offset === 0) throw new ZstdError('an offset of 0')
    if (back !== 2) this.#recent3 = this.#recent2
    this.#recent2 = this.#recent1
    this.#recent1 = offset
    return offset
  }
}

function countOf(block: Uint8Array, start: number, first: number): number {
  if (first < 128) return first
  const second = block[start + 1] as number
  if (first < 255) return ((first - 128) << 8) + second
  return second + ((block[start + 2] as number) << 8) + 0x7f00
}

function readTable(
  block: Uint8Array,
  start: number,
  end: number,
  mode: number,
  { symbols, mostAccuracy, predefined }: SymbolKind,
  before: FseTable | undefined,
): { readonly table: FseTable; readonly end: number } {
  if (mode === PREDEFINED) return { table: predefined, end: start }
  if (mode === ONE_SYMBOL) {
    const symbol = start < end ? (block[start] as number) : symbols
    if (symbol >= symbols) throw new ZstdError('a code that does not exist')
    return { table: constantTable(symbol), end: start + 1 }
  }
  if (mode === WRITTEN) {
    const written = readDistribution(block, start, end, symbols, mostAccuracy)
    return { table: fseTable(written.distribution, written.accuracy), end: written.end }
  }
  if (before === undefined) throw new ZstdError('a table to be repeated that was not there')
  return { table: before, end: start }
}
