import type { Connection } from './connection.ts'
import type {
  ConnectionSummary,
  EndpointGist,
  FinishedConnection,
  Outcome,
  Transition,
} from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'
import { closedFirstOf, outcomeOf, resendsOf, summarize } from './summarize.ts'
import type { TcpState } from './tcp-state.ts'
import { NO_PACKET } from './transition-log.ts'

/** A transition that is written over. */
type Step = { -readonly [Key in keyof Transition]: Transition[Key] }

/** One end of a departing connection, read where it lies. */
class DepartingEndpoint implements EndpointGist {
  ipVersion = 4
  readonly address: [number, number, number, number] = [0, 0, 0, 0]
  port = 0
  state: TcpState = 0
  retransmissions = 0
  zeroWindows = 0
  challengeAcks = 0
  readonly #machine: Machine
  /** Lists by length, used again: no other part of the gist would have to be allocated. */
  readonly #lists: Step[][] = []
  #endpoint: Endpoint | undefined

  constructor(machine: Machine) {
    this.#machine = machine
  }

  get transitions(): readonly Transition[] {
    const { log } = this.#machine
    const tail = this.#endpoint === undefined ? 0 : this.#endpoint.logTail
    let length = 0
    for (let entry = tail; entry !== 0; entry = log.previous(entry)) length++
    const list = this.#listOf(length)
    let at = length - 1
    for (let entry = tail; entry !== 0; entry = log.previous(entry)) {
      const step = list[at--] as Step
      const packet = log.packet(entry)
      step.state = log.state(entry)
      step.basis = log.basis(entry)
      step.time = log.time(entry)
      step.packet = packet === NO_PACKET ? null : packet
    }
    return list
  }

  #listOf(length: number): Step[] {
    for (let have = this.#lists.length; have <= length; have++) {
      this.#lists.push(Array.from({ length: have }, () => ({ state: 0, basis: 0, time: 0.5, packet: null })))
    }
    return this.#lists[length] as Step[]
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
    this.ipVersion = words[key + 9] as number
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

  /** Shows the connection that the cursors stand on. */
  show(client: Endpoint, server: Endpoint): this {
    const connection = this.#connection
    this.id = connection.id
    this.packets = connection.packets
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
}
