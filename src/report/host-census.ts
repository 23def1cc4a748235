import type { ConnectionGist, EndpointGist, Transition } from '../tracker/connection-summary.ts'
import { STATE_NAMES, stateName, TIME_WAIT } from '../tracker/tcp-state.ts'
import { addressText } from './endpoint-text.ts'
import type { HostFacts } from './report.ts'

/** Counts per host what its own `ss` would list, over all connections; exact whatever order they come in. */
export class HostCensus {
  readonly #hosts = new Map<number | string, HostTally>()

  add(connection: ConnectionGist): void {
    const { client, server, closedFirst } = connection
    const clientHost = this.#count(client)
    // A self-connect is one socket (RFC 9293 figure 8 with itself as the peer), not two.
    const serverHost = isSameSocket(client, server) ? clientHost : this.#count(server)
    if (closedFirst === null) return
    if (closedFirst === 'server') clientHost.passiveCloses++
    else clientHost.activeCloses++
    if (serverHost === clientHost && isSameSocket(client, server)) return
    if (closedFirst === 'client') serverHost.passiveCloses++
    else serverHost.activeCloses++
  }

  hosts(): HostFacts[] {
    const facts = Array.from(this.#hosts.values(), (tally) => tally.facts())
    return facts.sort((a, b) => (a.address < b.address ? -1 : 1))
  }

  #count(endpoint: EndpointGist): HostTally {
    const key = endpoint.ipVersion === 4 ? endpoint.address[0] : addressText(endpoint)
    let host = this.#hosts.get(key)
    if (host === undefined) {
      host = new HostTally(addressText(endpoint))
      this.#hosts.set(key, host)
    }
    host.count(endpoint)
    return host
  }
}

class HostTally {
  readonly #address: string
  activeCloses = 0
  passiveCloses = 0
  /** Plain arrays: there may be a host for every few connections, and a typed array costs some 200 bytes to begin with. */
  readonly #states: number[] = STATE_NAMES.map(() => 0)
  /** When TIME_WAITs began and ended, apart: the sweep over both needs no pairs, and 16 bytes each is all they cost. */
  readonly #timeWaitStarts: number[] = []
  readonly #timeWaitEnds: number[] = []

  constructor(address: string) {
    this.#address = address
  }

  count(endpoint: EndpointGist): void {
    const { state } = endpoint
    this.#states[state] = (this.#states[state] ?? 0) + 1
    const { transitions } = endpoint
    for (let index = 0; index < transitions.length; index++) {
      const transition = transitions[index] as Transition
      if (transition.state !== TIME_WAIT) continue
      this.#timeWaitStarts.push(transition.time)
      const next = transitions[index + 1]
      if (next === undefined) continue
      this.#timeWaitEnds.push(next.time)
    }
  }

  facts(): HostFacts {
    return {
      address: this.#address,
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
