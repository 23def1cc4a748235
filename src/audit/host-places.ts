import type { HostEnd } from '../tracker/host-totals.ts'
import { EndSlots } from './end-slots.ts'
import type { EndEntry, Reusable } from './end-table.ts'

/** Counts host events, so that what one of them names is looked up once for all rules. */
export interface EventClock {
  event: number
}

/** What one rule keeps of each host, of each listener, or of each pair of a client and a listener. */
export interface HostPlaces<Value> {
  /** Of this end, and of the other where places are pairs; made if there is nothing yet. */
  of(end: HostEnd, other?: HostEnd): Value
  known(end: HostEnd, other?: HostEnd): Value | undefined
  entries(): EndEntry<Value>[]
}

export type PlaceKind = 'host' | 'listener' | 'pair'

interface Tenant {
  readonly make: () => Reusable
  readonly keeps: (value: never) => boolean
  /** By slot; cleared where the tenant has nothing. */
  readonly values: (Reusable | undefined)[]
}

/**
 * The places of one kind that rules of host scope keep something of, in one table for all of them: to look into a table
 * costs a rule more than all that it does with the answer. A place stays if one of the rules keeps it.
 */
export class HostDirectory {
  readonly #kind: PlaceKind
  readonly #most: number
  readonly #clock: EventClock
  readonly #tenants: Tenant[] = []
  readonly #slots: EndSlots
  /** By slot, bit n: the value of tenant n is of this place. */
  readonly #used: Int32Array
  // What the event at hand named last: events lend out the same objects again and again.
  #event = -1
  #end: HostEnd | undefined
  #other: HostEnd | undefined
  #found = -1

  /** Room for `most` places, a power of two. */
  constructor(kind: PlaceKind, most: number, clock: EventClock) {
    this.#kind = kind
    this.#most = most
    this.#clock = clock
    this.#used = new Int32Array(most)
    this.#slots = new EndSlots(most, {
      isKept: (slot) => this.#isKept(slot),
      forget: (slot) => this.#forget(slot),
    })
  }

  places<Value extends Reusable>(make: () => Value, keeps: (value: Value) => boolean): HostPlaces<Value> {
    const bit = 1 << this.#tenants.length
    const values = Array.from({ length: this.#most }, (): Value | undefined => undefined)
    this.#tenants.push({ make, keeps, values })
    const used = this.#used
    return {
      of: (end, other) => {
        let slot = this.#find(end, other)
        if (slot < 0) slot = this.#take(end, other)
        used[slot] = (used[slot] as number) | bit
        const known = values[slot]
        if (known !== undefined) return known
        const made = make()
        values[slot] = made
        return made
      },
      known: (end, other) => {
        const slot = this.#find(end, other)
        return slot < 0 || ((used[slot] as number) & bit) === 0 ? undefined : values[slot]
      },
      entries: () =>
        this.#slots
          .slots()
          .filter((slot) => ((used[slot] as number) & bit) !== 0)
          .map((slot) => ({
            end: this.#slots.endAt(slot, 0),
            other: this.#slots.endAt(slot, 1),
            value: values[slot] as Value,
          })),
    }
  }

  #isKept(slot: number): boolean {
    const used = this.#used[slot] as number
    for (let number = 0; number < this.#tenants.length; number++) {
      if ((used & (1 << number)) === 0) continue
      const { keeps, values } = this.#tenants[number] as Tenant
      if (keeps(values[slot] as never)) return true
    }
    return false
  }

  #forget(slot: number): void {
    const used = this.#used[slot] as number
    for (let number = 0; number < this.#tenants.length; number++)
      if ((used & (1 << number)) !== 0) this.#tenants[number]?.values[slot]?.clear()
    this.#used[slot] = 0
  }

  /** The slot of these ends, -1 for none. */
  #find(end: HostEnd, other: HostEnd | undefined): number {
    if (this.#event !== this.#clock.event || this.#end !== end || this.#other !== other) {
      this.#event = this.#clock.event
      this.#end = end
      this.#other = other
      this.#found = this.#slots.known(end, this.#portOf(end), other, other?.port)
    }
    return this.#found
  }

  #take(end: HostEnd, other: HostEnd | undefined): number {
    this.#found = this.#slots.of(end, this.#portOf(end), other, other?.port)
    return this.#found
  }

  #portOf(end: HostEnd): number {
    return this.#kind === 'listener' ? end.port : 0
  }
}
