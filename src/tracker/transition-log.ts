import type { Basis, TcpState } from './tcp-state.ts'

/** Entries are allocated in chunks of 2^CHUNK_BITS: growing copies nothing, and never holds the log twice in memory. */
const CHUNK_BITS = 12
const CHUNK_LENGTH = 1 << CHUNK_BITS
const CHUNK_MASK = CHUNK_LENGTH - 1

/** `packet` of an entry that a timer made. */
export const NO_PACKET = 0

class Chunk {
  readonly time = new Float64Array(CHUNK_LENGTH)
  readonly packet = new Int32Array(CHUNK_LENGTH)
  readonly previous = new Int32Array(CHUNK_LENGTH)
  /** State in the low byte, basis in the next. */
  readonly kind = new Uint16Array(CHUNK_LENGTH)
}

/**
 * Every transition believed at the moment, of all endpoints: entries linked from an endpoint's newest to its oldest, in
 * typed arrays, freed with the connection. Entry 0 means none.
 */
export class TransitionLog {
  readonly #chunks: Chunk[] = [new Chunk()]
  #used = 1
  #firstFree = 0

  /** Puts an entry in front of `tail` and returns it. */
  push(tail: number, state: TcpState, basis: Basis, time: number, packet: number): number {
    let entry = this.#firstFree
    if (entry !== 0) this.#firstFree = this.previous(entry)
    else {
      entry = this.#used++
      if (entry >> CHUNK_BITS === this.#chunks.length) this.#chunks.push(new Chunk())
    }
    const chunk = this.#chunkOf(entry)
    const at = entry & CHUNK_MASK
    chunk.time[at] = time
    chunk.packet[at] = packet
    chunk.previous[at] = tail
    chunk.kind[at] = state | (basis << 8)
    return entry
  }

  /** Frees the newest entry and returns the one before it. */
  pop(tail: number): number {
    const { previous } = this.#chunkOf(tail)
    const before = previous[tail & CHUNK_MASK] as number
    previous[tail & CHUNK_MASK] = this.#firstFree
    this.#firstFree = tail
    return before
  }

  /** Frees a whole list. */
  release(tail: number): void {
    for (let entry = tail; entry !== 0; ) entry = this.pop(entry)
  }

  previous(entry: number): number {
    return this.#chunkOf(entry).previous[entry & CHUNK_MASK] as number
  }

  state(entry: number): TcpState {
    return (this.#chunkOf(entry).kind[entry & CHUNK_MASK] as number) & 0xff
  }

  basis(entry: number): Basis {
    return (this.#chunkOf(entry).kind[entry & CHUNK_MASK] as number) >> 8
  }

  setBasis(entry: number, basis: Basis): void {
    const { kind } = this.#chunkOf(entry)
    kind[entry & CHUNK_MASK] = ((kind[entry & CHUNK_MASK] as number) & 0xff) | (basis << 8)
  }

  time(entry: number): number {
    return this.#chunkOf(entry).time[entry & CHUNK_MASK] as number
  }

  /** Frame number; NO_PACKET for a timer. */
  packet(entry: number): number {
    return this.#chunkOf(entry).packet[entry & CHUNK_MASK] as number
  }

  #chunkOf(entry: number): Chunk {
    return this.#chunks[entry >> CHUNK_BITS] as Chunk
  }
}
