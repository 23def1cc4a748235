import type { EndpointGist, FinishedConnection, FinishedEndpoint } from '../tracker/connection-summary.ts'
import { STATE_NAMES, stateName } from '../tracker/tcp-state.ts'
import { addressText } from './endpoint-text.ts'
import { OPEN_STATES } from './open-states.ts'
import type { BusiestHosts, HostFacts, OtherHosts } from './report.ts'
import { MOST_SPANS, TimeWaitSpans } from './time-wait-spans.ts'

/** A host: IP version and address, closes, its newest TIME_WAIT (its number + 1), endpoints by state. */
const VERSION = 0
const ADDRESS = 1
const ACTIVE_CLOSES = 5
const PASSIVE_CLOSES = 6
const TIME_WAITS = 7
/** Most TIME_WAITs at a time among those that were folded away. */
const FOLDED_PEAK = 8
const STATES = 9
const HOST_WORDS = STATES + STATE_NAMES.length
const FIRST_HOSTS = 64
/** Most hosts that a table shows. */
export const HOST_LIMIT = 8
/** Hosts that are told apart; anybody can make up addresses. */
const MOST_HOSTS = 1 << 17

/**
 * Counts per host what its own `ss` would list, over all connections; exact whatever order they come in. All numbers of a
 * host lie together in one array: there may be a host for every few connections, and each is looked at but now and then.
 * When there are too many, the half with the fewest endpoints is only summed up.
 */
export class HostCensus {
  readonly #most: number
  #words = new Int32Array(HOST_WORDS * FIRST_HOSTS)
  /** Open addressing: host + 1, 0 for none. Twice as many slots as there is room for hosts. */
  #slots = new Int32Array(2 * FIRST_HOSTS)
  #size = 0
  readonly #timeWaits: TimeWaitSpans
  #forgotten = 0
  /** The sums of the forgotten, as the numbers of a host. */
  readonly #others = new Int32Array(HOST_WORDS)

  /** @param most hosts told apart at once; a power of two. @param mostSpans TIME_WAITs kept before the old ones are folded. */
  constructor(most = MOST_HOSTS, mostSpans = MOST_SPANS) {
    this.#most = most
    this.#timeWaits = new TimeWaitSpans(mostSpans)
  }

