import type { Finding } from '../audit/finding.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import type { StateName } from '../tracker/tcp-state.ts'

/** What is shown of a live run at one moment: plain data, made a few times a second. */
export interface LiveSnapshot extends LiveCounts {
  /** What is listened on, as it was asked for. */
  readonly name: string
  readonly filter: string | null
  /** Nanoseconds since listening began. */
  readonly elapsed: number
  /** Now by the capture's clock, nanoseconds since the first packet; and when that came, nanoseconds since 1970. */
  readonly now: number
  readonly epoch: bigint
  readonly packetsPerSecond: number
  readonly bytesPerSecond: number
  /** Bytes of memory that the process has. */
  readonly memory: number
  readonly census: LiveCensus
  /** Gravest first. */
  readonly findings: readonly Finding[]
  /** The first of them in the order that was wished for. */
  readonly connections: readonly ConnectionSummary[]
  /** The one connection that is looked into. */
  readonly ladder: LiveLadder | null
}

export interface LiveCounts {
  readonly packets: number
  readonly bytes: number
  /** Packets that the kernel dropped; null if nobody knows. */
  readonly drops: number | null
  readonly held: number
  readonly opened: number
  /** Connections that left before their time, to make room. */
  readonly evicted: number
}

/** Sockets by host and state. */
export interface LiveCensus {
  /** The busiest first. */
  readonly hosts: readonly HostStates[]
  /** Hosts that are not in the list, and the sockets of all that are not. */
  readonly otherHosts: number
  readonly otherSockets: number
  /** There are more hosts than are told apart: `otherHosts` is what is known of them. */
  readonly hasUncounted: boolean
  /** Nanoseconds from the first connection that was looked at until now; null before all have been. */
  readonly age: number | null
}

export interface HostStates {
  readonly address: string
  readonly sockets: number
  readonly states: Readonly<Partial<Record<StateName, number>>>
}

export interface LiveLadder {
  readonly id: number
  /** null: it was not there any more when it was asked for. */
  readonly connection: ConnectionSummary | null
  /** It is as it was when it was last seen: it has left the tracker since. */
  readonly hasLeft: boolean
  /** Segments since it is watched. */
  readonly segments: readonly LoggedSegment[]
  /** When that began, nanoseconds since the first packet, and the last packet before. */
  readonly since: number
  readonly sincePacket: number
}

export const CONNECTION_SORTS = ['trouble', 'newest', 'bytes', 'packets', 'silence', 'host'] as const
export type ConnectionSort = (typeof CONNECTION_SORTS)[number]

/** What the next snapshot is to hold. */
export interface SnapshotWish {
  readonly connectionSort: ConnectionSort
  /** Id of the connection to look into. */
  readonly ladder: number | null
}
