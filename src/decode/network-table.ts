import type { Segment } from './segment.ts'

/** What sets a network apart from the one around it: a VLAN, or the kind of the tunnel. */
const VLAN = 0
export const TUNNEL_IPIP = 1
export const TUNNEL_4IN6 = 2
export const TUNNEL_6IN4 = 3
export const TUNNEL_6IN6 = 4
export const TUNNEL_GRE = 5
export const TUNNEL_VXLAN = 6
export const TUNNEL_GENEVE = 7
/** With a key, which is its number. */
export const TUNNEL_GRE_KEYED = 8

export const TUNNEL_NAMES = ['vlan', 'ipip', '4in6', '6in4', '6in6', 'gre', 'vxlan', 'geneve', 'gre'] as const

export interface Tunnel {
  readonly kind: (typeof TUNNEL_NAMES)[number]
  /** VXLAN and Geneve network identifier, GRE key, unsigned; null where there is none. */
  readonly id: number | null
  readonly ipVersion: number
  /** Address words of the tunnel's two ends, the lower first. */
  readonly outer: readonly [Words, Words]
}

type Words = readonly [number, number, number, number]

/** Where a segment was found: the tunnels around it from the innermost out, and its VLANs (outermost, innermost). */
export interface Surroundings {
  readonly tunnels: readonly Tunnel[]
  readonly vlans: readonly number[]
}

/** The addresses of the capture itself: no tunnel, and VLANs are not told apart. */
export const NETWORK_OF_CAPTURE = 0

const PARENT = 0
const KIND_AND_VERSION = 1
const ID = 2
const LOW = 3
const HIGH = 7
const ENTRY_WORDS = 11

/** Networks that are kept by name, and the greatest number that fits beside the IP version in a flow key. */
const MOST_NETWORKS = 1 << 16
const GREATEST_NETWORK = 0xffffff
const FIRST_SLOTS = 1 << 6

/**
 * Numbers for networks in which equal addresses mean other hosts: tunnels by kind, number and their two ends, VLANs
 * where they are to be told apart, each inside another. The table is bounded: what comes after `MOST_NETWORKS` gets a
 * number by its hash and is nameless.
 */
export class NetworkTable {
  /** The network being looked up, in the layout of an entry. */
  readonly #wanted = new Int32Array(ENTRY_WORDS)
  #entries = new Int32Array(ENTRY_WORDS * FIRST_SLOTS)
  /** Entry numbers by hash, open addressing; 0 is free. */
  #slots = new Int32Array(2 * FIRST_SLOTS)
  /** Entries, the capture's own included. */
  #count = 1

  /** Describes the tunnel that the decoded outer packet carries, for `enter`; `id` is 0 where there is none. */
  describeTunnel(segment: Segment, kind: number, id: number): void {
    const wanted = this.#wanted
    const low = isSourceLower(segment) ? LOW : HIGH
    const high = LOW + HIGH - low
    wanted[PARENT] = segment.network
    wanted[KIND_AND_VERSION] = kind | (segment.ipVersion << 8)
    wanted[ID] = id
    wanted[low] = segment.source0
    wanted[low + 1] = segment.source1
    wanted[low + 2] = segment.source2
    wanted[low + 3] = segment.source3
    wanted[high] = segment.destination0
    wanted[high + 1] = segment.destination1
    wanted[high + 2] = segment.destination2
    wanted[high + 3] = segment.destination3
  }

  /** The network of the segment's VLAN tags, inside the one it is in. */
  vlan(segment: Segment): number {
    const wanted = this.#wanted.fill(0)
    wanted[PARENT] = segment.network
    wanted[KIND_AND_VERSION] = VLAN
    wanted[ID] = segment.vlanCount
    wanted[LOW] = segment.outerVlan
    wanted[HIGH] = segment.innerVlan
    return this.enter()
  }

  /** The number of the network described last. */
  enter(): number {
    const wanted = this.#wanted
    const hash = hashOf(wanted)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#holds(this.#slots[slot] as number)) return this.#slots[slot] as number
    }
    if (this.#count === MOST_NETWORKS) {
      return MOST_NETWORKS + ((hash >>> 0) % (GREATEST_NETWORK + 1 - MOST_NETWORKS))
    }
    const network = this.#count++
    if (network * ENTRY_WORDS === this.#entries.length) this.#grow()
    this.#entries.set(wanted, network * ENTRY_WORDS)
    this.#place(network, hash)
    return network
  }

  /** What is known of a network by its number. */
  surroundings(network: number): Surroundings {
    const tunnels: Tunnel[] = []
    let vlans: number[] = []
    let at = network
    while (at !== NETWORK_OF_CAPTURE && at < this.#count) {
      const entry = this.#entries.subarray(at * ENTRY_WORDS, (at + 1) * ENTRY_WORDS)
      if (((entry[KIND_AND_VERSION] as number) & 0xff) !== VLAN) tunnels.push(tunnelOf(entry))
      else if (tunnels.length === 0) vlans = vlansOf(entry)
      at = entry[PARENT] as number
    }
    return { tunnels, vlans }
  }

  #holds(network: number): boolean {
    const at = network * ENTRY_WORDS
    for (let i = 0; i < ENTRY_WORDS; i++) if (this.#entries[at + i] !== this.#wanted[i]) return false
    return true
  }

  #grow(): void {
    const entries = new Int32Array(2 * this.#entries.length)
    entries.set(this.#entries)
    this.#entries = entries
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let network = 1; network < this.#count - 1; network++) {
      this.#place(network, hashOf(entries.subarray(network * ENTRY_WORDS, (network + 1) * ENTRY_WORDS)))
    }
  }

  #place(network: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = network
  }
}

function isSourceLower(segment: Segment): boolean {
  if (segment.source0 !== segment.destination0) return segment.source0 < segment.destination0
  if (segment.source1 !== segment.destination1) return segment.source1 < segment.destination1
  if (segment.source2 !== segment.destination2) return segment.source2 < segment.destination2
  return segment.source3 <= segment.destination3
}

function hashOf(entry: Int32Array): number {
  let hash = 0
  for (let i = 0; i < ENTRY_WORDS; i++) {
    hash = Math.imul(hash ^ (entry[i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}

function tunnelOf(entry: Int32Array): Tunnel {
  const kindAndVersion = entry[KIND_AND_VERSION] as number
  const kind = kindAndVersion & 0xff
  return {
    kind: TUNNEL_NAMES[kind] as Tunnel['kind'],
    id: kind <= TUNNEL_GRE ? null : (entry[ID] as number) >>> 0,
    ipVersion: kindAndVersion >> 8,
    outer: [wordsOf(entry, LOW), wordsOf(entry, HIGH)],
  }
}

function wordsOf(entry: Int32Array, at: number): Words {
  return [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]] as unknown as Words
}

function vlansOf(entry: Int32Array): number[] {
  const outer = entry[LOW] as number
  return entry[ID] === 1 ? [outer] : [outer, entry[HIGH] as number]
}
