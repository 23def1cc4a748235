import { KEY_WORDS } from './row-fields.ts'
import type { RowStore } from './row-store.ts'

/** A four-tuple in canonical order: the lower (address, port) first. Reused; set by `setKey` or `setKeyOfRow`. */
export class FlowKey {
  /** Address of the lower end (words 0-3), of the higher (4-7), both ports, IP version and network. */
  readonly words = new Int32Array(KEY_WORDS)
  hash = 0
  /** Which end the source of the tuple is: 0 the lower, 1 the higher. */
  sourceSide = 0
  /** Source and destination are the same end: a socket connected to itself. */
  isSelf = false
}

interface Tuple {
  readonly ipVersion: number
  readonly network: number
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

/** Word 9 holds the IP version in its low byte, above it the number of the network, which sets equal tuples apart. */
const NETWORK_SHIFT = 8
const VERSION_MASK = 0xff

/** IP version of a key at `at` in `words`. */
export function ipVersionOf(words: Int32Array, at: number): number {
  return (words[at + 9] as number) & VERSION_MASK
}

/** Network of a key at `at` in `words`. */
export function networkOf(words: Int32Array, at: number): number {
  return (words[at + 9] as number) >>> NETWORK_SHIFT
}

/** Fills `key` from the tuple of a segment; both directions give the same key. */
export function setKey(key: FlowKey, tuple: Tuple): void {
  const words = key.words
  const order = compareEnds(tuple)
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
  words[9] = tuple.ipVersion | (tuple.network << NETWORK_SHIFT)
  key.sourceSide = order <= 0 ? 0 : 1
  key.isSelf = order === 0
  key.hash = hashOf(tuple)
}

/** Takes the network out of `key`, as if its addresses were those of the capture itself. */
export function clearNetwork(key: FlowKey): void {
  key.words[9] = ipVersionOf(key.words, 0)
  key.hash = hashOfWords(key.words, 0)
}

/** Fills `key` from the words an insert left at the start of `row`; whose segment it was is not known. */
export function setKeyOfRow(key: FlowKey, rows: RowStore, row: number): void {
  const words = rows.words(row)
  const at = rows.offset(row)
  for (let i = 0; i < KEY_WORDS; i++) key.words[i] = words[at + i] as number
  key.hash = hashOfWords(words, at)
}

/** Below 0 if the source is the lower end, 0 if both are the same. */
function compareEnds(tuple: Tuple): number {
  if (tuple.source0 !== tuple.destination0) return tuple.source0 < tuple.destination0 ? -1 : 1
  if (tuple.source1 !== tuple.destination1) return tuple.source1 < tuple.destination1 ? -1 : 1
  if (tuple.source2 !== tuple.destination2) return tuple.source2 < tuple.destination2 ? -1 : 1
  if (tuple.source3 !== tuple.destination3) return tuple.source3 < tuple.destination3 ? -1 : 1
  return tuple.sourcePort - tuple.destinationPort
}

function hashOf(tuple: Tuple): number {
  const ends = mixPair(tuple.source0, tuple.destination0, tuple.sourcePort, tuple.destinationPort)
  if (tuple.ipVersion !== 6) return finish(ends ^ mixNetwork(tuple.network))
  const rest = mixPair(tuple.source3, tuple.destination3, tuple.source1, tuple.destination1)
  return finish(
    Math.imul(ends, 0x1b873593) ^ rest ^ tuple.source2 ^ tuple.destination2 ^ mixNetwork(tuple.network),
  )
}

function hashOfWords(words: Int32Array, at: number): number {
  const ports = words[at + 8] as number
  const ends = mixPair(words[at] as number, words[at + 4] as number, ports >>> 16, ports & 0xffff)
  const network = mixNetwork(networkOf(words, at))
  if (ipVersionOf(words, at) !== 6) return finish(ends ^ network)
  const rest = mixPair(
    words[at + 3] as number,
    words[at + 7] as number,
    words[at + 1] as number,
    words[at + 5] as number,
  )
  return finish(
    Math.imul(ends, 0x1b873593) ^ rest ^ (words[at + 2] as number) ^ (words[at + 6] as number) ^ network,
  )
}

function mixNetwork(network: number): number {
  return Math.imul(network, 0x9e3779b1)
}

/** The same for (a, b) and (b, a); the exclusive or and the sum of two words say both but for their order. */
function mixPair(a: number, b: number, aPort: number, bPort: number): number {
  const pair = Math.imul(a ^ b, 0x9e3779b1) ^ Math.imul((a + b) | 0, 0x85ebca6b)
  return pair ^ Math.imul(aPort ^ bPort, 0xc2b2ae35) ^ Math.imul((aPort + bPort) | 0, 0x27d4eb2f)
}

function finish(mixed: number): number {
  let hash = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return hash ^ (hash >>> 15)
}

const EMPTY = -1
const MIN_SLOTS = 1 << 11

/**
 * Four-tuples to rows: open addressing with linear probing over the key words at the start of each row. A slot holds
 * the hash and the row number side by side: a probe reads one cache line, and a row only where the hashes agree.
 */
export class FlowTable {
  readonly #rows: RowStore
  /** Hash and row number of each slot. */
  #slots = new Int32Array(2 * MIN_SLOTS).fill(EMPTY)
  #mask = MIN_SLOTS - 1
  #size = 0

