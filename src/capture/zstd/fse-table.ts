import { ZstdError } from './zstd-error.ts'

/**
 * A decoding table of finite state entropy (RFC 8878 section 4.1.1): for each state its symbol, how many bits to read,
 * and what to add to them for the next state.
 */
export interface FseTable {
  /** log2 of the number of states: bits of the first state. */
  readonly accuracy: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

/** A table that always gives one symbol and reads nothing. */
export function constantTable(symbol: number): FseTable {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) }
}

/** -1 in a distribution: less than 1, a state of its own that needs all bits of the next. */
const LESS_THAN_ONE = -1

export function fseTable(distribution: ArrayLike<number>, accuracy: number): FseTable {
  const size = 1 << accuracy
  const symbols = new Uint8Array(size)
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  const next = new Uint16Array(distribution.length)
  let high = size
  for (let symbol = 0; symbol < distribution.length; symbol++) {
    const share = distribution[symbol] as number
    next[symbol] = Math.abs(share)
    if (share === LESS_THAN_ONE) symbols[--high] = symbol
  }
  const step = (size >> 1) + (size >> 3) + 3
  let position = 0
  for (let symbol = 0; symbol < distribution.length; symbol++) {
    for (let left = distribution[symbol] as number; left > 0; left--) {
      symbols[position] = symbol
      do position = (position + step) & (size - 1)
      while (position >= high)
    }
  }
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number
    const count = next[symbol] as number
    next[symbol] = count + 1
    const width = accuracy - (31 - Math.clz32(count))
    bits[state] = width
    bases[state] = (count << width) - size
  }
  return { accuracy, symbols, bits, bases }
}

/** A distribution as it stands in the data, and where it ends. */
interface WrittenDistribution {
  readonly accuracy: number
  readonly distribution: Int16Array
  readonly end: number
}

const LEAST_ACCURACY = 5

/**
 * Reads the distribution at `start` of `bytes`, which end at `end` for it; at most `mostSymbols` and `mostAccuracy`.
 * Throws ZstdError.
 */
export function readDistribution(
  bytes: Uint8Array,
  start: number,
  end: number,
  mostSymbols: number,
  mostAccuracy: number,
): WrittenDistribution {
  let bit = 0
  const peek = (count: number): number => {
    let value = 0
    // Of bits behind the end nothing may depend: that is asked at the end.
    for (let at = start + (bit >> 3), shift = -(bit & 7); shift < count; at++, shift += 8) {
      const byte = at < end ? (bytes[at] as number) : 0
      value |= shift < 0 ? byte >> -shift : byte << shift
    }
    return value & ((1 << count) - 1)
  }
  const take = (count: number): number => {
    const value = peek(count)
    bit += count
    return value
  }
  const accuracy = LEAST_ACCURACY + take(4)
  if (accuracy > mostAccuracy) throw new ZstdError('a table of more states than are allowed')
  const distribution = new Int16Array(mostSymbols)
  let symbol = 0
  let remaining = (1 << accuracy) + 1
  while (remaining > 1) {
    if (symbol >= mostSymbols || start + (bit >> 3) > end)
      throw new ZstdError('a distribution of too many symbols')
    const width = 32 - Math.clz32(remaining)
    // Values are not equally wide: the low ones, of which there are `spare`, need one bit less.
    const threshold = 1 << (width - 1)
    const spare = 2 * threshold - 1 - remaining
    let value = peek(width - 1)
    if (value < spare) bit += width - 1
    else {
      value = take(width)
      if (value >= threshold) value -= spare
    }
    const share = value - 1
    remaining -= Math.abs(share)
    distribution[symbol++] = share
    if (share !== 0) continue
    let repeat = 3
    while (repeat === 3 && symbol < mostSymbols) {
      repeat = take(2)
      symbol += repeat
    }
  }
  const length = (bit + 7) >> 3
  if (remaining !== 1 || symbol > mostSymbols || start + length > end) {
    throw new ZstdError('a distribution that does not add up')
  }
  return { accuracy, distribution: distribution.subarray(0, symbol), end: start + length }
}
