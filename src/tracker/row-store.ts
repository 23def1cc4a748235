/** Rows are allocated in chunks of 2^ROW_BITS, so growing never copies and cursors stay where they are. */
const ROW_BITS = 13
const ROW_MASK = (1 << ROW_BITS) - 1
/** Rows in each bank’s first chunk: most captures need no more, and 4 MiB for each would be half of a short run. */
const FIRST_ROWS = 256
/** Words in a cache line. */
const CACHE_LINE = 16
/** A large buffer begins 16 bytes behind a page's start (glibc malloc): from this word on, rows begin with cache lines. */
const FIRST_WORD = 12

interface Chunk {
  readonly words: Int32Array
  readonly doubles: Float64Array
}

/** What a cursor needs to be placed on a record. */
interface Cursor {
  words: Int32Array
  doubles: Float64Array
  base: number
}

/** What is live, and what is over and only remembered: apart, so that the rows in use lie close together. */
export const LIVE_BANK = 0
export const PARKED_BANK = 1
export type RowBank = typeof LIVE_BANK | typeof PARKED_BANK

const EMPTY_CHUNK: Chunk = { words: new Int32Array(0), doubles: new Float64Array(0) }

/**
 * Fixed-size records of int32 words and doubles in two banks; freed rows of a bank are used again first. Live rows fill
 * the even chunks and parked rows the odd ones, so a row's number says where it lies.
 */
export class RowStore {
  readonly #rowWords: number
  readonly #chunks: Chunk[] = []
  readonly #free: readonly [number[], number[]] = [[], []]
  readonly #used: [number, number] = [0, 0]

  /** @param rowWords int32 words per row, even. */
  constructor(rowWords: number) {
    this.#rowWords = rowWords
  }

  /** Rows in use. */
  get size(): number {
    return this.#used[0] + this.#used[1] - this.#free[0].length - this.#free[1].length
  }

  /** Rows of a bank that have ever been used: `rowAt` knows them by 0 to below this, in order of memory. */
  used(bank: RowBank): number {
    return this.#used[bank]
  }

  rowAt(bank: RowBank, count: number): number {
    if (count < FIRST_ROWS) return (bank << ROW_BITS) | count
    const later = count - FIRST_ROWS
    return ((2 * (1 + (later >> ROW_BITS)) + bank) << ROW_BITS) | (later & ROW_MASK)
  }

  /** A row number; the row's content is whatever its last user left. */
  allocate(bank: RowBank = LIVE_BANK): number {
    const reused = this.#free[bank].pop()
    if (reused !== undefined) return reused
    const count = this.#used[bank]++
    if (count < FIRST_ROWS) return this.#row(bank, count, FIRST_ROWS)
    const later = count - FIRST_ROWS
    return this.#row(2 * (1 + (later >> ROW_BITS)) + bank, later & ROW_MASK, ROW_MASK + 1)
  }

  /** The number of row `at` of a chunk, which is made with room for `rows` if it is not there yet. */
  #row(chunk: number, at: number, rows: number): number {
    while (this.#chunks.length <= chunk) this.#chunks.push(EMPTY_CHUNK)
    if (this.#chunks[chunk] === EMPTY_CHUNK) {
      const buffer = new ArrayBuffer(4 * (FIRST_WORD + this.#rowWords * rows))
      this.#chunks[chunk] = { words: new Int32Array(buffer), doubles: new Float64Array(buffer) }
    }
    return (chunk << ROW_BITS) | at
  }

  free(row: number): void {
    this.#free[bankOf(row)].push(row)
  }

  /** Copies a row into the other bank and frees it; returns its new number. */
  move(row: number): number {
    const moved = this.allocate(bankOf(row) === LIVE_BANK ? PARKED_BANK : LIVE_BANK)
    const from = this.words(row)
    const to = this.words(moved)
    const fromAt = this.offset(row)
    const toAt = this.offset(moved)
    const length = this.#rowWords
    for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i] as number
    this.free(row)
    return moved
  }

  /** The words of the chunk that holds `row`; its own begin at `offset(row)`. */
  words(row: number): Int32Array {
    return (this.#chunks[row >> ROW_BITS] as Chunk).words
  }

  offset(row: number): number {
    return FIRST_WORD + (row & ROW_MASK) * this.#rowWords
  }

  /** Reads a word of each cache line of the row. */
  touch(row: number): number {
    const words = (this.#chunks[row >> ROW_BITS] as Chunk).words
    const start = FIRST_WORD + (row & ROW_MASK) * this.#rowWords
    const end = start + this.#rowWords
    let touched = 0
    for (let at = start; at < end; at += CACHE_LINE) touched ^= words[at] as number
    return touched
  }

  /** Places `cursor` at word `at` of `row`. */
  place(cursor: Cursor, row: number, at: number): void {
    const chunk = this.#chunks[row >> ROW_BITS] as Chunk
    cursor.words = chunk.words
    cursor.doubles = chunk.doubles
    cursor.base = FIRST_WORD + (row & ROW_MASK) * this.#rowWords + at
  }
}

export function bankOf(row: number): RowBank {
  return ((row >> ROW_BITS) & 1) as RowBank
}
