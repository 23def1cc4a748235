import { ACKNOWLEDGED, ASSUMED, type Basis, type TcpState } from './tcp-state.ts'

/** Entries are allocated in chunks of 2^CHUNK_BITS: growing copies nothing, and never holds the log twice in memory. */
const CHUNK_BITS = 12
const CHUNK_LENGTH = 1 << CHUNK_BITS
const CHUNK_MASK = CHUNK_LENGTH - 1

/** `packet` of an entry that a timer made. */
export const NO_PACKET = 0

/** Words of an entry: time (a double), packet, previous entry. Read together, so they lie in one cache line. */
const ENTRY_WORDS = 4
const PACKET = 2
const PREVIOUS = 3
/** Where the basis begins in an entry's kind, above the state. */
const BASIS_SHIFT = 4
const STATE_MASK = (1 << BASIS_SHIFT) - 1
const BASIS_MASK = 3
/** Marks of an entry, in its kind as well: the assumptions right below it have shown themselves true. */
export const CONFIRMED_BELOW = 1 << 6
/** There may be a TIME_WAIT further below. */
export const TIME_WAIT_BELOW = 1 << 7

class Chunk {
  readonly times: Float64Array
  readonly words: Int32Array
  /** State in the low four bits, basis and marks above. */
  readonly kinds = new Uint8Array(CHUNK_LENGTH)

  constructor() {
    const buffer = new ArrayBuffer(4 * ENTRY_WORDS * CHUNK_LENGTH)
    this.times = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }
}

/**
 * Every transition believed at the moment, of all endpoints: entries linked from an endpoint's newest to its oldest, in
 * typed arrays, freed with the connection. Entry 0 means none.
 *
 * Entries stay as they were written: they lie far apart, and to change one is to wait for memory. That an assumption has
 * been confirmed stands with the endpoint while it is the newest, in the entry above it afterwards. So who asks for the
 * basis comes from the newest entry down, and brings along what `isConfirmedBelow` said of the entry above; for the
 * newest itself, whether the endpoint's basis is ACKNOWLEDGED.
 */
export class TransitionLog {
  readonly #chunks: Chunk[] = [new Chunk()]
  #used = 1
  #firstFree = 0

  /** Puts an entry in front of `tail` and returns it; `marks` are CONFIRMED_BELOW, TIME_WAIT_BELOW. */
  push(tail: number, state: TcpState, basis: Basis, time: number, packet: number, marks = 0): number {
    let entry = this.#firstFree
    if (entry !== 0) this.#firstFree = this.previous(entry)
    else {
      entry = this.#used++
      if (entry >> CHUNK_BITS === this.#chunks.length) this.#chunks.push(new Chunk())
    }
    const chunk = this.#chunkOf(entry)
    const at = entry & CHUNK_MASK
    chunk.times[2 * at] = time
    chunk.words[ENTRY_WORDS * at + PACKET] = packet
    chunk.words[ENTRY_WORDS * at + PREVIOUS] = tail
    chunk.kinds[at] = state | (basis << BASIS_SHIFT) | marks
    return entry
  }

  /** Frees the newest entry and returns the one before it. */
  pop(tail: number): number {
    const { words } = this.#chunkOf(tail)
    const at = ENTRY_WORDS * (tail & CHUNK_MASK) + PREVIOUS
    const before = words[at] as number
    words[at] = this.#firstFree
    this.#firstFree = tail
    return before
  }

  /** Frees a whole list. */
  release(tail: number): void {
    for (let entry = tail; entry !== 0; ) entry = this.pop(entry)
  }

  /** Frees every list. */
  clear(): void {
    this.#chunks.length = 1
    this.#used = 1
    this.#firstFree = 0
  }

  previous(entry: number): number {
    return this.#chunkOf(entry).words[ENTRY_WORDS * (entry & CHUNK_MASK) + PREVIOUS] as number
  }

  state(entry: number): TcpState {
    return (this.#chunkOf(entry).kinds[entry & CHUNK_MASK] as number) & STATE_MASK
  }

  basis(entry: number, isConfirmed: boolean): Basis {
    const basis = ((this.#chunkOf(entry).kinds[entry & CHUNK_MASK] as number) >> BASIS_SHIFT) & BASIS_MASK
    return isConfirmed && basis === ASSUMED ? ACKNOWLEDGED : basis
  }

  /** Whether what was assumed right below the entry has shown itself true; `isConfirmed` says so of the entry. */
  isConfirmedBelow(entry: number, isConfirmed: boolean): boolean {
    const kind = this.#chunkOf(entry).kinds[entry & CHUNK_MASK] as number
    return (kind & CONFIRMED_BELOW) !== 0 || (isConfirmed && ((kind >> BASIS_SHIFT) & BASIS_MASK) === ASSUMED)
  }

  hasTimeWaitBelow(entry: number): boolean {
    return ((this.#chunkOf(entry).kinds[entry & CHUNK_MASK] as number) & TIME_WAIT_BELOW) !== 0
  }

  time(entry: number): number {
    return this.#chunkOf(entry).times[2 * (entry & CHUNK_MASK)] as number
  }

  /** Frame number; NO_PACKET for a timer. */
  packet(entry: number): number {
    return this.#chunkOf(entry).words[ENTRY_WORDS * (entry & CHUNK_MASK) + PACKET] as number
  }

  #chunkOf(entry: number): Chunk {
    return this.#chunks[entry >> CHUNK_BITS] as Chunk
  }
}
