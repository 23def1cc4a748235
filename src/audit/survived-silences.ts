import type { HostEnd } from '../tracker/host-totals.ts'
import { EndSlots, type SlotNumbers } from './end-slots.ts'
import type { IdleClose } from './idle-cluster.ts'

/** Silences between a client's host and a listener that did no harm. */
export interface Survived {
  readonly count: number
  readonly longest: IdleClose
}

/** Numbers of a pair: how many there were, and the longest. */
const COUNT = 0
const SILENCE = 1
const TIME = 2
const CONNECTION = 3
const PACKET = 4
const NUMBERS = 5

/**
 * Silences that ended well, by pair of a client's host and a listener: how many, and the longest. There are very many of
 * them, mostly of pairs where nothing ever goes wrong, so they are numbers in a table of their own.
 */
export class SurvivedSilences {
  readonly #slots: EndSlots
  readonly #beside: SlotNumbers

  /** Room for `most` pairs, a power of two. */
  constructor(most: number) {
    this.#slots = new EndSlots(most, {
      isKept: () => false,
      forget: (slot) => {
        const at = this.#at(slot)
        this.#beside.numbers[at + COUNT] = 0
        this.#beside.numbers[at + SILENCE] = 0
      },
    })
    this.#beside = this.#slots.reserve(NUMBERS)
  }

  add(client: HostEnd, server: HostEnd, { silence, time, connection, packet }: IdleClose): void {
    const { numbers } = this.#beside
    const at = this.#at(this.#slots.of(client, 0, server, server.port))
    numbers[at + COUNT] = (numbers[at + COUNT] as number) + 1
    if (silence <= (numbers[at + SILENCE] as number)) return
    numbers[at + SILENCE] = silence
    numbers[at + TIME] = time
    numbers[at + CONNECTION] = connection
    numbers[at + PACKET] = packet
  }

  /** Undefined if there were none. */
  of(client: HostEnd, server: HostEnd): Survived | undefined {
    const slot = this.#slots.known(client, 0, server, server.port)
    if (slot < 0) return undefined
    const { numbers } = this.#beside
    const at = this.#at(slot)
    return {
      count: numbers[at + COUNT] as number,
      longest: {
        silence: numbers[at + SILENCE] as number,
        time: numbers[at + TIME] as number,
        connection: numbers[at + CONNECTION] as number,
        packet: numbers[at + PACKET] as number,
      },
    }
  }

  #at(slot: number): number {
    return this.#beside.first + slot * this.#beside.stride
  }
}
