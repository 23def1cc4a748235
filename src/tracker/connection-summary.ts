import type { Tunnel } from '../decode/network-table.ts'
import type { EndTotalsRecord } from './host-totals.ts'
import type { Basis, TcpState } from './tcp-state.ts'
import type { ZeekRecord } from './zeek-record.ts'

/**
 * What the tracker knows of a connection when it leaves it (or when the capture ends): plain data, still in numbers.
 * Times are nanoseconds since the first packet of the input, packet numbers 1-based frame numbers.
 */
export interface ConnectionSummary {
  /** Ordinal of the connection's first packet in the merged input. */
  readonly id: number
  /** Wireshark's `tcp.stream` of the first packet; null past the tracker's limit. */
  readonly stream: number | null
  readonly client: EndpointSummary
  readonly server: EndpointSummary
  readonly roleBasis: 'handshake' | 'port' | 'first-packet'
  readonly start: number
  readonly end: number
  readonly firstPacket: number
  readonly lastPacket: number
  readonly packets: number
  /** The opening handshake was not seen. */
  readonly midstream: boolean
  /** It left before its time, to make room for others: what is said of it is as of then. */
  readonly evicted: boolean
  /** Only one of the two endpoints was ever seen sending, although it acknowledges what the other sent. */
  readonly oneSided: boolean
  readonly outcome: Outcome
  readonly closedFirst: 'client' | 'server' | 'both' | null
  /** Times that the client sent payload after the server’s, the first included; a TLS handshake is none. */
  readonly exchanges: number
  /** Tunnels that its packets came in, from the innermost out. */
  readonly tunnels: readonly Tunnel[]
  /** Outermost and innermost VLAN, where VLANs are told apart. */
  readonly vlans: readonly number[]
  /** null when no part of a handshake was seen. */
  readonly handshake: HandshakeSummary | null
  readonly zeek: ZeekRecord
}

/** What of a connection is counted and ranked. */
export interface ConnectionGist
  extends Pick<ConnectionSummary, 'id' | 'packets' | 'lastPacket' | 'outcome' | 'closedFirst'> {
  readonly client: EndpointGist
  readonly server: EndpointGist
}

export type EndpointGist = Pick<
  EndpointSummary,
  'ipVersion' | 'address' | 'port' | 'state' | 'retransmissions' | 'zeroWindows' | 'challengeAcks'
>

/**
 * A connection that leaves the tracker: the gist, and the whole for those who ask. Borrowed: it shows the next one once
 * the call it was handed to has returned. What `summary` gave stays as it is.
 */
export interface FinishedConnection extends ConnectionGist {
  readonly client: FinishedEndpoint
  readonly server: FinishedEndpoint
  summary(): ConnectionSummary
  /** Writes what its ends came to over what was there. */
  fillTotals(client: EndTotalsRecord, server: EndTotalsRecord): void
}

export interface FinishedEndpoint extends EndpointGist {
  /** Its stays in TIME_WAIT, as beginning and end in turn; Infinity for one that has not ended. In no order of time. */
  readonly timeWaits: readonly number[]
}

/** What became of a connection, in one word. */
export const OUTCOMES = [
  'unanswered',
  'refused',
  'half-open',
  'closed',
  'reset',
  'timed-out',
  'open',
  'unknown',
] as const

/** How a connection ended, or that it did not. */
export type Outcome = (typeof OUTCOMES)[number]

/** How a connection was opened. */
export interface HandshakeSummary {
  /** SYN to the ACK of the SYN-ACK in nanoseconds; null when ambiguous (Karn) or incomplete. */
  readonly rtt: number | null
  /** SYN to SYN-ACK, and SYN-ACK to ACK: the two halves as seen from the capture point, nanoseconds; null if unknown. */
  readonly serverRtt: number | null
  readonly clientRtt: number | null
  readonly synRetries: number
  readonly synAckRetries: number
  /** Data rode on the SYN or a cookie was exchanged (RFC 7413). */
  readonly fastOpen: boolean
}

/** All that is known of one end of a connection. */
export interface EndpointSummary {
  /** 4 or 6. */
  readonly ipVersion: number
  /** int32 words in network order; IPv4 uses the first. */
  readonly address: readonly [number, number, number, number]
  readonly port: number
  readonly state: TcpState
  /** When the state was entered. */
  readonly stateSince: number
  readonly stateBasis: Basis
  /** The packet that put it there; null for a timer. */
  readonly statePacket: number | null
  readonly packets: number
  /** Bytes of IP, headers included. */
  readonly bytes: number
  /** Payload bytes, repeats included. */
  readonly payloadBytes: number
  /** Payload bytes counted once: sequence space that carried data. */
  readonly uniqueBytes: number
  /** Initial sequence number, unsigned; null when no SYN was seen. */
  readonly isn: number | null
  /** Options of its SYN; null when not offered or no SYN was seen. */
  readonly mss: number | null
  readonly windowScale: number | null
  readonly sackPermitted: boolean | null
  readonly timestamps: boolean | null
  readonly retransmissions: number
  readonly retransmissionKinds: {
    readonly timeout: number
    readonly fast: number
    readonly tailLossProbe: number
    readonly spurious: number
  }
  readonly outOfOrder: number
  readonly duplicateAcks: number
  readonly zeroWindows: number
  readonly keepAlives: number
  readonly zeroWindowProbes: number
  readonly windowUpdates: number
  readonly challengeAcks: number
  readonly resets: number
  /** Round-trip samples by Karn's rule, from the capture point to this endpoint's peer and back; nanoseconds. */
  readonly rtt: {
    readonly samples: number
    readonly min: number
    readonly mean: number
    readonly max: number
  } | null
  /** ICMP errors about segments that it sent, the first ones. */
  readonly icmpErrors: readonly ReceivedIcmpError[]
  /** What is believed in the end, in order of time. */
  readonly transitions: readonly Transition[]
  /** Assumptions taken back, in the order they were taken back. */
  readonly retracted: readonly RetractedTransition[]
}

export interface ReceivedIcmpError {
  readonly packet: number
  readonly time: number
  /** 4 for ICMP, 6 for ICMPv6. */
  readonly version: number
  readonly type: number
  readonly code: number
  /** MTU of the next hop; 0 if the error is not about that. */
  readonly mtu: number
  /** ICMP_*, see tracker-events.ts. */
  readonly effect: number
  /** Sequence number of the quoted segment, int32. */
  readonly seq: number
}

/** A state that an end has entered, when, and on what evidence. */
export interface Transition {
  readonly state: TcpState
  readonly basis: Basis
  readonly time: number
  /** null for a timer. */
  readonly packet: number | null
}

/** A state that was believed, and disproved by a later packet. */
export interface RetractedTransition extends Transition {
  /** The packet that disproved it, and when; null when a timer did. */
  readonly disprovedBy: number | null
  readonly disprovedAt: number
}