  add(connection: FinishedConnection): void {
    const { client, server, closedFirst } = connection
    if (this.#size + 2 > this.#most) this.#forget()
    const clientHost = this.#count(client)
    // A self-connect is one socket (RFC 9293 figure 8 with itself as the peer), not two.
    const isOneSocket = isSameSocket(client, server)
    const serverHost = isOneSocket ? clientHost : this.#count(server)
    if (closedFirst !== null) {
      this.#add(clientHost, closedFirst === 'server' ? PASSIVE_CLOSES : ACTIVE_CLOSES)
      if (!isOneSocket) this.#add(serverHost, closedFirst === 'client' ? PASSIVE_CLOSES : ACTIVE_CLOSES)
    }
    if (this.#timeWaits.isFull) this.#fold()
  }

  hosts(): HostFacts[] {
    return Array.from({ length: this.#size }, (_, host) => this.#facts(host)).sort((a, b) =>
      a.address < b.address ? -1 : 1,
    )
  }

  /** Of each host only the sockets are counted; a text is made of the address of those alone that are in question. */
  busiest(limit: number): BusiestHosts {
    const shown: HostFacts[] = []
    const counts: number[] = []
    let others = 0
    let otherSockets = 0
    for (let host = 0; host < this.#size; host++) {
      const sockets = this.#openSockets(host)
      if (sockets === 0) continue
      others++
      otherSockets += sockets
      if (shown.length === limit && sockets < (counts[limit - 1] as number)) continue
      const facts = this.#facts(host)
      let at = shown.length
      while (at > 0 && isBusier(sockets, facts, counts[at - 1] as number, shown[at - 1] as HostFacts)) at--
      shown.splice(at, 0, facts)
      counts.splice(at, 0, sockets)
      shown.length = Math.min(limit, shown.length)
      counts.length = shown.length
    }
    for (let at = 0; at < shown.length; at++) otherSockets -= counts[at] as number
    return { shown, others: others - shown.length, otherSockets }
  }

  /** Undefined where every host is told apart. */
  others(): OtherHosts | undefined {
    if (this.#forgotten === 0) return undefined
    const own = this.#others
    return {
      hosts: this.#forgotten,
      states: stateCounts(own.subarray(STATES)),
      activeCloses: own[ACTIVE_CLOSES] ?? 0,
      passiveCloses: own[PASSIVE_CLOSES] ?? 0,
    }
  }

  #count(endpoint: FinishedEndpoint): number {
    const host = this.#find(endpoint)
    this.#add(host, STATES + endpoint.state)
    const { timeWaits } = endpoint
    if (timeWaits.length === 0) return host
    const newest = host * HOST_WORDS + TIME_WAITS
    const words = this.#words
    for (let at = 0; at < timeWaits.length; at += 2) {
      const before = words[newest] as number
      words[newest] = this.#timeWaits.add(timeWaits[at] as number, timeWaits[at + 1] as number, before)
    }
    return host
  }

  #add(host: number, word: number): void {
    const at = host * HOST_WORDS + word
    this.#words[at] = (this.#words[at] as number) + 1
  }

  #find({ ipVersion, address }: FinishedEndpoint): number {
    const slots = this.#slots
    const mask = slots.length - 1
    const words = this.#words
    let slot = hashOf(address[0], address[1], address[2], address[3]) & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = ((slots[slot] as number) - 1) * HOST_WORDS
      if (
        words[at + ADDRESS] === address[0] &&
        words[at + ADDRESS + 1] === address[1] &&
        words[at + ADDRESS + 2] === address[2] &&
        words[at + ADDRESS + 3] === address[3] &&
        words[at + VERSION] === ipVersion
      ) {
        return (slots[slot] as number) - 1
      }
    }
    const host = this.#size++
    slots[slot] = host + 1
    words[host * HOST_WORDS + VERSION] = ipVersion
    for (let i = 0; i < 4; i++) words[host * HOST_WORDS + ADDRESS + i] = address[i] as number
    if (this.#size * HOST_WORDS === words.length) this.#grow()
    return host
  }

  #grow(): void {
    const words = new Int32Array(2 * this.#words.length)
    words.set(this.#words)
    this.#words = words
    this.#slots = new Int32Array(2 * this.#slots.length)
    this.#index()
  }

  #index(): void {
    const words = this.#words
    const slots = this.#slots
    const mask = slots.length - 1
    for (let host = 0; host < this.#size; host++) {
      const at = host * HOST_WORDS + ADDRESS
      const [a, b] = [words[at] as number, words[at + 1] as number]
      let slot = hashOf(a, b, words[at + 2] as number, words[at + 3] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = host + 1
    }
  }

  /** Half of the hosts, those with the fewest endpoints, become part of the others; of equals the later ones. */
  #forget(): void {
    const words = this.#words
    const endpoints = (host: number): number => {
      let sum = 0
      for (let at = STATES; at < HOST_WORDS; at++) sum += words[host * HOST_WORDS + at] as number
      return sum
    }
    const order = Array.from({ length: this.#size }, (_, host) => host)
    const kept = order
      .map((host) => [host, endpoints(host)] as const)
      .sort(([a, inA], [b, inB]) => inB - inA || a - b)
      .slice(0, this.#most / 2)
      .map(([host]) => host)
      .sort((a, b) => a - b)
    const stays = new Set(kept)
    for (const host of order) {
      if (stays.has(host)) continue
      this.#forgotten++
      for (let at = ACTIVE_CLOSES; at < HOST_WORDS; at++) {
        if (at !== TIME_WAITS && at !== FOLDED_PEAK) {
          this.#others[at] = (this.#others[at] as number) + (words[host * HOST_WORDS + at] as number)
        }
      }
    }
    for (const [to, host] of kept.entries()) {
      words.copyWithin(to * HOST_WORDS, host * HOST_WORDS, (host + 1) * HOST_WORDS)
    }
    words.fill(0, kept.length * HOST_WORDS, this.#size * HOST_WORDS)
    this.#size = kept.length
    this.#slots.fill(0)
    this.#index()
    this.#fold()
  }

  /** Stays in TIME_WAIT that lie back too far for any to come to meet them become one number a host. */
  #fold(): void {
    const words = this.#words
    const newest: number[] = []
    for (let host = 0; host < this.#size; host++) newest.push(words[host * HOST_WORDS + TIME_WAITS] as number)
    const { peaks, heads } = this.#timeWaits.fold(newest)
    for (let host = 0; host < this.#size; host++) {
      const at = host * HOST_WORDS
      words[at + FOLDED_PEAK] = Math.max(words[at + FOLDED_PEAK] as number, peaks[host] as number)
      words[at + TIME_WAITS] = heads[host] as number
    }
  }

  #openSockets(host: number): number {
    const states = host * HOST_WORDS + STATES
    let sockets = 0
    for (const state of OPEN_STATES) sockets += this.#words[states + state] as number
    return sockets
  }

  #facts(host: number): HostFacts {
    const own = this.#words.subarray(host * HOST_WORDS, (host + 1) * HOST_WORDS)
    const [a = 0, b = 0, c = 0, d = 0] = own.subarray(ADDRESS, ADDRESS + 4)
    return {
      address: addressText({ ipVersion: own[VERSION] ?? 4, address: [a, b, c, d] }),
      states: stateCounts(own.subarray(STATES)),
      peakTimeWait: Math.max(own[FOLDED_PEAK] ?? 0, this.#timeWaits.peak(own[TIME_WAITS] ?? 0)),
      activeCloses: own[ACTIVE_CLOSES] ?? 0,
      passiveCloses: own[PASSIVE_CLOSES] ?? 0,
    }
  }
}

function isBusier(sockets: number, host: HostFacts, otherSockets: number, other: HostFacts): boolean {
  return sockets > otherSockets || (sockets === otherSockets && host.address < other.address)
}

function hashOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ (b >>> 7), 0x2c1b3c6d) ^ Math.imul(c ^ (d << 9), 0x297a2d39)
  hash = Math.imul(hash ^ d ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

/** `{ESTABLISHED: 2}` from counts indexed by state; states with none are left out. */
export function stateCounts(
  counts: ArrayLike<number>,
): Partial<Record<(typeof STATE_NAMES)[number], number>> {
  const named: Partial<Record<(typeof STATE_NAMES)[number], number>> = {}
  for (let state = 0; state < counts.length; state++) {
    const count = counts[state] as number
    if (count > 0) named[stateName(state)] = count
  }
  return named
}

function isSameSocket(a: EndpointGist, b: EndpointGist): boolean {
  return (
    a.port === b.port &&
    a.ipVersion === b.ipVersion &&
    a.address[0] === b.address[0] &&
    a.address[1] === b.address[1] &&
    a.address[2] === b.address[2] &&
    a.address[3] === b.address[3]
  )
}
