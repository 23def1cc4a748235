/** Rows are allocated in chunks of 2^ROW_BITS, so growing never copies and cursors stay where they are. */
const ROW_BITS = 13
const ROW_MASK = (1 << ROW_BITS) - 1
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

/** Fixed-size records of int32 words and doubles over one buffer, numbered from 0; freed rows are used again first. */
export class RowStore {
  readonly #rowWords: number
  readonly #chunks: Chunk[] = []
  readonly #free: number[] = []
  #used = 0

  /** @param rowWords int32 words per row, even. */
  constructor(rowWords: number) {
    this.#rowWords = rowWords
  }

  /** Rows in use. */
  get size(): number {
    return this.#used - this.#free.length
  }

  /** A row number; the row's content is whatever its last user left. */
  allocate(): number {
    const reused = this.#free.pop()
    if (reused !== undefined) return reused
    if (this.#used === this.#chunks.length << ROW_BITS) {
      const buffer = new ArrayBuffer(4 * (FIRST_WORD + this.#rowWords * (ROW_MASK + 1)))
      this.#chunks.push({ words: new Int32Array(buffer), doubles: new Float64Array(buffer) })
    }
    return this.#used++
  }

  free(row: number): void {
    this.#free.push(row)
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
