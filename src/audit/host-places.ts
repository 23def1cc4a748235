import type { HostEnd } from '../tracker/host-totals.ts'
import { type EndEntry, EndTable, type Reusable } from './end-table.ts'

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
}

/** What the tenants keep of one place, by their number. */
class Place implements Reusable {
  readonly values: (Reusable | undefined)[]
  /** Bit n: the value of tenant n is of this place, not left from another. */
  used = 0

  constructor(tenants: number) {
    this.values = Array.from({ length: tenants }, () => undefined)
  }

  clear(): void {
    const { values, used } = this
    for (let tenant = 0; tenant < values.length; tenant++)
      if ((used & (1 << tenant)) !== 0) values[tenant]?.clear()
    this.used = 0
  }
}

/**
 * The places of one kind that rules of host scope keep something of, in one table for all of them: to look into a table
 * costs a rule more than all that it does with the answer. A place stays if one of the rules keeps it.
 */
export class HostDirectory {
  readonly #kind: PlaceKind
  readonly #clock: EventClock
  readonly #tenants: Tenant[] = []
  readonly #table: EndTable<Place>
  // What the event at hand named last: events lend out the same objects again and again.
  #event = -1
  #end: HostEnd | undefined
  #other: HostEnd | undefined
  #found: Place | undefined

  constructor(kind: PlaceKind, most: number, clock: EventClock) {
    this.#kind = kind
    this.#clock = clock
    this.#table = new EndTable<Place>(
      most,
      () => new Place(this.#tenants.length),
      (place) => this.#isKept(place),
    )
  }

  places<Value extends Reusable>(make: () => Value, keeps: (value: Value) => boolean): HostPlaces<Value> {
    const tenant = this.#tenants.length
    const bit = 1 << tenant
    this.#tenants.push({ make, keeps })
    return {
      of: (end, other) => {
        const place = this.#find(end, other) ?? this.#add(end, other)
        place.used |= bit
        place.values[tenant] ??= make()
        return place.values[tenant] as Value
      },
      known: (end, other) => {
        const place = this.#find(end, other)
        return place === undefined || (place.used & bit) === 0 ? undefined : (place.values[tenant] as Value)
      },
      entries: () => {
        const places = this.#table.entries().filter(({ value }) => (value.used & bit) !== 0)
        return places.map(({ end, other, value }) => ({ end, other, value: value.values[tenant] as Value }))
      },
    }
  }

  #isKept({ values, used }: Place): boolean {
    for (let tenant = 0; tenant < values.length; tenant++) {
      if ((used & (1 << tenant)) !== 0 && this.#tenants[tenant]?.keeps(values[tenant] as never)) return true
    }
    return false
  }

  #find(end: HostEnd, other: HostEnd | undefined): Place | undefined {
    if (this.#event !== this.#clock.event || this.#end !== end || this.#other !== other) {
      this.#event = this.#clock.event
      this.#end = end
      this.#other = other
      this.#found = this.#table.known(end, this.#portOf(end), other, other?.port)
    }
    return this.#found
  }

  #add(end: HostEnd, other: HostEnd | undefined): Place {
    this.#found = this.#table.of(end, this.#portOf(end), other, other?.port)
    return this.#found
  }

  #portOf(end: HostEnd): number {
    return this.#kind === 'listener' ? end.port : 0
  }
}
