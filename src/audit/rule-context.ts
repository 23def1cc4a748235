import type { Connection } from '../tracker/connection.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import type { HostProfile } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { Basis, TcpState } from '../tracker/tcp-state.ts'
import type { Witness } from './capture-counts.ts'
import type { ConnectionNumbers } from './connection-records.ts'
import type { Reusable } from './end-table.ts'
import type { Blame, Confidence, Evidence, Severity } from './finding.ts'
import type { HostPlaces, PlaceKind } from './host-places.ts'
import type { DataOf, Messages } from './message-data.ts'
import type { PlaceRows } from './place-rows.ts'
import type { WatchedReset } from './reset-watch.ts'
import type { ConnectionEvent, EventOf, WaitEvent } from './rule-handlers.ts'
import type { OptionSpecs, OptionsOf } from './rule-options.ts'

/** What a rule says of a connection. Everything but data and evidence has a sensible default. */
export interface ConnectionReport<Data> {
  readonly data: Data
  readonly evidence: readonly Evidence[]
  readonly blame?: Blame | undefined
  /** How sure the rule is of a perfect capture; faults of the capture lower it centrally. */
  readonly confidence?: Confidence | undefined
  readonly severity?: Severity | undefined
  /** The endpoint it is about, for the group and the host of the finding; the event's by default. */
  readonly endpoint?: Endpoint | undefined
}

/** Where a packet stands, for a note about one that has passed before. */
export interface Moment {
  readonly packet: number
  readonly time: number
  /** Side of its sender in the row, 0 or 1. */
  readonly side: number
}

export function momentOf({
  packet,
  time,
  endpoint,
}: Pick<ConnectionEvent, 'packet' | 'time' | 'endpoint'>): Moment {
  return { packet, time, side: endpoint.index & 1 }
}

/** How an endpoint came into a state. */
export interface Entry extends Moment {
  readonly basis: Basis
}

/** What a rule about connections works with. */
export interface ConnectionContext<M extends Messages, N extends Messages, O extends OptionSpecs, State> {
  readonly options: OptionsOf<O>
  /**
   * Reports on the event's connection. Reported again for a connection that is in the group already, it replaces what was
   * said of it.
   */
  report<Id extends keyof M & string>(
    message: Id,
    event: ConnectionEvent,
    report: ConnectionReport<DataOf<M[Id]>>,
  ): void
  /** Takes back what this rule reported on the event's connection. */
  withdraw(event: ConnectionEvent): void
  /** Evidence: the event's packet, or another moment of its connection. */
  note<Id extends keyof N & string>(
    note: Id,
    event: ConnectionEvent,
    data: DataOf<N[Id]>,
    moment?: Moment,
  ): Evidence
  /** The event's packet, to be noted later. */
  moment(event: ConnectionEvent): Moment
  /**
   * When and by which packet (0 for a timer) one of the event's endpoints last entered one of `states`, as is believed now;
   * undefined for never.
   */
  entered(endpoint: Endpoint, ...states: readonly TcpState[]): Entry | undefined
  /** What the rule remembers of the connection; made by the rule's `state` if there is nothing yet. */
  stateOf(connection: Connection): State
  /** The same if there is anything, else undefined. */
  knownState(connection: Connection): State | undefined
  /**
   * For what many connections have: `count` numbers of each of them that the rule asks for, in one array, where an object
   * and what it holds would be as many waits for memory. Asked for once, in `create`; gone with the connection as `stateOf` is.
   */
  numbers(count: number): ConnectionNumbers
  /** What is known of the endpoint's host: what the user has said, else Linux's defaults. */
  profileOf(endpoint: Endpoint): HostProfile
  /** The RSTs of the connection that leaves, with their verdicts. */
  resets(event: EventOf<'closed'>): readonly WatchedReset[]
  /** How many RSTs bore the address of one side, 0 or 1, however many of them are looked into. */
  resetCount(connection: Connection, side: number): number
  /** It was an attempt to connect that lost a race of Happy Eyeballs. */
  hasLostRace(connection: Connection): boolean
  /**
   * A wait that is always this long, ns of the capture's clock. What is returned starts it for the event's endpoint;
   * `then` is called when it is over if the connection is still there, and must ask itself whether it still matters.
   */
  after(length: number, then: (event: WaitEvent) => void): (event: ConnectionEvent) => void
}

/** What a rule says of a host, over many connections. */
export interface HostReport<Data> {
  readonly time: number
  readonly data: Data
  readonly evidence: readonly Evidence[]
  readonly connections: readonly number[]
  /** How many: `connections` may be cut by the rule. */
  readonly count: number
  /** What the finding is about; reports of one rule on one host (and port, if `port` is not 0) are one finding. */
  readonly host: HostEnd
  /** The other host, where it is about two: reports on the same two are one finding. */
  readonly peer?: HostEnd | undefined
  readonly blame?: Blame | undefined
  readonly confidence?: Confidence | undefined
  readonly severity?: Severity | undefined
  readonly firstSeen?: number | undefined
}

/** What a rule about hosts works with. */
export interface HostContext<M extends Messages, N extends Messages, O extends OptionSpecs> {
  readonly options: OptionsOf<O>
  /** Reported again on the same host, it replaces what was said before. */
  report<Id extends keyof M & string>(message: Id, report: HostReport<DataOf<M[Id]>>): void
  note<Id extends keyof N & string>(
    note: Id,
    at: { readonly packet: number; readonly time: number; readonly connection: number },
    from: 'client' | 'server' | null,
    data: DataOf<N[Id]>,
  ): Evidence
  /**
   * What the rule keeps of each host (an address), each listener (an address and port), each pair (a client's address, a
   * listener's address and port) or each path (two addresses, whoever connects): of those met lately, and of those that it `keeps` when it asks for them again, so bounded
   * whatever comes. Most places are never in trouble: values should be small until they are. A value is cleared and used
   * again for another place.
   */
  places<Value extends Reusable>(
    kind: PlaceKind,
    make: () => Value,
    keeps?: (value: Value) => boolean,
  ): HostPlaces<Value>
  /**
   * The same in numbers, `count` of each place, for what is kept of very many places: `of` says where those of a place begin
   * in `numbers`, all 0 for a new one; of those met lately, and of those that the rule says it will `keep`. What only places in
   * trouble have is their extra, made by `extra`.
   */
  rows<Extra extends Reusable = never>(kind: PlaceKind, count: number, extra?: () => Extra): PlaceRows<Extra>
  /** What is known of a host: what the user has said, else Linux's defaults. */
  profileOf(host: HostEnd): HostProfile
  /** Has `wake` called with this key; not exactly then, but before any event at or behind that time. */
  wakeAt(time: number, key: number): void
}

/** Where a helper of a rule gets rows from. */
export type RowSource = Pick<HostContext<Messages, Messages, OptionSpecs>, 'rows'>

/** What a rule says of the capture itself. */
export interface CaptureReport<Data> {
  readonly data: Data
  readonly evidence: readonly Evidence[]
  readonly severity?: Severity | undefined
}

/** Connections of any kind may be looked at; what is reported is about the capture. */
export interface CaptureContext<M extends Messages, N extends Messages, O extends OptionSpecs>
  extends Pick<ConnectionContext<M, N, O, undefined>, 'options' | 'note'> {
  report<Id extends keyof M & string>(message: Id, report: CaptureReport<DataOf<M[Id]>>): void
  /** Evidence that is of no connection: a packet that shows what the capture did. */
  witness<Id extends keyof N & string>(note: Id, at: Witness, data: DataOf<N[Id]>): Evidence
}
