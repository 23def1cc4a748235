import type { HostEnd } from '../tracker/host-totals.ts'
import { EndSlots } from './end-slots.ts'
import type { IdleClose } from './idle-cluster.ts'

/** Silences between a client's host and a listener that did no harm. */
export interface Survived {
  readonly count: number
  readonly longest: IdleClose
}

/**
 * Silences that ended well, by pair of a client's host and a listener: how many, and the longest. There are very many of
 * them, mostly of pairs where nothing ever goes wrong, so they are numbers in arrays and nothing else.
 */
export class SurvivedSilences {
  readonly #slots: EndSlots
  readonly #counts: Int32Array
  readonly #silences: Float64Array
  readonly #times: Float64Array
  readonly #connections: Float64Array
  readonly #packets: Float64Array

  /** Room for `most` pairs, a power of two. */
  constructor(most: number) {
    this.#counts = new Int32Array(most)
    this.#silences = new Float64Array(most)
    this.#times = new Float64Array(most)
    this.#connections = new Float64Array(most)
    this.#packets = new Float64Array(most)
    this.#slots = new EndSlots(most, {
      isKept: () => false,
      forget: (slot) => {
        this.#counts[slot] = 0
        this.#silences[slot] = 0
      },
    })
  }

  add(client: HostEnd, server: HostEnd, { silence, time, connection, packet }: IdleClose): void {
    const slot = this.#slots.of(client, 0, server, server.port)
    this.#counts[slot] = (this.#counts[slot] as number) + 1
    if (silence <= (this.#silences[slot] as number)) return
    this.#silences[slot] = silence
    this.#times[slot] = time
    this.#connections[slot] = connection
    this.#packets[slot] = packet
  }

  /** Undefined if there were none. */
  of(client: HostEnd, server: HostEnd): Survived | undefined {
    const slot = this.#slots.known(client, 0, server, server.port)
    if (slot < 0) return undefined
    return {
      count: this.#counts[slot] as number,
      longest: {
        silence: this.#silences[slot] as number,
        time: this.#times[slot] as number,
        connection: this.#connections[slot] as number,
        packet: this.#packets[slot] as number,
      },
    }
  }
}
