import type { Connection } from './connection.ts'
import type {
  ConnectionSummary,
  FinishedConnection,
  FinishedEndpoint,
  Outcome,
} from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import { HAD_TIME_WAIT } from './endpoint-flags.ts'
import { ipVersionOf } from './flow-table.ts'
import type { EndTotalsRecord } from './host-totals.ts'
import type { Machine } from './machine.ts'
import { closedFirstOf, outcomeOf, resendsOf, summarize } from './summarize.ts'
import { type TcpState, TIME_WAIT } from './tcp-state.ts'

const NO_STAYS: readonly number[] = []

/** One end of a departing connection, read where it lies. */
class DepartingEndpoint implements FinishedEndpoint {
  ipVersion = 4
  readonly address: [number, number, number, number] = [0, 0, 0, 0]
  port = 0
  state: TcpState = 0
  retransmissions = 0
  zeroWindows = 0
  challengeAcks = 0
  readonly #machine: Machine
  readonly #stays: number[] = []
  #endpoint: Endpoint | undefined

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get timeWaits(): readonly number[] {
    const endpoint = this.#endpoint
    if (endpoint === undefined || (endpoint.flags & HAD_TIME_WAIT) === 0) return NO_STAYS
    const { log } = this.#machine
    const stays = this.#stays
    let count = 0
    let end = Number.POSITIVE_INFINITY
    for (let entry = endpoint.logTail; entry !== 0; entry = log.previous(entry)) {
      const start = log.time(entry)
      if (log.state(entry) === TIME_WAIT) {
        stays[count++] = start
        stays[count++] = end
        if (!log.hasTimeWaitBelow(entry)) break
      }
      end = start
    }
    // Nearly always as long as before: to empty a list is to throw its memory away.
    if (stays.length !== count) stays.length = count
    return stays
  }

  show(endpoint: Endpoint, words: Int32Array, key: number): void {
    const side = endpoint.index & 1
    const ports = words[key + 8] as number
    const at = key + 4 * side
    const { address } = this
    address[0] = words[at] as number
    address[1] = words[at + 1] as number
    address[2] = words[at + 2] as number
    address[3] = words[at + 3] as number
    this.ipVersion = ipVersionOf(words, key)
    this.port = side === 0 ? ports >>> 16 : ports & 0xffff
    this.state = endpoint.state
    const extra = this.#machine.extraOf(endpoint)
    this.retransmissions = extra === undefined ? 0 : resendsOf(extra)
    this.zeroWindows = extra === undefined ? 0 : extra.zeroWindows
    this.challengeAcks = extra === undefined ? 0 : extra.challengeAcks
    this.#endpoint = endpoint
  }
}

/**
 * What the tracker hands out when a connection leaves: one instance, filled anew each time. Most readers only count;
 * the summary, some sixty fields and a dozen objects, is made for those that ask.
 */
export class DepartingConnection implements FinishedConnection {
  id = 0
  packets = 0
  lastPacket = 0
  /** Filled for who walks past the connections held (held-connections.ts). */
  start = -0
  end = -0
  bytes = 0
  row = -1
  outcome: Outcome = 'unknown'
  closedFirst: ConnectionSummary['closedFirst'] = null
  readonly client: DepartingEndpoint
  readonly server: DepartingEndpoint
  readonly #machine: Machine
  readonly #connection: Connection
  #client: Endpoint | undefined
  #server: Endpoint | undefined

  constructor(machine: Machine, connection: Connection) {
    this.#machine = machine
    this.#connection = connection
    this.client = new DepartingEndpoint(machine)
    this.server = new DepartingEndpoint(machine)
  }

  /** Shows the connection that the cursors stand on, these two on its ends. */
  show(one: Endpoint, other: Endpoint): this {
    const connection = this.#connection
    const isOneClient = (one.index & 1) === connection.clientSide
    const client = isOneClient ? one : other
    const server = isOneClient ? other : one
    this.id = connection.id
    this.packets = connection.packets
    this.lastPacket = connection.lastPacket
    this.outcome = outcomeOf(connection, client, server)
    this.closedFirst = closedFirstOf(connection, client)
    this.client.show(client, connection.words, connection.base)
    this.server.show(server, connection.words, connection.base)
    this.#client = client
    this.#server = server
    return this
  }

  summary(): ConnectionSummary {
    if (this.#client === undefined || this.#server === undefined)
      throw new Error('no connection is departing')
    return summarize(this.#machine, this.#connection, this.#client, this.#server)
  }

  fillTotals(client: EndTotalsRecord, server: EndTotalsRecord): void {
    if (this.#client === undefined || this.#server === undefined)
      throw new Error('no connection is departing')
    client.fill(this.#machine, this.#connection, this.#client)
    server.fill(this.#machine, this.#connection, this.#server)
  }
}
