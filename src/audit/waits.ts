import type { TrackerEvent } from '../tracker/tracker-events.ts'

const INITIAL_CAPACITY = 64

/** What a wait needs of the tracker. */
export interface Clock {
  wakeAt(time: number): void
  look(endpoint: number, id: number): TrackerEvent | undefined
}

/**
 * Waits of one length: they end in the order in which they began, so a ring of (time, endpoint, connection) does, and the
 * tracker's heap has one entry for all of them.
 */
export class Wait {
  readonly #length: number
  readonly #then: (event: TrackerEvent) => void
  readonly #clock: Clock
  #times = new Float64Array(INITIAL_CAPACITY)
  #ids = new Float64Array(INITIAL_CAPACITY)
  #endpoints = new Int32Array(INITIAL_CAPACITY)
  #first = 0
  #size = 0

  constructor(clock: Clock, length: number, then: (event: TrackerEvent) => void) {
    this.#clock = clock
    this.#length = length
    this.#then = then
  }

  start({ time, connection, endpoint }: Pick<TrackerEvent, 'time' | 'connection' | 'endpoint'>): void {
    if (this.#size === this.#times.length) this.#grow()
    const at = (this.#first + this.#size) & (this.#times.length - 1)
    this.#times[at] = time + this.#length
    this.#ids[at] = connection.id
    this.#endpoints[at] = endpoint.index
    if (this.#size++ === 0) this.#clock.wakeAt(time + this.#length)
  }

  /** Ends every wait that is over at `time`. */
  run(time: number): void {
    if (this.#size === 0 || (this.#times[this.#first] as number) > time) return
    while (this.#size > 0 && (this.#times[this.#first] as number) <= time) {
      const at = this.#first
      this.#first = (at + 1) & (this.#times.length - 1)
      this.#size--
      const event = this.#clock.look(this.#endpoints[at] as number, this.#ids[at] as number)
      if (event !== undefined) this.#then(event)
    }
    if (this.#size > 0) this.#clock.wakeAt(this.#times[this.#first] as number)
  }

  #grow(): void {
    this.#times = unrolled(this.#times, this.#first, new Float64Array(2 * this.#times.length))
    this.#ids = unrolled(this.#ids, this.#first, new Float64Array(2 * this.#ids.length))
    this.#endpoints = unrolled(this.#endpoints, this.#first, new Int32Array(2 * this.#endpoints.length))
    this.#first = 0
  }
}

/** `roomy` with the entries of a full ring in front, in their order from `first` on. */
function unrolled<Numbers extends Float64Array | Int32Array>(
  ring: Numbers,
  first: number,
  roomy: Numbers,
): Numbers {
  roomy.set(ring.subarray(first))
  roomy.set(ring.subarray(0, first), ring.length - first)
  return roomy
}
