import { KEY_WORDS } from './row-fields.ts'
import type { RowStore } from './row-store.ts'

/** A four-tuple in canonical order: the lower (address, port) first. Reused; set by `setKey`. */
export class FlowKey {
  /** Address of the lower end (words 0-3), of the higher (4-7), both ports, IP version. */
  readonly words = new Int32Array(KEY_WORDS)
  hash = 0
  /** Which end the source of the tuple is: 0 the lower, 1 the higher. */
  sourceSide = 0
  /** Source and destination are the same end: a socket connected to itself. */
  isSelf = false
}

interface Tuple {
  readonly ipVersion: number
  readonly source0: number
  readonly source1: number
  readonly source2: number
  readonly source3: number
  readonly destination0: number
  readonly destination1: number
  readonly destination2: number
  readonly destination3: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** Fills `key` from the tuple of a segment; both directions give the same key. */
export function setKey(key: FlowKey, tuple: Tuple): void {
  const words = key.words
  const order =
    tuple.source0 - tuple.destination0 ||
    tuple.source1 - tuple.destination1 ||
    tuple.source2 - tuple.destination2 ||
    tuple.source3 - tuple.destination3 ||
    tuple.sourcePort - tuple.destinationPort
  const low = order <= 0 ? 0 : 4
  const high = 4 - low
  words[low] = tuple.source0
  words[low + 1] = tuple.source1
  words[low + 2] = tuple.source2
  words[low + 3] = tuple.source3
  words[high] = tuple.destination0
  words[high + 1] = tuple.destination1
  words[high + 2] = tuple.destination2
  words[high + 3] = tuple.destination3
  words[8] =
    order <= 0
      ? (tuple.sourcePort << 16) | tuple.destinationPort
      : (tuple.destinationPort << 16) | tuple.sourcePort
  words[9] = tuple.ipVersion
  key.sourceSide = order <= 0 ? 0 : 1
  key.isSelf = order === 0
  let hash = Math.imul(tuple.source0 ^ tuple.destination0, 0x9e3779b1) ^ (words[8] as number)
  if (tuple.ipVersion === 6) {
    hash = Math.imul(hash ^ tuple.source3 ^ tuple.destination3, 0x85ebca6b)
    hash ^= tuple.source1 ^ tuple.destination1 ^ Math.imul(tuple.source2 ^ tuple.destination2, 0xc2b2ae35)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  key.hash = hash ^ (hash >>> 15)
}

const EMPTY = -1
const MIN_SLOTS = 1 << 12

/**
 * Four-tuples to rows: open addressing with linear probing over the key words at the start of each row. Slots hold row
 * numbers beside the hash, so that a probe touches a row only when the hashes agree.
 */
export class FlowTable {
  readonly #rows: RowStore
  #rowOf = new Int32Array(MIN_SLOTS).fill(EMPTY)
  #hashOf = new Int32Array(MIN_SLOTS)
  #mask = MIN_SLOTS - 1
  #size = 0

  constructor(rows: RowStore) {
    this.#rows = rows
  }

  get size(): number {
    return this.#size
  }

  /** The tuple's row, or -1. */
  find(key: FlowKey): number {
    const rowOf = this.#rowOf
    const hashOf = this.#hashOf
    const mask = this.#mask
    const hash = key.hash
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = rowOf[slot] as number
      if (row === EMPTY) return -1
      if (hashOf[slot] === hash && this.#holds(row, key)) return row
    }
  }

  /** Adds a row for a tuple that is not there, and writes the key into it. */
  insert(key: FlowKey): number {
    if (2 * (this.#size + 1) > this.#mask) this.#grow()
    const row = this.#rows.allocate()
    this.#rows.words(row).set(key.words, this.#rows.offset(row))
    this.#place(key.hash, row)
    this.#size++
    return row
  }

  /** Removes the row; later entries of its probe run move up, so that no tombstones gather. */
  remove(row: number, key: FlowKey): void {
    const mask = this.#mask
    let hole = key.hash & mask
    while (this.#rowOf[hole] !== row) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; this.#rowOf[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const home = (this.#hashOf[slot] as number) & mask
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#rowOf[hole] = this.#rowOf[slot] as number
        this.#hashOf[hole] = this.#hashOf[slot] as number
        hole = slot
      }
    }
    this.#rowOf[hole] = EMPTY
    this.#size--
    this.#rows.free(row)
  }

  /** Every row, in no particular order. The table must not change meanwhile. */
  *allRows(): Generator<number> {
    for (const row of this.#rowOf) if (row !== EMPTY) yield row
  }

  #holds(row: number, key: FlowKey): boolean {
    const words = this.#rows.words(row)
    const at = this.#rows.offset(row)
    for (let i = 0; i < KEY_WORDS; i++) if (words[at + i] !== key.words[i]) return false
    return true
  }

  #place(hash: number, row: number): void {
    let slot = hash & this.#mask
    while (this.#rowOf[slot] !== EMPTY) slot = (slot + 1) & this.#mask
    this.#rowOf[slot] = row
    this.#hashOf[slot] = hash
  }

  #grow(): void {
    const rowOf = this.#rowOf
    const hashOf = this.#hashOf
    this.#mask = 2 * rowOf.length - 1
    this.#rowOf = new Int32Array(2 * rowOf.length).fill(EMPTY)
    this.#hashOf = new Int32Array(2 * rowOf.length)
    for (let slot = 0; slot < rowOf.length; slot++) {
      const row = rowOf[slot] as number
      if (row !== EMPTY) this.#place(hashOf[slot] as number, row)
    }
  }
}

/** Fills `key` from the words an insert left at the start of `row`. */
export function keyOfRow(key: FlowKey, rows: RowStore, row: number): void {
  const words = rows.words(row)
  const at = rows.offset(row)
  const ports = words[at + 8] as number
  setKey(key, {
    ipVersion: words[at + 9] as number,
    source0: words[at] as number,
    source1: words[at + 1] as number,
    source2: words[at + 2] as number,
    source3: words[at + 3] as number,
    destination0: words[at + 4] as number,
    destination1: words[at + 5] as number,
    destination2: words[at + 6] as number,
    destination3: words[at + 7] as number,
    sourcePort: ports >>> 16,
    destinationPort: ports & 0xffff,
  })
}
