import type { HostEnd } from '../tracker/host-totals.ts'

interface Entry<Value> {
  readonly words: Int32Array
  readonly value: Value
  /** Another of the same hash. */
  next: Entry<Value> | undefined
}

interface Generation<Value> {
  readonly entries: Map<number, Entry<Value>>
  size: number
}

/** Words of a key: two addresses with their IP version and port. */
const KEY_WORDS = 12
const NO_END: HostEnd = { ipVersion: 0, address: [0, 0, 0, 0], port: 0 }

/**
 * Values by an end, or by two, of those met lately: bounded however many ends an attacker makes up. Two generations of at most
 * half the bound each; what is met again moves to the young one, and when that is full the old one is forgotten but for what
 * `keeps` says is to stay.
 */
export class EndTable<Value> {
  readonly #most: number
  readonly #make: (end: HostEnd, other: HostEnd) => Value
  readonly #keeps: (value: Value) => boolean
  readonly #key = new Int32Array(KEY_WORDS)
  #young: Generation<Value> = { entries: new Map(), size: 0 }
  #old: Generation<Value> = { entries: new Map(), size: 0 }

  constructor(
    most: number,
    make: (end: HostEnd, other: HostEnd) => Value,
    keeps: (value: Value) => boolean = () => false,
  ) {
    this.#most = most
    this.#make = make
    this.#keeps = keeps
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** The value of these ends, made if there is none; ports as given, 0 where they do not matter. */
  of(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): Value {
    const hash = this.#setKey(end, port, other, otherPort)
    const known = this.#find(hash)
    if (known !== undefined) return known
    const value = this.#make(copyOf(end, port), copyOf(other, otherPort))
    this.#add(hash, { words: this.#key.slice(), value, next: undefined })
    return value
  }

  /** The same if there is one. */
  known(end: HostEnd, port: number, other: HostEnd = NO_END, otherPort = 0): Value | undefined {
    return this.#find(this.#setKey(end, port, other, otherPort))
  }

  /** All that are remembered, in an order that the events alone decide. */
  values(): Value[] {
    return [...valuesOf(this.#old), ...valuesOf(this.#young)]
  }

  #setKey(end: HostEnd, port: number, other: HostEnd, otherPort: number): number {
    const key = this.#key
    for (let i = 0; i < 4; i++) {
      key[i] = end.address[i] as number
      key[i + 4] = other.address[i] as number
    }
    key[8] = end.ipVersion
    key[9] = other.ipVersion
    key[10] = port
    key[11] = otherPort
    let hash = 0
    for (const word of key) hash = Math.imul((hash ^ word) + (hash >>> 15), 0x2c1b3c6d)
    return hash ^ (hash >>> 13)
  }

  #find(hash: number): Value | undefined {
    const young = this.#match(this.#young.entries.get(hash))
    if (young !== undefined) return young.value
    const first = this.#old.entries.get(hash)
    const old = this.#match(first)
    if (old === undefined) return undefined
    if (first === old) {
      if (old.next === undefined) this.#old.entries.delete(hash)
      else this.#old.entries.set(hash, old.next)
    } else {
      let before = first as Entry<Value>
      while (before.next !== old) before = before.next as Entry<Value>
      before.next = old.next
    }
    this.#old.size--
    this.#add(hash, old)
    return old.value
  }

  #match(first: Entry<Value> | undefined): Entry<Value> | undefined {
    let entry = first
    while (entry !== undefined && !isEqual(entry.words, this.#key)) entry = entry.next
    return entry
  }

  #add(hash: number, entry: Entry<Value>): void {
    if (this.#young.size >= this.#most / 2) this.#turn()
    this.#put(hash, entry)
  }

  #put(hash: number, entry: Entry<Value>): void {
    entry.next = this.#young.entries.get(hash)
    this.#young.entries.set(hash, entry)
    this.#young.size++
  }

  #turn(): void {
    const forgotten = this.#old
    this.#old = this.#young
    this.#young = { entries: new Map(), size: 0 }
    for (const [hash, first] of forgotten.entries) {
      for (let entry: Entry<Value> | undefined = first; entry !== undefined; ) {
        const { next }: Entry<Value> = entry
        if (this.#keeps(entry.value)) this.#put(hash, entry)
        entry = next
      }
    }
  }
}

function* valuesOf<Value>({ entries }: Generation<Value>): Generator<Value, void, void> {
  for (const first of entries.values()) {
    for (let entry: Entry<Value> | undefined = first; entry !== undefined; entry = entry.next)
      yield entry.value
  }
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < KEY_WORDS; i++) if (a[i] !== b[i]) return false
  return true
}

/** An end to keep. */
function copyOf({ ipVersion, address }: HostEnd, port: number): HostEnd {
  return { ipVersion, address: [...address], port }
}
