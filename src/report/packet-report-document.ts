import type { Tunnel } from '../decode/network-table.ts'
import type { Stage } from '../tracker/decision-trail.ts'
import type { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import type { BasisName, StateName } from '../tracker/tcp-state.ts'
import type { ICMP_EFFECT_NAMES, RESET_EFFECT_NAMES } from '../tracker/tracker-events.ts'
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
} from './document-values.ts'

/**
 * `--packet N --json`: what one packet is, what it was taken for and why, and what it changed. Everything is as it was when
 * the packet passed; what only later packets showed stands in `laterRetracted` and `findings`.
 */
export interface PacketReportDocument {
  schema: typeof PACKET_SCHEMA
  packet: PacketNumber
  /** Index of its capture, where there are several. */
  source?: Count
  time: Time
  kind: PacketKindName
  /** The answer in one sentence. */
  answer: string
  frame: {
    originalLength: Count
    capturedLength: Count
    /** Tags, outermost first. */
    vlans?: Count[]
    /** The tunnels around it, the innermost first. */
    tunnels?: { kind: Tunnel['kind']; id?: Count; outer: [string, string] }[]
    /** It completed a packet that came in fragments: the rest is of the whole. */
    reassembled?: true
  }
  ip?: {
    version: 4 | 6
    source: string
    destination: string
    protocol: number
    ttl: Count
    /** IPv4 identification. */
    id?: Count
    dontFragment?: boolean
    trafficClass: Count
    length: Count
    fragment?: { offset: Count; more: boolean }
  }
  /** Of an ICMP error what it quotes. */
  tcp?: PacketTcpDocument
  udp?: { sourcePort: Port; destinationPort: Port }
  icmp?: {
    version: 4 | 6
    type: Count
    code: Count
    mtu?: Count
    /** Who sent it. */
    from: string
  }
  /** The first thing found wrong or missing. */
  defect?: { name: string; sentence: string; bytesNeeded: Count; bytesPresent: number; droppedBy?: string }
  /** Absent for what belongs to no connection. */
  connection?: ConnectionId
  /** Wireshark’s; null with several captures. */
  stream?: Count | null
  from?: 'client' | 'server'
  /** What it was taken for, as `--connection` has it; absent for ICMP errors. */
  takenFor?: (typeof SEGMENT_CLASS_NAMES)[number]
  /** What it answers, if it answers something that was refused. */
  cause?: (typeof CAUSE_NAMES)[number]
  causePacket?: PacketNumber
  causeSource?: Count
  /** Earlier packets that say what it is about. */
  related: RelatedPacketDocument[]
  /** Every alternative that was considered, in that order, with each question and the numbers that decided it. */
  alternatives: AlternativeDocument[]
  /** What a SYN means on its tuple. */
  syn?: 'repeats' | 'simultaneous' | 'opens' | 'pending'
  /** The connection that it opened, as later packets show. */
  opened?: ConnectionId
  /** Why its receiver does not take it; what became of an RST or ICMP error. */
  refused?: (typeof CAUSE_NAMES)[number]
  reset?: (typeof RESET_EFFECT_NAMES)[number]
  icmpEffect?: (typeof ICMP_EFFECT_NAMES)[number]
  /** Its receiver had no socket any more. */
  toClosed?: true
  client?: PacketEndDocument
  server?: PacketEndDocument
  transitions: PacketTransitionDocument[]
  /** What it disproved, or dated anew. */
  retracted: PacketTransitionDocument[]
  /** What later packets or timers disproved of what it had brought about. */
  laterRetracted: (PacketTransitionDocument & {
    disprovedBy: PacketNumber | null
    disprovedBySource?: Count
  })[]
  findings: { id: FindingId; rule: string; severity: Severity; title: string; notes: string[] }[]
  /** Commands that show more. */
  next: string[]
  wiresharkFilter: string
}

/** Changes only when a program that reads the document would break. */
export const PACKET_SCHEMA = 'tcpaudit/packet@1'

export const PACKET_KINDS = ['tcp', 'udp', 'icmp', 'other-ip', 'non-ip', 'fragment', 'icmp-error'] as const
export type PacketKindName = (typeof PACKET_KINDS)[number]

export interface PacketTcpDocument {
  sourcePort: Port
  destinationPort: Port
  /** tcpdump's letters; absent where the header was cut before them. */
  flags?: string
  seq?: SequenceNumber
  /** Counted from the number of the sender’s SYN. */
  relativeSeq?: number
  ack?: SequenceNumber
  relativeAck?: number
  /** As sent, and in bytes where the scale is known. */
  windowField?: Count
  window?: Count
  payloadLength: Count
  headerLength: Count
  checksum: 'right' | 'wrong' | 'unfinished' | 'not-verified'
  mss?: Count
  windowScale?: Count
  sackPermitted?: true
  sack?: [SequenceNumber, SequenceNumber][]
  timestamp?: { value: SequenceNumber; echo: SequenceNumber }
}

export interface RelatedPacketDocument {
  relation:
    | 'repeats'
    | 'last-copy'
    | 'copy-of'
    | 'acknowledges'
    | 'acknowledged-by'
    | 'duplicate-ack'
    | 'overtaken-by'
  packet: PacketNumber
  source?: Count
  /** How long before it. */
  secondsBefore: Seconds
}

export interface AlternativeDocument {
  stage: Stage
  alternative: string
  /** The last question about it was answered with yes. */
  holds: boolean
  questions: { question: string; answer: boolean; text: string; numbers: Record<string, number> }[]
}

export interface PacketEndDocument {
  address: string
  port: Port
  /** null before its connection began. */
  before: EndMomentDocument | null
  after: EndMomentDocument | null
}

export interface EndMomentDocument {
  state: StateName
  stateBasis?: BasisName
  stateSince?: Time
  statePacket?: PacketNumber | null
  stateSource?: Count
  sndUna?: SequenceNumber
  sndNxt?: SequenceNumber
  rcvNxt?: SequenceNumber
  /** Its last acknowledgment, and the window it offers beyond that. */
  acknowledged?: SequenceNumber
  window?: Count
  rttSeconds?: { samples: Count; min: Seconds; mean: Seconds }
  /** Copies that went unanswered: of these no more are believed to arrive. */
  doubts?: ('handshake' | 'fin' | 'fin-ack')[]
}

export interface PacketTransitionDocument {
  end: 'client' | 'server'
  state: StateName
  basis: BasisName
  time: Time
  packet: PacketNumber | null
  source?: Count
}
