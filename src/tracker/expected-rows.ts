import type { Segment } from '../decode/segment.ts'
import type { FlowTable } from './flow-table.ts'
import type { RowStore } from './row-store.ts'

/** Most segments that `touch` may be told of. */
export const MOST_EXPECTED = 64

/**
 * Asks memory for rows ahead of their use. Rows of many connections are not in the cache: fetched one by one each costs its
 * packet several waits, fetched together they come at once.
 */
export class ExpectedRows {
  readonly #flows: FlowTable
  readonly #rows: RowStore
  readonly #guesses = new Int32Array(MOST_EXPECTED)
  /** Written so that the reads are not left out by the compiler; means nothing. */
  #touched = 0

  constructor(flows: FlowTable, rows: RowStore) {
    this.#flows = flows
    this.#rows = rows
  }

  /** @internal */
  get touched(): number {
    return this.#touched
  }

  /** Reads from the rows that the first `count` of `segments` will most likely have. */
  touch(segments: readonly Segment[], count: number): void {
    const guesses = this.#guesses
    for (let i = 0; i < count; i++) guesses[i] = this.#flows.guess(segments[i] as Segment)
    let touched = 0
    for (let i = 0; i < count; i++) {
      const row = guesses[i] as number
      if (row >= 0) touched ^= this.#rows.touch(row)
    }
    this.#touched = touched
  }
}