  constructor(rows: RowStore) {
    this.#rows = rows
    // V8 takes what has never been replaced for a constant, and throws code away when it is.
    this.#grow()
  }

  get size(): number {
    return this.#size
  }

  /** The tuple's row, or -1. */
  find(key: FlowKey): number {
    const slots = this.#slots
    const mask = this.#mask
    const hash = key.hash
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1] as number
      if (row === EMPTY) return -1
      if (slots[2 * slot] === hash && this.#holds(row, key)) return row
    }
  }

  /** The row that `find` will most likely give, by the hash alone; -1 for none. Reads no row. */
  guess(tuple: Tuple): number {
    const slots = this.#slots
    const mask = this.#mask
    const hash = hashOf(tuple)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1] as number
      if (row === EMPTY || slots[2 * slot] === hash) return row
    }
  }

  /** Adds a row for a tuple that is not there, and writes the key into it. */
  insert(key: FlowKey): number {
    if (2 * (this.#size + 1) > this.#mask) this.#grow()
    const row = this.#rows.allocate()
    const words = this.#rows.words(row)
    const at = this.#rows.offset(row)
    for (let i = 0; i < KEY_WORDS; i++) words[at + i] = key.words[i] as number
    this.#place(key.hash, row)
    this.#size++
    return row
  }

  /** Removes the row; later entries of its probe run move up, so that no tombstones gather. */
  remove(row: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let hole = hashOfWords(this.#rows.words(row), this.#rows.offset(row)) & mask
    while (slots[2 * hole + 1] !== row) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; slots[2 * slot + 1] !== EMPTY; slot = (slot + 1) & mask) {
      const home = (slots[2 * slot] as number) & mask
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[2 * hole] = slots[2 * slot] as number
        slots[2 * hole + 1] = slots[2 * slot + 1] as number
        hole = slot
      }
    }
    slots[2 * hole + 1] = EMPTY
    this.#size--
    this.#rows.free(row)
  }

  /** Moves the row into the other bank of the store and returns its new number; what it holds stays the same. */
  move(row: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let slot = hashOfWords(this.#rows.words(row), this.#rows.offset(row)) & mask
    while (slots[2 * slot + 1] !== row) slot = (slot + 1) & mask
    const moved = this.#rows.move(row)
    slots[2 * slot + 1] = moved
    return moved
  }

  /** Every row, in the order they lie in memory, as of now. */
  allRows(): Int32Array {
    const slots = this.#slots
    let last = 0
    for (let at = 1; at < slots.length; at += 2) last = Math.max(last, slots[at] as number)
    const isThere = new Uint8Array(last + 1)
    for (let at = 1; at < slots.length; at += 2) if (slots[at] !== EMPTY) isThere[slots[at] as number] = 1
    const list = new Int32Array(this.#size)
    let count = 0
    for (let row = 0; row <= last; row++) if (isThere[row] === 1) list[count++] = row
    return list
  }

  /** Removes every row; `rows` are those that `allRows` gives. */
  clear(rows: Int32Array): void {
    for (let at = 0; at < rows.length; at++) this.#rows.free(rows[at] as number)
    this.#slots = new Int32Array(2 * MIN_SLOTS).fill(EMPTY)
    this.#mask = MIN_SLOTS - 1
    this.#size = 0
  }

  /** IPv4 leaves the upper words of both addresses 0. */
  #holds(row: number, key: FlowKey): boolean {
    const words = this.#rows.words(row)
    const at = this.#rows.offset(row)
    const own = key.words
    if (words[at] !== own[0] || words[at + 4] !== own[4]) return false
    if (words[at + 8] !== own[8] || words[at + 9] !== own[9]) return false
    if (ipVersionOf(own, 0) === 4) return true
    for (let i = 1; i < 8; i++) if (words[at + i] !== own[i]) return false
    return true
  }

  #place(hash: number, row: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let slot = hash & mask
    while (slots[2 * slot + 1] !== EMPTY) slot = (slot + 1) & mask
    slots[2 * slot] = hash
    slots[2 * slot + 1] = row
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Int32Array(2 * before.length).fill(EMPTY)
    this.#mask = before.length - 1
    for (let at = 0; at < before.length; at += 2) {
      const row = before[at + 1] as number
      if (row !== EMPTY) this.#place(before[at] as number, row)
    }
  }
}
