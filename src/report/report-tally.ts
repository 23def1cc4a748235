import type { EndpointGist, FinishedConnection } from '../tracker/connection-summary.ts'
import { STATE_NAMES } from '../tracker/tcp-state.ts'
import { HostCensus, stateCounts } from './host-census.ts'
import type { BusiestHosts, ConnectionTotals, HostFacts, OtherHosts } from './report.ts'

/** Counts over all connections, in whatever order they finish. */
export class ReportTally {
  readonly #census = new HostCensus()
  readonly #states = new Uint32Array(STATE_NAMES.length)
  readonly #outcomes = new Map<string, number>()
  #connections = 0

  add(connection: FinishedConnection): void {
    this.#connections++
    this.#count(connection.client)
    this.#count(connection.server)
    this.#outcomes.set(connection.outcome, (this.#outcomes.get(connection.outcome) ?? 0) + 1)
    this.#census.add(connection)
  }

  hosts(): HostFacts[] {
    return this.#census.hosts()
  }

  /** `limit` of them at most. */
  busiestHosts(limit: number): BusiestHosts {
    return this.#census.busiest(limit)
  }

  otherHosts(): OtherHosts | undefined {
    return this.#census.others()
  }

  totals(): ConnectionTotals {
    return {
      connections: this.#connections,
      states: stateCounts(this.#states),
      outcomes: Object.fromEntries([...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  #count(endpoint: EndpointGist): void {
    this.#states[endpoint.state] = (this.#states[endpoint.state] ?? 0) + 1
  }
}
