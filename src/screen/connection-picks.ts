import { connectionScore } from '../report/connection-score.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { HeldConnection, HeldConnections } from '../tracker/held-connections.ts'
import type { ConnectionSort } from './live-snapshot.ts'

/** Connections listed. */
export const MOST_PICKED = 200
/** Scores have ten bits: a double is exact for one above 43 bits of id. */
const SCORE = 2 ** 43
const VERSION_6 = 2 ** 33

interface Pick {
  readonly weight: number
  readonly id: number
  readonly row: number
}

/** The first connections in some order, kept while all of them pass by. */
export class ConnectionPicks {
  readonly #sort: ConnectionSort
  #picks: Pick[] = []
  /** What a connection has to weigh to be among them. */
  #least = Number.NEGATIVE_INFINITY

  constructor(sort: ConnectionSort) {
    this.#sort = sort
  }

  add(connection: HeldConnection): void {
    const weight = weightOf(connection, this.#sort)
    if (weight < this.#least) return
    this.#picks.push({ weight, id: connection.id, row: connection.row })
    if (this.#picks.length >= 2 * MOST_PICKED) this.#trim()
  }

  /** As they stand now; without those that have left since they passed by. */
  result(held: HeldConnections): ConnectionSummary[] {
    this.#trim()
    const byId = new Map<number, ConnectionSummary>()
    for (const { row, id } of this.#picks) {
      const summary = held.summaryAt(row, id)
      if (summary !== undefined) byId.set(id, summary)
    }
    return [...byId.values()]
  }

  #trim(): void {
    this.#picks = this.#picks.sort((a, b) => b.weight - a.weight || b.id - a.id).slice(0, MOST_PICKED)
    if (this.#picks.length === MOST_PICKED) this.#least = this.#picks.at(-1)?.weight ?? this.#least
  }
}

/** More comes first; of equals the newest. */
function weightOf(connection: HeldConnection, sort: ConnectionSort): number {
  switch (sort) {
    case 'trouble':
      return connectionScore(connection) * SCORE + connection.id
    case 'newest':
      return connection.id
    case 'bytes':
      return connection.bytes
    case 'packets':
      return connection.packets
    case 'silence':
      return -connection.end
    case 'host':
      return -addressWeight(connection)
  }
}

/** Addresses in their order, those of IPv6 behind those of IPv4 and as far as a double can tell them apart. */
function addressWeight({ client: { ipVersion, address } }: HeldConnection): number {
  const first = address[0] >>> 0
  return ipVersion === 4 ? first : VERSION_6 + first + (address[3] >>> 0) / 2 ** 32
}
