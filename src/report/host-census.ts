import type { EndpointGist, FinishedConnection, FinishedEndpoint } from '../tracker/connection-summary.ts'
import { STATE_NAMES, stateName } from '../tracker/tcp-state.ts'
import { addressText } from './endpoint-text.ts'
import type { HostFacts } from './report.ts'

/** Counts per host what its own `ss` would list, over all connections; exact whatever order they come in. */
export class HostCensus {
  /** By the words of the address in one; hosts that agree in it are chained. */
  readonly #hosts = new Map<number, HostTally>()

  add(connection: FinishedConnection): void {
    const { client, server, closedFirst } = connection
    const clientHost = this.#tally(client)
    // A self-connect is one socket (RFC 9293 figure 8 with itself as the peer), not two.
    const serverHost = isSameSocket(client, server) ? clientHost : this.#tally(server)
    if (closedFirst === null) return
    if (closedFirst === 'server') clientHost.passiveCloses++
    else clientHost.activeCloses++
    if (serverHost === clientHost && isSameSocket(client, server)) return
    if (closedFirst === 'client') serverHost.passiveCloses++
    else serverHost.activeCloses++
  }

  hosts(): HostFacts[] {
    const facts: HostFacts[] = []
    for (const first of this.#hosts.values()) {
      for (let host: HostTally | undefined = first; host !== undefined; host = host.next) {
        facts.push(host.facts())
      }
    }
    return facts.sort((a, b) => (a.address < b.address ? -1 : 1))
  }

  #tally(endpoint: FinishedEndpoint): HostTally {
    const { ipVersion, address } = endpoint
    const key = ipVersion === 4 ? address[0] : address[1] ^ address[2] ^ address[3]
    const first = this.#hosts.get(key)
    let host = first
    while (host !== undefined && !host.isOf(endpoint)) host = host.next
    if (host === undefined) {
      host = new HostTally(ipVersion, address, first)
      this.#hosts.set(key, host)
    }
    host.count(endpoint)
    return host
  }
}

class HostTally {
  readonly #ipVersion: number
  readonly #address: EndpointGist['address']
  /** Another host with the same key. */
  readonly next: HostTally | undefined
  activeCloses = 0
  passiveCloses = 0
  /** Plain arrays: there may be a host for every few connections, and a typed array costs some 200 bytes to begin with. */
  readonly #states: number[] = STATE_NAMES.map(() => 0)
  /** When TIME_WAITs began and ended, apart: the sweep over both needs no pairs, and 16 bytes each is all they cost. */
  readonly #timeWaitStarts: number[] = []
  readonly #timeWaitEnds: number[] = []

  constructor(ipVersion: number, address: EndpointGist['address'], next: HostTally | undefined) {
    this.#ipVersion = ipVersion
    this.#address = [address[0], address[1], address[2], address[3]]
    this.next = next
  }

  isOf({ ipVersion, address }: EndpointGist): boolean {
    const own = this.#address
    if (ipVersion !== this.#ipVersion || address[0] !== own[0]) return false
    return address[1] === own[1] && address[2] === own[2] && address[3] === own[3]
  }

  count({ state, timeWaits }: FinishedEndpoint): void {
    this.#states[state] = (this.#states[state] ?? 0) + 1
    for (let at = 0; at < timeWaits.length; at += 2) {
      const end = timeWaits[at + 1] as number
      this.#timeWaitStarts.push(timeWaits[at] as number)
      if (end !== Number.POSITIVE_INFINITY) this.#timeWaitEnds.push(end)
    }
  }

  facts(): HostFacts {
    return {
      address: addressText({ ipVersion: this.#ipVersion, address: this.#address }),
      states: stateCounts(this.#states),
      peakTimeWait: peakOverlap(this.#timeWaitStarts, this.#timeWaitEnds),
      activeCloses: this.activeCloses,
      passiveCloses: this.passiveCloses,
    }
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
    a.address.every((word, index) => word === b.address[index])
  )
}
