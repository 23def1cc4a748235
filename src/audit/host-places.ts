import type { HostEnd } from '../tracker/host-totals.ts'
import { type EndEntry, EndTable } from './end-table.ts'

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
  readonly make: () => unknown
  readonly keeps: (value: never) => boolean
}

/**
 * The places of one kind that rules of host scope keep something of, in one table for all of them: to look into a table
 * costs a rule more than all that it does with the answer. A place stays if one of the rules keeps it.
 */
export class HostDirectory {
  readonly #kind: PlaceKind
  readonly #clock: EventClock
  readonly #tenants: Tenant[] = []
  readonly #table: EndTable<unknown[]>
  // What the event at hand named last: events lend out the same objects again and again.
  #event = -1
  #end: HostEnd | undefined
  #other: HostEnd | undefined
  #found: unknown[] | undefined

  constructor(kind: PlaceKind, most: number, clock: EventClock) {
    this.#kind = kind
    this.#clock = clock
    this.#table = new EndTable<unknown[]>(
      most,
      () => this.#tenants.map(() => undefined),
      (values) => this.#tenants.some(({ keeps }, tenant) => isKept(keeps, values[tenant])),
    )
  }

  places<Value>(make: () => Value, keeps: (value: Value) => boolean): HostPlaces<Value> {
    const tenant = this.#tenants.length
    this.#tenants.push({ make, keeps })
    return {
      of: (end, other) => {
        const values = this.#find(end, other) ?? this.#add(end, other)
        values[tenant] ??= make()
        return values[tenant] as Value
      },
      known: (end, other) => this.#find(end, other)?.[tenant] as Value | undefined,
      entries: () =>
        this.#table.entries().flatMap(({ end, other, value: values }) => {
          const value = values[tenant]
          return value === undefined ? [] : [{ end, other, value: value as Value }]
        }),
    }
  }

  #find(end: HostEnd, other: HostEnd | undefined): unknown[] | undefined {
    if (this.#event !== this.#clock.event || this.#end !== end || this.#other !== other) {
      this.#event = this.#clock.event
      this.#end = end
      this.#other = other
      this.#found = this.#table.known(end, this.#portOf(end), other, other?.port)
    }
    return this.#found
  }

  #add(end: HostEnd, other: HostEnd | undefined): unknown[] {
    this.#found = this.#table.of(end, this.#portOf(end), other, other?.port)
    return this.#found
  }

  #portOf(end: HostEnd): number {
    return this.#kind === 'listener' ? end.port : 0
  }
}

function isKept(keeps: (value: never) => boolean, value: unknown): boolean {
  return value !== undefined && keeps(value as never)
}
