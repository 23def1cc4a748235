import { EndRecord, type HostEnd } from '../tracker/host-totals.ts'

/** Words of a key: two addresses with their IP version and port. */
const KEY_WORDS = 12
/** Behind it, as which it was taken of all that ever were (uint32: behind 2^32 their order is lost, and nothing else). */
const TAKEN = KEY_WORDS
/** Then what its tenant may keep there, all 0 when the slot is taken: one line of the cache in all. */
const TENANT = TAKEN + 1
const LINE_WORDS = 16
const LINE_BYTES = 4 * LINE_WORDS
/** What the allocator puts before a block as large as these, so that lines of a table are lines of the cache. */
const BLOCK_HEADER = 16
/** Slots that one hash can stand in, a set: what their hashes take is one line of the cache. */
const WAYS = 16
const MOST_MEETINGS = 0x7fffffff
const NO_END: HostEnd = new EndRecord()

/** Numbers that lie beside what is known of the slots: those of slot n begin at `first + n * stride`. */
export interface SlotNumbers {
  readonly numbers: Float64Array
  readonly first: number
  readonly stride: number
}

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
  readonly #most: number
  /** By slot: the hash of its ends; when it was last met, counted in meetings, or 0 if it is free. */
  readonly #hashes: Int32Array
  readonly #met: Int32Array
  #words = new Int32Array(0)
  /** Words from one slot to the next. */
  #stride = LINE_WORDS
  /** Of the ends looked for last. */
  #hash = 0
  #meetings = 0
  #takings = 0
  /** The list of slots, and behind how many takings it was made: many ask for it at the end. */
  #listed: readonly number[] = []
  #listedAt = 0
  #size = 0

  /** `most` is a power of two, 16 at least; behind `mostMeetings`, an odd number, they are counted anew. */
  constructor(most: number, tenant: SlotTenant, mostMeetings = MOST_MEETINGS) {
    this.#tenant = tenant
    this.#mostMeetings = mostMeetings
    this.#mask = most / WAYS - 1
    this.#most = most
    this.#hashes = new Int32Array(most)
    this.#met = new Int32Array(most)
  }

  get size(): number {
    return this.#size
  }

  /** By slot: its key, and the words of its tenant (`wordsAt`). */
  get words(): Int32Array {
    return this.#words
  }

  /**
   * Room behind the words of each slot for so many numbers, which the tenant is to clear; before the first slot is taken.
   */
  reserve(count: number): SlotNumbers {
    const stride = LINE_WORDS * Math.ceil(1 + count / (LINE_WORDS / 2))
    const buffer = new ArrayBuffer(LINE_BYTES + 4 * stride * this.#most)
    this.#stride = stride
    this.#words = new Int32Array(buffer, LINE_BYTES - BLOCK_HEADER)
    return {
      numbers: new Float64Array(buffer, LINE_BYTES - BLOCK_HEADER),
      first: LINE_WORDS / 2,
      stride: stride / 2,
    }
  }

  /** The slot of these ends, taken now if they have none; ports as given, 0 where they do not matter. */
  of(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): number {
    const slot = this.known(end, port, other, otherPort)
    return slot < 0 ? this.take(end, port, other, otherPort) : slot
  }

  /**
   * The same if they have one, else -1. Written out, as every event of every connection comes here, and long enough that V8
   * compiles it once and not into each of its callers.
   */
  known(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): number {
    const { address, ipVersion } = end
    const { address: otherAddress, ipVersion: otherVersion } = other
    const [a0, a1, a2, a3] = [address[0], address[1], address[2], address[3]]
    const [b0, b1, b2, b3] = [otherAddress[0], otherAddress[1], otherAddress[2], otherAddress[3]]
    let hash = mixed(mixed(mixed(mixed(0, a0), a1), a2), a3)
    hash = mixed(mixed(mixed(mixed(hash, b0), b1), b2), b3)
    hash = mixed(mixed(mixed(mixed(hash, ipVersion), otherVersion), port), otherPort)
    hash ^= hash >>> 13
    this.#hash = hash
    const hashes = this.#hashes
    const words = this.#words
    const first = (hash & this.#mask) * WAYS
    for (let slot = first; slot < first + WAYS; slot++) {
      if (hashes[slot] !== hash || this.#met[slot] === 0) continue
      const at = slot * this.#stride
      if (words[at] !== a0 || words[at + 1] !== a1 || words[at + 2] !== a2 || words[at + 3] !== a3) continue
      if (words[at + 4] !== b0 || words[at + 5] !== b1 || words[at + 6] !== b2 || words[at + 7] !== b3)
        continue
      if (words[at + 8] !== ipVersion || words[at + 9] !== otherVersion) continue
      if (words[at + 10] === port && words[at + 11] === otherPort) return this.#meet(slot)
    }
    return -1
  }

  /** All slots that are taken, in the order in which they were. */
  slots(): readonly number[] {
    if (this.#listedAt === this.#takings) return this.#listed
    const most = this.#most
    const keys = new Float64Array(this.#size)
    let count = 0
    for (let slot = 0; slot < most; slot++) {
      if (this.#met[slot] === 0) continue
      keys[count++] = ((this.#words[slot * this.#stride + TAKEN] as number) >>> 0) * most + slot
    }
    this.#listed = Array.from(keys.sort(), (key) => key % most)
    this.#listedAt = this.#takings
    return this.#listed
  }

  /** The first or the second of the ends at a slot; ports as they were given. */
  endAt(slot: number, number: 0 | 1): HostEnd {
    const words = this.#words
    const at = slot * this.#stride
    const from = at + 4 * number
    const word = (i: number): number => words[from + i] as number
    return {
      ipVersion: words[at + 8 + number] as number,
      address: [word(0), word(1), word(2), word(3)],
      port: words[at + 10 + number] as number,
    }
  }

  /** Where the three words of the tenant begin. */
  wordsAt(slot: number): number {
    return slot * this.#stride + TENANT
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

  /** A slot for the ends that were looked for last, and have none. */
  take(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): number {
    if (this.#words.length === 0) this.reserve(0)
    const slot = this.#room((this.#hash & this.#mask) * WAYS)
    if (this.#met[slot] === 0) this.#size++
    else this.#tenant.forget(slot)
    const words = this.#words
    const at = slot * this.#stride
    for (let i = 0; i < 4; i++) {
      words[at + i] = end.address[i] as number
      words[at + 4 + i] = other.address[i] as number
    }
    words[at + 8] = end.ipVersion
    words[at + 9] = other.ipVersion
    words[at + 10] = port
    words[at + 11] = otherPort
    words[at + TAKEN] = ++this.#takings
    for (let i = TENANT; i < LINE_WORDS; i++) words[at + i] = 0
    this.#hashes[slot] = this.#hash
    return this.#meet(slot)
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

function mixed(hash: number, word: number): number {
  const both = hash ^ word
  return Math.imul(both + (both >>> 15), 0x2c1b3c6d)
}
