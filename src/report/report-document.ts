import type { Outcome } from '../tracker/connection-summary.ts'
import type { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import type { BasisName, StateName } from '../tracker/tcp-state.ts'

/**
 * The JSON document of `--json`. Times are RFC 3339 UTC with nanoseconds, durations seconds, packet numbers frame
 * numbers as in Wireshark, sequence numbers unsigned. A key that is optional is absent when the thing is unknown.
 */
export interface ReportDocument {
  schema: typeof REPORT_SCHEMA
  tool: { name: string; version: string }
  capture: CaptureDocument
  connections: ConnectionDocument[]
  hosts: HostDocument[]
  findings: never[]
  summary: SummaryDocument
}

/** Changes only when a program that reads the document would break. */
export const REPORT_SCHEMA = 'tcpaudit/report@1'

export interface CaptureDocument {
  sources: { name: string; format: string; linkTypes: number[]; snaplen: number }[]
  packets: number
  bytes: number
  /** null in a capture without packets. */
  start: string | null
  end: string | null
  durationSeconds: number
  asOf?: string
  decoded: {
    tcp: number
    udp: number
    icmp: number
    otherIp: number
    nonIp: number
    fragments: number
    truncated: number
    malformed: number
  }
  quality: {
    unseenSegments: number
    duplicateFrames: number
    timeReversals: number
    oneSidedConnections: number
    midstreamConnections: number
    badChecksums: number
    offloadedChecksums: number
    stoppedAt?: { source: number; offset: number; packet: number; reason: string }
  }
}

export interface ConnectionDocument {
  id: number
  stream: number | null
  client: EndpointDocument
  server: EndpointDocument
  roleBasis: 'handshake' | 'port' | 'first-packet'
  start: string
  end: string
  durationSeconds: number
  firstPacket: number
  lastPacket: number
  packets: number
  midstream: boolean
  oneSided: boolean
  outcome: Outcome
  closedFirst?: 'client' | 'server' | 'both'
  handshake?: {
    /** null when it could not be measured (Karn) or was not completed. */
    rttSeconds: number | null
    serverRttSeconds: number | null
    clientRttSeconds: number | null
    synRetries: number
    synAckRetries: number
    fastOpen?: true
  }
  zeek: { connState: string; history: string }
  findings: string[]
}

export interface EndpointDocument {
  address: string
  port: number
  state: StateName
  stateSince: string
  stateBasis: BasisName
  /** null for a timer. */
  statePacket: number | null
  packets: number
  bytes: number
  payloadBytes: number
  uniqueBytes: number
  isn?: number
  mss?: number
  windowScale?: number
  sackPermitted?: boolean
  timestamps?: boolean
  retransmissions: number
  retransmissionKinds: { timeout: number; fast: number; tailLossProbe: number; spurious: number }
  outOfOrder: number
  duplicateAcks: number
  zeroWindows: number
  keepAlives: number
  zeroWindowProbes: number
  windowUpdates: number
  challengeAcks: number
  resets: number
  rttSeconds?: { samples: number; min: number; mean: number; max: number }
  transitions: TransitionDocument[]
  retracted: RetractionDocument[]
}

export interface TransitionDocument {
  state: StateName
  time: string
  packet: number | null
  basis: BasisName
}

export interface RetractionDocument extends TransitionDocument {
  disprovedBy: number | null
  disprovedAt: string
}

export interface HostDocument {
  address: string
  states: Partial<Record<StateName, number>>
  peakTimeWait: number
  activeCloses: number
  passiveCloses: number
}

export interface SummaryDocument {
  connections: number
  states: Partial<Record<StateName, number>>
  outcomes: Record<string, number>
  findings: { critical: number; error: number; warning: number; notice: number; info: number }
}

/** `--connection ID --json`: one connection and every segment of it. */
export interface ConnectionReportDocument extends ConnectionDocument {
  schema: typeof CONNECTION_SCHEMA
  segments: SegmentDocument[]
}

export const CONNECTION_SCHEMA = 'tcpaudit/connection@1'

export interface SegmentDocument {
  packet: number
  time: string
  from: 'client' | 'server'
  /** tcpdump's letters. */
  flags: string
  seq: number
  ack?: number
  /** Bytes, scaled where the scale is known. */
  window: number
  payloadLength: number
  class: (typeof SEGMENT_CLASS_NAMES)[number]
  cause?: (typeof CAUSE_NAMES)[number]
  causePacket?: number
  sack?: [number, number][]
  mss?: number
  windowScale?: number
}
