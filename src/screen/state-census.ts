import { addressText } from '../report/endpoint-text.ts'
import type { ConnectionGist, EndpointGist } from '../tracker/connection-summary.ts'
import { CLOSED, LISTEN, STATE_NAMES, stateName, type TcpState, UNKNOWN } from '../tracker/tcp-state.ts'
import type { HostStates, LiveCensus } from './live-snapshot.ts'

/** Hosts told apart. Of those that come later only sockets are counted: a flood has as many hosts as packets. */
export const MOST_HOSTS = 4096
/** Hosts listed. */
const MOST_LISTED = 64

/** Counts sockets by host and state over one walk past all connections. */
export class StateCensus {
  readonly #hosts = new Map<number | string, Int32Array>()
  readonly #addresses: EndpointGist[] = []
  /** Sockets of hosts that found no room. */
  #otherSockets = 0

  add({ client, server }: Pick<ConnectionGist, 'client' | 'server'>): void {
    this.#count(client)
    // A socket connected to itself is one.
    if (client.port !== server.port || hostKey(client) !== hostKey(server)) this.#count(server)
  }

  result(age: number): LiveCensus {
    const hosts = [...this.#hosts.values()].map((counts, host) => this.#states(counts, host))
    const busy = hosts.filter(({ sockets }) => sockets > 0).sort(byBusiness)
    const rest = busy.slice(MOST_LISTED)
    return {
      hosts: busy.slice(0, MOST_LISTED),
      otherHosts: rest.length,
      otherSockets: rest.reduce((sum, { sockets }) => sum + sockets, this.#otherSockets),
      hasUncounted: this.#otherSockets > 0,
      age,
    }
  }

  #count(endpoint: EndpointGist): void {
    const { state } = endpoint
    if (!isSocket(state)) return
    const key = hostKey(endpoint)
    let counts = this.#hosts.get(key)
    if (counts === undefined) {
      if (this.#hosts.size >= MOST_HOSTS) {
        this.#otherSockets++
        return
      }
      counts = new Int32Array(STATE_NAMES.length)
      this.#hosts.set(key, counts)
      this.#addresses.push({ ...endpoint, address: [...endpoint.address] })
    }
    counts[state] = (counts[state] as number) + 1
  }

  #states(counts: Int32Array, host: number): HostStates {
    const states: Partial<Record<string, number>> = {}
    let sockets = 0
    for (const [state, count] of counts.entries()) {
      if (count > 0) states[stateName(state)] = count
      sockets += count
    }
    return { address: addressText(this.#addresses[host] as EndpointGist), sockets, states }
  }
}

/** What `ss -ta` would list but for listeners, of which packets show nothing. */
function isSocket(state: TcpState): boolean {
  return state !== UNKNOWN && state !== LISTEN && state !== CLOSED
}

function hostKey({ ipVersion, address }: EndpointGist): number | string {
  return ipVersion === 4 ? address[0] : address.join(' ')
}

function byBusiness(a: HostStates, b: HostStates): number {
  return b.sockets - a.sockets || (a.address < b.address ? -1 : 1)
}
