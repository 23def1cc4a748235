import type { HostEnd } from '../tracker/host-totals.ts'

/** Words of a key: two addresses with their IP version and port; and of a place: its key and its hash. */
const KEY_WORDS = 12
const HASH = KEY_WORDS
const PLACE_WORDS = 16
const FIRST_PLACES = 16
const FORGOTTEN = -1
const NO_END: HostEnd = { ipVersion: 0, address: [0, 0, 0, 0], port: 0 }

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
 * Values by an end, or by two, of those met lately: bounded however many ends an attacker makes up. Two generations of at most
 * half the bound each; what is met again moves to the young one, and when that is full the old one is forgotten but for what
 * `keeps` says is to stay, at most half of it. Keys lie in one array and values are used again, so that a table that is full
 * allocates nothing: what lives as long as its entries do costs the collector more than all else here costs.
 */
export class EndTable<Value extends Reusable> {
  readonly #most: number
  readonly #make: () => Value
  readonly #keeps: (value: Value) => boolean
  readonly #wanted = new Int32Array(KEY_WORDS)
  #keys = new Int32Array(PLACE_WORDS * FIRST_PLACES)
  /** By place, of those forgotten too. */
  readonly #values: Value[] = []
  /** By place: the generation it was last met in, FORGOTTEN. */
  readonly #generations: number[] = []
  readonly #free: number[] = []
  /** Open addressing: place + 1, 0 for none. Twice as many slots as places. */
  #slots = new Int32Array(2 * FIRST_PLACES)
  #generation = 0
  #young = 0
  #size = 0

  constructor(most: number, make: () => Value, keeps: (value: Value) => boolean = () => false) {
    this.#most = most
    this.#make = make
    this.#keeps = keeps
  }

  get size(): number {
    return this.#size
  }

  /** The value of these ends, made if there is none; ports as given, 0 where they do not matter. */
  of(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): Value {
    const hash = this.#want(end, port, other, otherPort)
    const place = this.#find(hash)
    return place < 0 ? this.#add(hash) : this.#meet(place)
  }

  /** The same if there is one. */
  known(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): Value | undefined {
    const place = this.#find(this.#want(end, port, other, otherPort))
    return place < 0 ? undefined : this.#meet(place)
  }

  /** All that are remembered, in an order that the events alone decide. */
  entries(): EndEntry<Value>[] {
    return this.#places().map((place) => ({
      end: this.#endAt(place, 0),
      other: this.#endAt(place, 1),
      value: this.#values[place] as Value,
    }))
  }

  #want(end: HostEnd, port: number, other: HostEnd, otherPort: number): number {
    const wanted = this.#wanted
    const { address, ipVersion } = end
    wanted[0] = address[0]
    wanted[1] = address[1]
    wanted[2] = address[2]
    wanted[3] = address[3]
    const { address: otherAddress, ipVersion: otherVersion } = other
    wanted[4] = otherAddress[0]
    wanted[5] = otherAddress[1]
    wanted[6] = otherAddress[2]
    wanted[7] = otherAddress[3]
    wanted[8] = ipVersion
    wanted[9] = otherVersion
    wanted[10] = port
    wanted[11] = otherPort
    let hash = 0
    for (let i = 0; i < KEY_WORDS; i++) {
      hash ^= wanted[i] as number
      hash = Math.imul(hash + (hash >>> 15), 0x2c1b3c6d)
    }
    return hash ^ (hash >>> 13)
  }

  /** The place of the wanted key, -1 for none. */
  #find(hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = (slots[slot] as number) - 1
      if (place < 0 || this.#isAt(place, hash)) return place
    }
  }

  #isAt(place: number, hash: number): boolean {
    const keys = this.#keys
    const at = place * PLACE_WORDS
    if (keys[at + HASH] !== hash) return false
    const wanted = this.#wanted
    for (let i = 0; i < KEY_WORDS; i++) if (keys[at + i] !== wanted[i]) return false
    return true
  }

  #meet(place: number): Value {
    const value = this.#values[place] as Value
    if (this.#generations[place] !== this.#generation) {
      this.#generations[place] = this.#generation
      if (this.#young >= this.#most / 2) this.#turn()
      this.#generations[place] = this.#generation
      this.#young++
    }
    return value
  }

  #add(hash: number): Value {
    if (this.#young >= this.#most / 2) this.#turn()
    if (this.#free.length === 0 && PLACE_WORDS * this.#values.length === this.#keys.length) this.#grow()
    const place = this.#free.pop() ?? this.#values.push(this.#make()) - 1
    const keys = this.#keys
    const at = place * PLACE_WORDS
    for (let i = 0; i < KEY_WORDS; i++) keys[at + i] = this.#wanted[i] as number
    keys[at + HASH] = hash
    this.#generations[place] = this.#generation
    this.#young++
    this.#size++
    this.#index(place)
    return this.#values[place] as Value
  }

  /** A new generation begins; of the old one only what is to be kept becomes part of it. */
  #turn(): void {
    const last = this.#generation
    this.#generation++
    this.#young = 0
    for (let place = 0; place < this.#values.length; place++) {
      const generation = this.#generations[place]
      if (generation === FORGOTTEN || generation === last) continue
      if (this.#young < this.#most / 4 && this.#keeps(this.#values[place] as Value)) {
        this.#generations[place] = this.#generation
        this.#young++
      } else {
        this.#generations[place] = FORGOTTEN
        this.#values[place]?.clear()
        this.#free.push(place)
        this.#size--
      }
    }
    this.#reindex()
  }

  #grow(): void {
    const keys = new Int32Array(2 * this.#keys.length)
    keys.set(this.#keys)
    this.#keys = keys
    this.#slots = new Int32Array(2 * this.#slots.length)
    this.#reindex()
  }

  #reindex(): void {
    this.#slots.fill(0)
    for (let place = 0; place < this.#values.length; place++) {
      if (this.#generations[place] !== FORGOTTEN) this.#index(place)
    }
  }

  #index(place: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (this.#keys[place * PLACE_WORDS + HASH] as number) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = place + 1
  }

  #places(): number[] {
    const places: number[] = []
    for (let place = 0; place < this.#values.length; place++) {
      if (this.#generations[place] !== FORGOTTEN) places.push(place)
    }
    return places
  }

  #endAt(place: number, number: 0 | 1): HostEnd {
    const keys = this.#keys
    const at = place * PLACE_WORDS
    const from = at + 4 * number
    const word = (i: number): number => keys[from + i] as number
    return {
      ipVersion: keys[at + 8 + number] as number,
      address: [word(0), word(1), word(2), word(3)],
      port: keys[at + 10 + number] as number,
    }
  }
}
