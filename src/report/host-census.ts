import type { EndpointGist, FinishedConnection, FinishedEndpoint } from '../tracker/connection-summary.ts'
import { STATE_NAMES, stateName } from '../tracker/tcp-state.ts'
import { addressText } from './endpoint-text.ts'
import type { HostFacts } from './report.ts'

/** A host: IP version and address, closes, its newest TIME_WAIT (its number + 1), endpoints by state. */
const VERSION = 0
const ADDRESS = 1
const ACTIVE_CLOSES = 5
const PASSIVE_CLOSES = 6
const TIME_WAITS = 7
const STATES = 8
const HOST_WORDS = STATES + STATE_NAMES.length
const FIRST_HOSTS = 64

/**
 * Counts per host what its own `ss` would list, over all connections; exact whatever order they come in. All numbers of a
 * host lie together in one array: there may be a host for every few connections, and each is looked at but now and then.
 */
export class HostCensus {
  #words = new Int32Array(HOST_WORDS * FIRST_HOSTS)
  /** Open addressing: host + 1, 0 for none. Twice as many slots as there is room for hosts. */
  #slots = new Int32Array(2 * FIRST_HOSTS)
  #size = 0
  readonly #timeWaits = new TimeWaitSpans()

  add(connection: FinishedConnection): void {
    const { client, server, closedFirst } = connection
    const clientHost = this.#count(client)
    // A self-connect is one socket (RFC 9293 figure 8 with itself as the peer), not two.
    const isOneSocket = isSameSocket(client, server)
    const serverHost = isOneSocket ? clientHost : this.#count(server)
    if (closedFirst === null) return
    this.#add(clientHost, closedFirst === 'server' ? PASSIVE_CLOSES : ACTIVE_CLOSES)
    if (!isOneSocket) this.#add(serverHost, closedFirst === 'client' ? PASSIVE_CLOSES : ACTIVE_CLOSES)
  }

  hosts(): HostFacts[] {
    return Array.from({ length: this.#size }, (_, host) => this.#facts(host)).sort((a, b) =>
      a.address < b.address ? -1 : 1,
    )
  }

  #count(endpoint: FinishedEndpoint): number {
    const host = this.#find(endpoint)
    this.#add(host, STATES + endpoint.state)
    const { timeWaits } = endpoint
    if (timeWaits.length === 0) return host
    const newest = host * HOST_WORDS + TIME_WAITS
    for (let at = 0; at < timeWaits.length; at += 2) {
      const [start, end] = [timeWaits[at] as number, timeWaits[at + 1] as number]
      this.#words[newest] = this.#timeWaits.add(start, end, this.#words[newest] as number)
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
    const slots = new Int32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let host = 0; host < this.#size; host++) {
      const at = host * HOST_WORDS + ADDRESS
      const [a, b, c, d] = words.subarray(at, at + 4) as unknown as [number, number, number, number]
      let slot = hashOf(a, b, c, d) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = host + 1
    }
    this.#slots = slots
  }

  #facts(host: number): HostFacts {
    const own = this.#words.subarray(host * HOST_WORDS, (host + 1) * HOST_WORDS)
    const [a = 0, b = 0, c = 0, d = 0] = own.subarray(ADDRESS, ADDRESS + 4)
    return {
      address: addressText({ ipVersion: own[VERSION] ?? 4, address: [a, b, c, d] }),
      states: stateCounts(own.subarray(STATES)),
      peakTimeWait: this.#timeWaits.peak(own[TIME_WAITS] ?? 0),
      activeCloses: own[ACTIVE_CLOSES] ?? 0,
      passiveCloses: own[PASSIVE_CLOSES] ?? 0,
    }
  }
}

function hashOf(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a ^ (b >>> 7), 0x2c1b3c6d) ^ Math.imul(c ^ (d << 9), 0x297a2d39)
  hash = Math.imul(hash ^ d ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

/** Stays in TIME_WAIT, each with the number of the one of its host before it: from 1, 0 for none. */
class TimeWaitSpans {
  #times = new Float64Array(2 * FIRST_HOSTS)
  #before = new Int32Array(FIRST_HOSTS)
  #size = 0

  /** Without an end, `end` is infinite. */
  add(start: number, end: number, before: number): number {
    if (this.#size === this.#before.length) this.#grow()
    const at = this.#size++
    this.#times[2 * at] = start
    this.#times[2 * at + 1] = end
    this.#before[at] = before
    return this.#size
  }

  /** How many of a host there were at one time. */
  peak(newest: number): number {
    const starts: number[] = []
    const ends: number[] = []
    for (let span = newest; span !== 0; span = this.#before[span - 1] as number) {
      starts.push(this.#times[2 * span - 2] as number)
      const end = this.#times[2 * span - 1] as number
      if (end !== Number.POSITIVE_INFINITY) ends.push(end)
    }
    return peakOverlap(starts, ends)
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length)
    times.set(this.#times)
    this.#times = times
    const before = new Int32Array(2 * this.#before.length)
    before.set(this.#before)
    this.#before = before
  }
}

/** Most half-open intervals [start, end) that hold one moment; an interval without an end lasts. */
function peakOverlap(startList: readonly number[], endList: readonly number[]): number {
  if (endList.length === 0) return startList.length
  const starts = Float64Array.from(startList).sort()
  const ends = Float64Array.from(endList).sort()
  let ended = 0
  let peak = 0
  for (const [begun, start] of starts.entries()) {
    while (ended < ends.length && (ends[ended] ?? 0) <= start) ended++
    peak = Math.max(peak, begun + 1 - ended)
  }
  return peak
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
