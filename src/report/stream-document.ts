import type { BasisName, StateName } from '../tracker/tcp-state.ts'
import type { ConnectionId, Count, PacketNumber, Port, Time, ToolDocument } from './document-values.ts'
import type {
  CaptureDocument,
  ConnectionDocument,
  FindingDocument,
  HostDocument,
  LocalHostDocument,
  OtherHostsDocument,
  RuleFaultDocument,
  SummaryDocument,
} from './report-document.ts'

/** A line of `--ndjson`: what happens, in the order in which it is concluded. `type` says what it is. */
export type StreamLine = StateLine | RetractionLine | ConnectionLine | FindingLine | StatsLine | EndLine

/** An end has entered a state, as far as can be told by then. */
export interface StateLine extends StreamEnd {
  type: 'state'
  from: StateName
  state: StateName
  basis: BasisName
}

/** What an earlier line said is not so: the state `retracted` is taken back, and `state` holds again. */
export interface RetractionLine extends StreamEnd {
  type: 'retraction'
  retracted: StateName
  state: StateName
  /** What the state that is taken back had rested on. */
  basis: BasisName
}

interface StreamEnd {
  /** When it was concluded. */
  time: Time
  /** The packet it was concluded from; null for a timer. */
  packet: PacketNumber | null
  source?: Count
  connection: ConnectionId
  end: 'client' | 'server'
  address: string
  port: Port
}

/** A connection has left: nothing more will be said of its states. `findings` are those so far. */
export interface ConnectionLine extends ConnectionDocument {
  type: 'connection'
}

/**
 * A finding. Written when it arises and again as it grows, each time with the same `id`: the last one counts. Only those
 * that are `final`, at the end, are judged by the whole capture; what is not among them in the end has been withdrawn.
 */
export interface FindingLine extends FindingDocument {
  type: 'finding'
  final: boolean
}

/** How far it has come: for every ten seconds of the capture. */
export interface StatsLine {
  type: 'stats'
  time: Time
  packets: Count
  bytes: Count
  /** Begun so far, and those of them that may still change. */
  connections: Count
  tracked: Count
}

/** The last line. */
export interface EndLine {
  type: 'end'
  schema: typeof STREAM_SCHEMA
  tool: ToolDocument
  capture: CaptureDocument
  hosts: HostDocument[]
  /** Hosts that were too many to be told apart; absent if there is none. */
  otherHosts?: OtherHostsDocument
  /** Rules loaded by `--rules` that went wrong and were switched off; absent if there is none. */
  ruleFaults?: RuleFaultDocument[]
  /** Where the run listened on this machine: what its own kernel says. */
  localHost?: LocalHostDocument
  summary: SummaryDocument
}

/** Changes only when a program that reads the lines would break. */
export const STREAM_SCHEMA = 'tcpaudit/stream@1'
