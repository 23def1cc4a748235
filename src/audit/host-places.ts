import type { HostEnd } from '../tracker/host-totals.ts'
import { isInOrder } from './end-order.ts'
import { EndSlots } from './end-slots.ts'
import type { EndEntry, Reusable } from './end-table.ts'
import { PlaceRows } from './place-rows.ts'

/** Counts host events, so that what one of them names is looked up once for all rules. */
export interface EventClock {
  event: number
}

/** What one rule keeps of each host, listener, pair or path. */
export interface HostPlaces<Value> {
  /** Of this end, and of the other where places have two; made if there is nothing yet. */
  of(end: HostEnd, other?: HostEnd): Value
  known(end: HostEnd, other?: HostEnd): Value | undefined
  entries(): EndEntry<Value>[]
}

/**
 * What a host rule keeps something of: a host; an address and port that listens; a client's host and a listener; two hosts,
 * whoever connects.
 */
export type PlaceKind = 'host' | 'listener' | 'pair' | 'path'

/** Words of a slot, in which bit n is of the directory's tenant n: it has something of the place. */
const USED = 0
/** What it has of the place is more than its numbers. */
const EXTRA = 1

/**
 * The places of one kind that rules of host scope keep something of, in one table for all of them: to look into a table
 * costs a rule more than all that it does with the answer. A place stays if one of the rules keeps it, as that rule has said,
 * or, of objects, as was known when it last asked for it: to ask all of them when another place needs the room would cost
 * far more.
 */
export class HostDirectory {
  readonly most: number
  readonly #kind: PlaceKind
  readonly #clock: EventClock
  readonly #slots: EndSlots
  #words: Int32Array
  /**
   * By slot, in which bit n says that tenant n keeps the place. Not among the words of the slot, which have left the cache
   * when it is its turn to give way.
   */
  readonly #kept: Int32Array
  readonly #rows: PlaceRows<Reusable>[] = []
  #tenants = 0
  #isReady = false
  // What the event at hand named last: events lend out the same objects again and again.
  #event = -1
  #end: HostEnd | undefined
  #other: HostEnd | undefined
  #found = -1

