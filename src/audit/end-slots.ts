import type { HostEnd } from '../tracker/host-totals.ts'

/** Words of a key: two addresses with their IP version and port. */
const KEY_WORDS = 12
/** Of a slot: its key and, in the same line of the cache, what its tenant may keep there, all 0 when the slot is taken. */
const SLOT_WORDS = 16
/** Slots that one hash can stand in: what their hashes take is one line of the cache. */
const WAYS = 16
const MOST_MEETINGS = 0x7fffffff
const NO_END: HostEnd = { ipVersion: 0, address: [0, 0, 0, 0], port: 0 }

/** Who keeps something by slot. */
export interface SlotTenant {
  /** Whether what is kept at the slot is to stay, as long as there is room. */
  isKept(slot: number): boolean
  /** Its ends are forgotten. */
  forget(slot: number): void
}

/**
 * Numbers for ends, or for pairs of them, met lately: bounded however many an attacker makes up. Each may stand in one of a
 * few slots; where all of these are taken, the one met longest ago gives way, unless its tenant keeps it and keeps no more
 * than half of them. All in arrays of numbers that are never moved, so that a table that is full costs no more than one
 * that is not.
 */
export class EndSlots {
  readonly #tenant: SlotTenant
  readonly #mostMeetings: number
  readonly #mask: number
  readonly #hashes: Int32Array
  /** By slot: its key, and the words of its tenant (`wordsAt`). */
  readonly words: Int32Array
  /** By slot: when it was last met, counted in meetings; 0 if it is free. */
  readonly #met: Int32Array
  /** By slot: as which it was taken, of all that ever were. */
  readonly #taken: Float64Array
  readonly #wanted = new Int32Array(KEY_WORDS)
  #meetings = 0
  #takings = 0
  #size = 0

  /** `most` is a power of two, 16 at least; behind `mostMeetings`, an odd number, they are counted anew. */
  constructor(most: number, tenant: SlotTenant, mostMeetings = MOST_MEETINGS) {
    this.#tenant = tenant
    this.#mostMeetings = mostMeetings
    this.#mask = most / WAYS - 1
    this.#hashes = new Int32Array(most)
    this.words = new Int32Array(SLOT_WORDS * most)
    this.#met = new Int32Array(most)
    this.#taken = new Float64Array(most)
  }

  get size(): number {
    return this.#size
  }

  /** The slot of these ends, taken now if they have none; ports as given, 0 where they do not matter. */
  of(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): number {
    const hash = this.#want(end, port, other, otherPort)
    const slot = this.#find(hash)
    return slot < 0 ? this.#take(hash) : this.#meet(slot)
  }

  /** The same if they have one, else -1. */
  known(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): number {
    const slot = this.#find(this.#want(end, port, other, otherPort))
    return slot < 0 ? slot : this.#meet(slot)
  }

  /** All slots that are taken, in the order in which they were. */
  slots(): number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.#met.length; slot++) if (this.#met[slot] !== 0) slots.push(slot)
    return slots.sort((a, b) => (this.#taken[a] as number) - (this.#taken[b] as number))
  }

  /** The first or the second of the ends at a slot; ports as they were given. */
  endAt(slot: number, number: 0 | 1): HostEnd {
    const { words } = this
    const at = slot * SLOT_WORDS
    const from = at + 4 * number
    const word = (i: number): number => words[from + i] as number
    return {
      ipVersion: words[at + 8 + number] as number,
      address: [word(0), word(1), word(2), word(3)],
      port: words[at + 10 + number] as number,
    }
  }

  /** Where the four words of the tenant begin. */
  wordsAt(slot: number): number {
    return slot * SLOT_WORDS + KEY_WORDS
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

  /** The slot of the wanted key, -1 for none. */
  #find(hash: number): number {
    const hashes = this.#hashes
    const first = (hash & this.#mask) * WAYS
    for (let slot = first; slot < first + WAYS; slot++)
      if (hashes[slot] === hash && this.#isAt(slot)) return slot
    return -1
  }

  #isAt(slot: number): boolean {
    if (this.#met[slot] === 0) return false
    const { words } = this
    const wanted = this.#wanted
    const at = slot * SLOT_WORDS
    for (let i = 0; i < KEY_WORDS; i++) if (words[at + i] !== wanted[i]) return false
    return true
  }

  #meet(slot: number): number {
    if (this.#meetings === this.#mostMeetings) this.#countAnew()
    this.#met[slot] = ++this.#meetings
    return slot
  }

  /** Half the numbers do for the same order, nearly: what was met one after the other may become equal. */
  #countAnew(): void {
    const met = this.#met
    for (let slot = 0; slot < met.length; slot++) met[slot] = ((met[slot] as number) + 1) >>> 1
    this.#meetings = (this.#mostMeetings + 1) / 2
  }

  #take(hash: number): number {
    const slot = this.#room((hash & this.#mask) * WAYS)
    if (this.#met[slot] === 0) this.#size++
    else this.#tenant.forget(slot)
    const { words } = this
    const at = slot * SLOT_WORDS
    for (let i = 0; i < KEY_WORDS; i++) words[at + i] = this.#wanted[i] as number
    for (let i = KEY_WORDS; i < SLOT_WORDS; i++) words[at + i] = 0
    this.#hashes[slot] = hash
    this.#meet(slot)
    this.#taken[slot] = ++this.#takings
    return slot
  }

  /** A slot from `first` on that is free, or whose ends give way. */
  #room(first: number): number {
    const met = this.#met
    let oldest = first
    for (let slot = first; slot < first + WAYS; slot++) {
      if (met[slot] === 0) return slot
      if ((met[slot] as number) < (met[oldest] as number)) oldest = slot
    }
    let next = oldest
    for (let kept = 0; next >= 0 && kept < WAYS / 2; kept++) {
      if (!this.#tenant.isKept(next)) return next
      next = this.#oldestBehind(first, met[next] as number)
    }
    return oldest
  }

  /** Of those met after `time` the one met longest ago, -1 if there is none. */
  #oldestBehind(first: number, time: number): number {
    const met = this.#met
    let oldest = -1
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = met[slot] as number
      if (at > time && (oldest < 0 || at < (met[oldest] as number))) oldest = slot
    }
    return oldest
  }
}
