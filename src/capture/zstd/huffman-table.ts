import { type FseTable, fseTable, readDistribution } from './fse-table.ts'
import { ReverseBits } from './reverse-bits.ts'
import { ZstdError } from './zstd-error.ts'

/** RFC 8878 section 4.2.1: codes of at most 11 bits; the weights are coded with at most 64 states. */
const MOST_BITS = 11
const MOST_WEIGHTS = 255
const MOST_WEIGHT_ACCURACY = 6
/** From here on the first byte says how many weights follow as half bytes; below, how long their coded form is. */
const DIRECT = 128

/** For each `bits` next bits of a stream: the symbol, and above it (from bit 8) how many bits its code takes. */
export interface HuffmanTable {
  readonly bits: number
  readonly entries: Uint16Array
}

/** Reads the tree at `start` of `bytes`, which end at `end` for it; `next` is where it ends. Throws ZstdError. */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly next: number } {
  if (start >= end) throw new ZstdError('a literals section that ends early')
  const header = bytes[start] as number
  const first = start + 1
  if (header >= DIRECT) {
    const count = header - DIRECT + 1
    const next = first + ((count + 1) >> 1)
    if (next > end) throw new ZstdError('a Huffman table that ends early')
    const weights = Uint8Array.from({ length: count }, (_, index) => {
      const byte = bytes[first + (index >> 1)] as number
      return index % 2 === 0 ? byte >> 4 : byte & 15
    })
    return { table: tableOf(weights), next }
  }
  const next = first + header
  if (next > end) throw new ZstdError('a Huffman table that ends early')
  return { table: tableOf(codedWeights(bytes, first, next)), next }
}

/** Two states take turns with one table, until the bits are used up. */
function codedWeights(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const written = readDistribution(bytes, start, end, MOST_BITS + 1, MOST_WEIGHT_ACCURACY)
  const table = fseTable(written.distribution, written.accuracy)
  const bits = new ReverseBits(end - written.end)
  bits.open(bytes, written.end, end)
  const weights = new Uint8Array(MOST_WEIGHTS)
  let count = 0
  const give = (state: number): void => {
    if (count === MOST_WEIGHTS) throw new ZstdError('a Huffman table of too many weights')
    weights[count++] = table.symbols[state] as number
  }
  let state = bits.take(table.accuracy)
  let other = bits.take(table.accuracy)
  for (;;) {
    give(state)
    if (bits.position < (table.bits[state] as number)) {
      give(other)
      return weights.subarray(0, count)
    }
    const after = nextState(table, state, bits)
    state = other
    other = after
  }
}

function nextState(table: FseTable, state: number, bits: ReverseBits): number {
  return (table.bases[state] as number) + bits.take(table.bits[state] as number)
}

/** The last symbol's weight is not written: it makes the sum a power of two. */
function tableOf(weights: Uint8Array): HuffmanTable {
  let sum = 0
  for (const weight of weights) {
    if (weight > MOST_BITS) throw new ZstdError('a Huffman code that is too long')
    if (weight > 0) sum += 1 << (weight - 1)
  }
  if (sum === 0) throw new ZstdError('a Huffman table without symbols')
  const bits = 32 - Math.clz32(sum)
  const rest = (1 << bits) - sum
  if (bits > MOST_BITS || (rest & (rest - 1)) !== 0)
    throw new ZstdError('a Huffman table that does not add up')
  const all = [...weights, 32 - Math.clz32(rest)]
  const entries = new Uint16Array(1 << bits)
  let entry = 0
  for (let weight = 1; weight <= bits; weight++) {
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue
      const end = entry + (1 << (weight - 1))
      entries.fill(symbol | ((bits + 1 - weight) << 8), entry, end)
      entry = end
    }
  }
  return { bits, entries }
}