  /** Room for `most` places, a power of two. */
  constructor(kind: PlaceKind, most: number, clock: EventClock) {
    this.most = most
    this.#kind = kind
    this.#clock = clock
    const kept = new Int32Array(most)
    this.#kept = kept
    this.#slots = new EndSlots(most, {
      isKept: (slot) => kept[slot] !== 0,
      forget: (slot) => {
        kept[slot] = 0
      },
    })
    this.#words = this.#slots.words
  }

  /** Before the first event. */
  places<Value extends Reusable>(make: () => Value, keeps: (value: Value) => boolean): HostPlaces<Value> {
    return new PlaceValues(this, 1 << this.#tenants++, make, keeps)
  }

  /** The same in numbers, `count` of each place. Before the first event. */
  rows<Extra extends Reusable>(count: number, make?: () => Extra): PlaceRows<Extra> {
    const rows = new PlaceRows(this, 1 << this.#tenants++, count, make)
    this.#rows.push(rows as unknown as PlaceRows<Reusable>)
    return rows
  }

  /** The slot of these ends, taken now if they have none. */
  of(end: HostEnd, other: HostEnd | undefined): number {
    const slot = this.find(end, other)
    return slot < 0 ? this.#take(end, other) : slot
  }

  /** The slot of these ends, -1 for none. */
  find(end: HostEnd, other: HostEnd | undefined): number {
    const isAgain = this.#event === this.#clock.event && this.#end === end && this.#other === other
    return isAgain ? this.#found : this.#look(end, other)
  }

  /** Whether the tenant with this bit has something of the place. */
  isUsed(slot: number, bit: number): boolean {
    return ((this.#words[this.#slots.wordsAt(slot) + USED] as number) & bit) !== 0
  }

  use(slot: number, bit: number): void {
    const at = this.#slots.wordsAt(slot) + USED
    this.#words[at] = (this.#words[at] as number) | bit
  }

  keep(slot: number, bit: number, isKept: boolean): void {
    const kept = this.#kept[slot] as number
    this.#kept[slot] = isKept ? kept | bit : kept & ~bit
  }

  hasExtra(slot: number, bit: number): boolean {
    return ((this.#words[this.#slots.wordsAt(slot) + EXTRA] as number) & bit) !== 0
  }

  addExtra(slot: number, bit: number): void {
    const at = this.#slots.wordsAt(slot) + EXTRA
    this.#words[at] = (this.#words[at] as number) | bit
  }

  /** The places that the tenant has something of, and of these those with a value, in the order in which they were met first. */
  entries<Value>(bit: number, valueAt: (slot: number) => Value | undefined): EndEntry<Value>[] {
    const entries: EndEntry<Value>[] = []
    for (const slot of this.#slots.slots()) {
      const value = this.isUsed(slot, bit) ? valueAt(slot) : undefined
      if (value !== undefined)
        entries.push({ end: this.#slots.endAt(slot, 0), other: this.#slots.endAt(slot, 1), value })
    }
    return entries
  }

  /** One row for all tenants' numbers of a place, which lie side by side: behind the last `rows`. */
  makeRows(): void {
    this.#isReady = true
    const sum = this.#rows.reduce((before, { count }) => before + count, 0)
    const { numbers, first, stride } = this.#slots.reserve(sum)
    this.#words = this.#slots.words
    let offset = first
    for (const rows of this.#rows) {
      rows.begin(numbers, offset, stride)
      offset += rows.count
    }
  }

  #look(end: HostEnd, other: HostEnd | undefined): number {
    this.#event = this.#clock.event
    this.#end = end
    this.#other = other
    this.#found = this.#isTurned(end, other)
      ? this.#slots.known(other, 0, end, 0)
      : this.#slots.known(end, this.#portOf(end), other, this.#peerPortOf(other))
    return this.#found
  }

  #take(end: HostEnd, other: HostEnd | undefined): number {
    if (!this.#isReady) this.makeRows()
    this.#found = this.#isTurned(end, other)
      ? this.#slots.take(other, 0, end, 0)
      : this.#slots.take(end, this.#portOf(end), other, this.#peerPortOf(other))
    return this.#found
  }

  /** Two hosts are one path whoever connects: the other one stands first. */
  #isTurned(end: HostEnd, other: HostEnd | undefined): other is HostEnd {
    return this.#kind === 'path' && other !== undefined && !isInOrder(end, other)
  }

  #portOf(end: HostEnd): number {
    return this.#kind === 'listener' ? end.port : 0
  }

  #peerPortOf(other: HostEnd | undefined): number {
    return this.#kind === 'pair' && other !== undefined ? other.port : 0
  }
}

/** An object of each place. */
class PlaceValues<Value extends Reusable> implements HostPlaces<Value> {
  readonly #directory: HostDirectory
  readonly #bit: number
  readonly #make: () => Value
  readonly #keeps: (value: Value) => boolean
  /** By slot, of places that are forgotten too. */
  #values: (Value | undefined)[] = []

  constructor(directory: HostDirectory, bit: number, make: () => Value, keeps: (value: Value) => boolean) {
    this.#directory = directory
    this.#bit = bit
    this.#make = make
    this.#keeps = keeps
  }

  of(end: HostEnd, other?: HostEnd): Value {
    const slot = this.#directory.of(end, other)
    if (this.#values.length === 0)
      this.#values = Array.from({ length: this.#directory.most }, () => undefined)
    const known = this.#values[slot]
    if (known !== undefined && this.#directory.isUsed(slot, this.#bit)) {
      this.#directory.keep(slot, this.#bit, this.#keeps(known))
      return known
    }
    this.#directory.use(slot, this.#bit)
    if (known !== undefined) {
      known.clear()
      return known
    }
    const made = this.#make()
    this.#values[slot] = made
    return made
  }

  known(end: HostEnd, other?: HostEnd): Value | undefined {
    const slot = this.#directory.find(end, other)
    return slot >= 0 && this.#directory.isUsed(slot, this.#bit) ? this.#values[slot] : undefined
  }

  entries(): EndEntry<Value>[] {
    return this.#directory.entries(this.#bit, (slot) => this.#values[slot])
  }
}
