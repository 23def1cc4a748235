import type { Basis, TcpState } from './tcp-state.ts'

const INITIAL_CAPACITY = 1 << 12
/** `packet` of an entry that a timer made. */
export const NO_PACKET = 0

/**
 * Every transition believed at the moment, of all endpoints: entries linked from an endpoint's newest to its oldest, in
 * typed arrays, freed with the connection. Entry 0 means none.
 */
export class TransitionLog {
  #time = new Float64Array(INITIAL_CAPACITY)
  #packet = new Int32Array(INITIAL_CAPACITY)
  #previous = new Int32Array(INITIAL_CAPACITY)
  /** State in the low byte, basis in the next. */
  #kind = new Uint16Array(INITIAL_CAPACITY)
  #used = 1
  #firstFree = 0

  /** Puts an entry in front of `tail` and returns it. */
  push(tail: number, state: TcpState, basis: Basis, time: number, packet: number): number {
    let entry = this.#firstFree
    if (entry !== 0) this.#firstFree = this.#previous[entry] as number
    else {
      if (this.#used === this.#time.length) this.#grow()
      entry = this.#used++
    }
    this.#time[entry] = time
    this.#packet[entry] = packet
    this.#previous[entry] = tail
    this.#kind[entry] = state | (basis << 8)
    return entry
  }

  /** Frees the newest entry and returns the one before it. */
  pop(tail: number): number {
    const previous = this.#previous[tail] as number
    this.#previous[tail] = this.#firstFree
    this.#firstFree = tail
    return previous
  }

  /** Frees a whole list. */
  release(tail: number): void {
    for (let entry = tail; entry !== 0; ) entry = this.pop(entry)
  }

  previous(entry: number): number {
    return this.#previous[entry] as number
  }

  state(entry: number): TcpState {
    return (this.#kind[entry] as number) & 0xff
  }

  basis(entry: number): Basis {
    return (this.#kind[entry] as number) >> 8
  }

  setBasis(entry: number, basis: Basis): void {
    this.#kind[entry] = ((this.#kind[entry] as number) & 0xff) | (basis << 8)
  }

  time(entry: number): number {
    return this.#time[entry] as number
  }

  /** Frame number; NO_PACKET for a timer. */
  packet(entry: number): number {
    return this.#packet[entry] as number
  }

  #grow(): void {
    const capacity = 2 * this.#time.length
    const time = new Float64Array(capacity)
    const packet = new Int32Array(capacity)
    const previous = new Int32Array(capacity)
    const kind = new Uint16Array(capacity)
    time.set(this.#time)
    packet.set(this.#packet)
    previous.set(this.#previous)
    kind.set(this.#kind)
    this.#time = time
    this.#packet = packet
    this.#previous = previous
    this.#kind = kind
  }
}
