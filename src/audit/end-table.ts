import type { HostEnd } from '../tracker/host-totals.ts'
import { EndSlots } from './end-slots.ts'

/** A value and the ends it belongs to; ports as they were given. */
export interface EndEntry<Value> {
  readonly end: HostEnd
  readonly other: HostEnd
  readonly value: Value
}

/** What is kept by end: forgotten for one, it is cleared and used again for another. */
export interface Reusable {
  clear(): void
}

/**
 * Values by an end, or by two, of those met lately (`EndSlots`). Values are used again, so that a table that is full
 * allocates nothing: what lives as long as its entries do costs the collector more than all else here costs.
 */
export class EndTable<Value extends Reusable> {
  readonly #make: () => Value
  readonly #slots: EndSlots
  /** By slot, of those that are free too. */
  readonly #values: (Value | undefined)[]

  /** Room for `most`, a power of two. */
  constructor(most: number, make: () => Value, keeps: (value: Value) => boolean = () => false) {
    this.#make = make
    this.#values = Array.from({ length: most }, () => undefined)
    this.#slots = new EndSlots(most, {
      isKept: (slot) => keeps(this.#values[slot] as Value),
      forget: (slot) => (this.#values[slot] as Value).clear(),
    })
  }

  get size(): number {
    return this.#slots.size
  }

  /** The value of these ends, made if there is none; ports as given, 0 where they do not matter. */
  of(end: HostEnd, port: number, other?: HostEnd, otherPort?: number): Value {
    const slot = this.#slots.of(end, port, other, otherPort)
    const value = this.#values[slot] ?? this.#make()
    this.#values[slot] = value
    return value
  }

  /** All that are remembered, in an order that the events alone decide. */
  entries(): EndEntry<Value>[] {
    return this.#slots.slots().map((slot) => ({
      end: this.#slots.endAt(slot, 0),
      other: this.#slots.endAt(slot, 1),
      value: this.#values[slot] as Value,
    }))
  }
}
