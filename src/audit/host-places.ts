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

/** What a host rule keeps something of: a host, an address and port that listens, two hosts. */
export type PlaceKind = 'host' | 'listener' | 'pair'

interface Tenant {
  readonly make: () => Reusable
  readonly keeps: (value: never) => boolean
}

/**
 * The places of one kind that rules of host scope keep something of, in one table for all of them: to look into a table
 * costs a rule more than all that it does with the answer. A place stays if one of the rules keeps it, as far as was known
 * when that rule last asked for it: to ask all of them when another place needs the room would cost far more.
 */
export class HostDirectory {
  readonly #kind: PlaceKind
  readonly #most: number
  readonly #clock: EventClock
  readonly #tenants: Tenant[] = []
  readonly #slots: EndSlots
  /** By slot and tenant, of places that are forgotten too. */
  #values: (Reusable | undefined)[] = []
  /** By slot, bit n: the value of tenant n is of this place, and tenant n keeps it. */
  readonly #used: Int32Array
  readonly #kept: Int32Array
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
    this.#kept = new Int32Array(most)
    this.#slots = new EndSlots(most, {
      isKept: (slot) => this.#kept[slot] !== 0,
      forget: (slot) => {
        this.#used[slot] = 0
        this.#kept[slot] = 0
      },
    })
  }

  /** Before the first event. */
  places<Value extends Reusable>(make: () => Value, keeps: (value: Value) => boolean): HostPlaces<Value> {
    const tenant = this.#tenants.length
    this.#tenants.push({ make, keeps })
    return {
      of: (end, other) => {
        let slot = this.#find(end, other)
        if (slot < 0) slot = this.#take(end, other)
        return this.#valueAt(slot, tenant) as Value
      },
      known: (end, other) => {
        const slot = this.#find(end, other)
        return slot < 0 ? undefined : (this.#knownAt(slot, tenant) as Value | undefined)
      },
      entries: () =>
        this.#slots.slots().flatMap((slot) => {
          const value = this.#knownAt(slot, tenant) as Value | undefined
          if (value === undefined) return []
          return [{ end: this.#slots.endAt(slot, 0), other: this.#slots.endAt(slot, 1), value }]
        }),
    }
  }

  /** What the tenant has at the slot; made, or cleared of what is left from another place, if it is new to it. */
  #valueAt(slot: number, tenant: number): Reusable {
    const { make, keeps } = this.#tenants[tenant] as Tenant
    const bit = 1 << tenant
    const at = slot * this.#tenants.length + tenant
    const used = this.#used[slot] as number
    const known = this.#values[at]
    if (known !== undefined && (used & bit) !== 0) {
      const kept = this.#kept[slot] as number
      this.#kept[slot] = keeps(known as never) ? kept | bit : kept & ~bit
      return known
    }
    this.#used[slot] = used | bit
    if (known !== undefined) {
      known.clear()
      return known
    }
    const made = make()
    this.#values[at] = made
    return made
  }

  #knownAt(slot: number, tenant: number): Reusable | undefined {
    const isKnown = ((this.#used[slot] as number) & (1 << tenant)) !== 0
    return isKnown ? this.#values[slot * this.#tenants.length + tenant] : undefined
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
    if (this.#values.length === 0)
      this.#values = Array.from({ length: this.#most * this.#tenants.length }, () => undefined)
    this.#found = this.#slots.of(end, this.#portOf(end), other, other?.port)
    return this.#found
  }

  #portOf(end: HostEnd): number {
    return this.#kind === 'listener' ? end.port : 0
  }
}
