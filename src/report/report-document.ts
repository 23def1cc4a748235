import type { PROCESS_ROLES } from '../audit/finding.ts'
import type { Tunnel } from '../decode/network-table.ts'
import type { Outcome } from '../tracker/connection-summary.ts'
import type { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import type { BasisName, StateName } from '../tracker/tcp-state.ts'
import type { ICMP_EFFECT_NAMES } from '../tracker/tracker-events.ts'
import type {
  ConnectionId,
  Count,
  FindingId,
  PacketNumber,
  Port,
  Seconds,
  SequenceNumber,
  Severity,
  Time,
  ToolDocument,
} from './document-values.ts'
import type { QualityDocument } from './quality-document.ts'

/**
 * The JSON document of `--json`. Times are RFC 3339 UTC with nanoseconds, durations seconds, packet numbers frame
 * numbers as in Wireshark, sequence numbers unsigned. A key that is optional is absent when the thing is unknown.
 */
export interface ReportDocument {
  schema: typeof REPORT_SCHEMA
  tool: ToolDocument
  capture: CaptureDocument
  connections: ConnectionDocument[]
  hosts: HostDocument[]
  /** Hosts that were too many to be told apart, the ones with the fewest endpoints; absent if there is none. */
  otherHosts?: OtherHostsDocument
  findings: FindingDocument[]
  /** Rules loaded by `--rules` that went wrong and were switched off; absent if there is none. */
  ruleFaults?: RuleFaultDocument[]
  /** Where the run listened on this machine: what its own kernel says. */
  localHost?: LocalHostDocument
  summary: SummaryDocument
}

/** This machine, in the network namespace that tcpaudit runs in. */
export interface LocalHostDocument {
  addresses: string[]
  /** Its settings that conclusions go by: seconds, a number, first and last port. */
  sysctls: Record<string, Count | [Port, Port]>
  /** Counters of its kernel that have grown since the run began. */
  counters: KernelCounterDocument[]
  /** What it does not show, or not to this user. */
  absent: { what: string; why: string }[]
  /** With --verify: the states of its ends, compared with those that its kernel has. */
  verification?: VerificationDocument
}

/** As `nstat` shows it: `TcpExt` and `ListenOverflows` for TcpExtListenOverflows. Counts all connections of the machine. */
export interface KernelCounterDocument {
  group: 'TcpExt' | 'Tcp'
  name: string
  count: Count
}

/** An end counts once in each comparison that it takes part in. */
export interface VerificationDocument {
  comparisons: Count
  /** Comparisons that failed as the kernel's tables could not be read. */
  failed: Count
  compared: Count
  agreed: Count
  /** Of those that agree: neither knows a socket any more. */
  closed: Count
  /** Ends compared, each counted once (up to 200,000). */
  ends: Count
  leftOut: {
    /** A packet passed meanwhile, the kernel changed its mind, or a timer had just run out. */
    moving: Count
    /** An application closed without a packet: its FIN waits behind data, it gave up connecting, it had half-closed before. */
    unsent: Count
    /** No packet decides it yet: a handshake’s bare last ACK, which the kernel may be deferring; what was taken back. */
    undecided: Count
    /** No comparison ever met a socket of it: it is none of this kernel’s, or came and went between two comparisons. */
    foreign: Count
  }
  /** The first 100. */
  disagreements: DisagreementDocument[]
}

export interface DisagreementDocument {
  connection: ConnectionId
  end: 'client' | 'server'
  local: string
  remote: string
  /** What tcpaudit says, and on what evidence. */
  state: StateName
  basis: BasisName
  /** What the kernel says; CLOSED for no socket. */
  kernel: StateName
  firstSeen: Time
  lastSeen: Time
  /** In how many comparisons. */
  count: Count
}

/** What such a rule had found before is among the findings. */
export interface RuleFaultDocument {
  rule: string
  message: string
  /** The packet at which it was, in the merged input where there are several files; absent if at none. */
  packet?: PacketNumber
}

/** Changes only when a program that reads the document would break. */
export const REPORT_SCHEMA = 'tcpaudit/report@1'

/** What was captured, and how well. */
export interface CaptureDocument {
  sources: SourceDocument[]
  packets: Count
  bytes: Count
  /** null in a capture without packets. */
  start: Time | null
  end: Time | null
  durationSeconds: Seconds
  asOf?: Time
  decoded: {
    tcp: Count
    udp: Count
    icmp: Count
    otherIp: Count
    nonIp: Count
    fragments: Count
    truncated: Count
    malformed: Count
  }
  quality: QualityDocument
}

export interface OtherHostsDocument {
  /** How many; one that came back after it was forgotten counts again. */
  hosts: Count
  states: HostDocument['states']
  activeCloses: Count
  passiveCloses: Count
}

/** Of an interface that was listened on. What a backend cannot tell is absent. */
export interface ListeningDocument {
  backend: 'libpcap' | 'cap'
  timestamps: 'kernel-nanoseconds' | 'kernel-microseconds' | 'arrival'
  /** Packets that passed the filter, those dropped included; on loopback each counts as sent and as received. */
  received?: Count
  /** Found no room in the kernel's buffer (--buffer). */
  droppedByKernel?: Count
  /** Lost by the card or its driver. */
  droppedByInterface?: Count
  /** The system's clock was set forward by so much (negative: back) meanwhile; times go on by the clock as it was. */
  clockSteppedSeconds?: number
}

export interface SourceDocument {
  name: string
  /** `pcap`, `pcap-ns`, `pcap-modified`, `pcapng`; `live` for an interface. */
  format: string
  linkTypes: Count[]
  snaplen: Count
  /** Only packets that this lets pass were audited (pcap filter syntax); they keep their numbers. */
  filter?: string
  live?: ListeningDocument
  /** pcapng: the first comments on the file and its interfaces, and how many packets bear one. */
  comments?: string[]
  packetComments?: Count
  /** With several sources: where reading of this one ended early. */
  stoppedAt?: { offset: Count; packet: Count; reason: string }
}

/**
 * A connection: its ends, how it was opened, how it went and how it ended.
 * With several sources each packet number has beside it the index in `capture.sources` of the file that it counts in:
 * `source` beside `packet`, `firstSource` beside `firstPacket`, and so on. With one source these are absent.
 */
export interface ConnectionDocument {
  id: ConnectionId
  stream: Count | null
  client: EndpointDocument
  server: EndpointDocument
  roleBasis: 'handshake' | 'port' | 'first-packet'
  start: Time
  end: Time
  durationSeconds: Seconds
  firstPacket: PacketNumber
  firstSource?: Count
  lastPacket: PacketNumber
  lastSource?: Count
  packets: Count
  midstream: boolean
  /** It left before its time, to make room for others: what is said of it is as of its last packet; absent for all others. */
  evicted?: true
  oneSided: boolean
  /** The tunnel that its packets came in. */
  tunnel?: TunnelDocument
  /** Outermost and innermost VLAN, with `--vlan`. */
  vlans?: Count[]
  outcome: Outcome
  closedFirst?: 'client' | 'server' | 'both'
  handshake?: {
    /** null when it could not be measured (Karn) or was not completed. */
    rttSeconds: Seconds | null
    serverRttSeconds: Seconds | null
    clientRttSeconds: Seconds | null
    synRetries: Count
    synAckRetries: Count
    fastOpen?: true
  }
  zeek: { connState: string; history: string }
  findings: FindingId[]
}

export interface TunnelDocument {
  kind: Tunnel['kind']
  /** VXLAN or Geneve network identifier, GRE key. */
  id?: Count
  /** Addresses of the tunnel's ends. */
  outer: [string, string]
  /** The tunnel around this one. */
  inside?: TunnelDocument
}

/** One end of a connection: its state, on what evidence, and what it sent. */
export interface EndpointDocument {
  address: string
  port: Port
  state: StateName
  stateSince: Time
  stateBasis: BasisName
  /** null for a timer. */
  statePacket: PacketNumber | null
  stateSource?: Count
  packets: Count
  bytes: Count
  payloadBytes: Count
  uniqueBytes: Count
  isn?: SequenceNumber
  mss?: Count
  windowScale?: Count
  sackPermitted?: boolean
  timestamps?: boolean
  retransmissions: Count
  retransmissionKinds: { timeout: Count; fast: Count; tailLossProbe: Count; spurious: Count }
  outOfOrder: Count
  duplicateAcks: Count
  zeroWindows: Count
  keepAlives: Count
  zeroWindowProbes: Count
  windowUpdates: Count
  challengeAcks: Count
  resets: Count
  rttSeconds?: { samples: Count; min: Seconds; mean: Seconds; max: Seconds }
  /** ICMP errors about segments that it sent, the first ones. */
  icmpErrors?: IcmpErrorDocument[]
  transitions: TransitionDocument[]
  retracted: RetractionDocument[]
}

export interface IcmpErrorDocument {
  packet: PacketNumber
  time: Time
  version: 4 | 6
  type: Count
  code: Count
  /** MTU of the next hop, where the error is about that. */
  mtu?: Count
  /** It ended the attempt to connect; was noted at most; or was about nothing that was out. */
  effect: (typeof ICMP_EFFECT_NAMES)[number]
  seq: SequenceNumber
}

/** A state that an end has entered, when, and on what evidence. */
export interface TransitionDocument {
  state: StateName
  time: Time
  packet: PacketNumber | null
  source?: Count
  basis: BasisName
}

export interface RetractionDocument extends TransitionDocument {
  disprovedBy: PacketNumber | null
  disprovedBySource?: Count
  disprovedAt: Time
}

/** A host: the states of its ends when the capture ends, and how its connections were closed. */
export interface HostDocument {
  address: string
  states: Partial<Record<StateName, Count>>
  peakTimeWait: Count
  activeCloses: Count
  passiveCloses: Count
}

/** Sums over all connections and findings. */
export interface SummaryDocument {
  connections: Count
  states: Partial<Record<StateName, Count>>
  outcomes: Partial<Record<Outcome, Count>>
  findings: Record<Severity, Count>
}

/** Something that went wrong, in words and in data. */
export interface FindingDocument {
  id: FindingId
  rule: string
  severity: Severity
  confidence: 'certain' | 'likely' | 'possible'
  title: string
  detail: string
  /** Which of the rule's messages it is. */
  message: string
  /** The numbers of `detail`, for programs; what is in it depends on the message. */
  data: Record<string, unknown>
  connections: ConnectionId[]
  host?: string
  /** Of an end of this machine: the processes that have its sockets open, those with most of them first. */
  processes?: ProcessDocument[]
  /** Of an end of this machine: what its kernel has counted since the run began that bears on the finding. */
  kernelCounters?: KernelCounterDocument[]
  blame?: 'client' | 'server' | 'network' | 'middlebox' | 'attacker' | 'capture'
  /** The finding that is the cause of this one. */
  explainedBy?: FindingId
  firstSeen: Time
  lastSeen: Time
  count: Count
  evidence: EvidenceDocument[]
  advice: string[]
  tunables: string[]
  references: string[]
  wiresharkFilter: string
}

export interface ProcessDocument {
  pid: Count
  /** The program, as the kernel has its name: 15 bytes at most. */
  name: string
  /** It has the sockets open; or the listener; or the listener of sockets that it has not accepted. */
  role: (typeof PROCESS_ROLES)[number]
  sockets: Count
}

/** A packet that shows what a finding says. */
export interface EvidenceDocument {
  packet: PacketNumber
  /** Index into `capture.sources`, where there are several. */
  source?: Count
  time: Time
  connection?: ConnectionId
  from?: string
  note: string
}

/** `--connection ID --json`: one connection and every segment of it. */
export interface ConnectionReportDocument extends ConnectionDocument {
  schema: typeof CONNECTION_SCHEMA
  segments: SegmentDocument[]
}

export const CONNECTION_SCHEMA = 'tcpaudit/connection@1'

export interface SegmentDocument {
  packet: PacketNumber
  source?: Count
  time: Time
  from: 'client' | 'server'
  /** tcpdump's letters. */
  flags: string
  seq: SequenceNumber
  ack?: SequenceNumber
  /** Bytes, scaled where the scale is known. */
  window: Count
  payloadLength: Count
  class: (typeof SEGMENT_CLASS_NAMES)[number]
  cause?: (typeof CAUSE_NAMES)[number]
  causePacket?: PacketNumber
  causeSource?: Count
  sack?: [SequenceNumber, SequenceNumber][]
  mss?: Count
  windowScale?: Count
}
