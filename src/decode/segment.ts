import { TcpOptions } from './tcp-options.ts'

/** What a packet turned out to be. */
export const KIND_TCP = 0
export const KIND_UDP = 1
export const KIND_ICMP = 2
/** IPv4 or IPv6 with another upper-layer protocol. */
export const KIND_OTHER_IP = 3
export const KIND_NON_IP = 4
/** An IP fragment: the first may show a TCP header, the others cannot. See reassembly.ts. */
export const KIND_FRAGMENT = 5

/** An ICMP error; the segment is the TCP segment that it quotes. */
export const KIND_ICMP_ERROR = 6

export type PacketKind =
  | typeof KIND_TCP
  | typeof KIND_UDP
  | typeof KIND_ICMP
  | typeof KIND_OTHER_IP
  | typeof KIND_NON_IP
  | typeof KIND_FRAGMENT
  | typeof KIND_ICMP_ERROR

/** Where a layer's end came from; says whether a short layer was cut by the capture or lies about itself. */
export const LENGTH_FROM_CAPTURE = 0
export const LENGTH_FROM_IPV4_TOTAL_LENGTH = 1
export const LENGTH_FROM_IPV6_PAYLOAD_LENGTH = 2
/** IP length 0: the card was left to fill it in (segmentation offload); the frame's length on the wire decides. */
export const LENGTH_FROM_OFFLOAD = 3
/** The packet was put together from fragments. */
export const LENGTH_FROM_FRAGMENTS = 4

/**
 * What one packet's bytes say: the output of the whole decode stage, one instance reused for every packet. Borrowed:
 * valid until the next packet is decoded. Facts only: nothing is clamped, rejected or judged. 32-bit quantities are
 * int32 (print with `>>> 0`).
 */
export class Segment {
  // --- the capture
  /** Frame number, as the capture source counts. */
  packet = 0
  /** Ordinal in the input, from 1. */
  ordinal = 0
  /** Nanoseconds since the first packet. -0 is no small integer: see `Machine.now`. */
  time = -0
  /** Bytes on the wire and bytes captured, link layer included; of what was reassembled, the IP packet's. */
  originalLength = 0
  capturedLength = 0
  /** The buffer, and where the captured packet ends in it. */
  view: DataView = EMPTY_VIEW
  captureEnd = 0

  // --- link layer
  /** Number of VLAN tags; the outermost and innermost VLAN ID (12 bits), -1 without a tag. */
  vlanCount = 0
  outerVlan = -1
  innerVlan = -1
  /** Source MAC address, high 16 and low 32 bits (int32); -1 and 0 where the link type has none. */
  sourceMacHigh = -1
  sourceMacLow = 0
  /** Where the link layer says that its payload ends, in `view` coordinates; -1 if it does not say (most do not). */
  linkEnd = -1
  /** Number of the network that its addresses belong to (network-table.ts): 0 outside tunnels. */
  network = 0

  // --- IP (RFC 791, RFC 8200)
  /** 4, 6, or 0 when there is no IP header. */
  ipVersion = 0
  /** Start of the IP header in `view`. */
  ipStart = 0
  /** IPv4: word 0 holds the address and words 1-3 are 0. IPv6: words 0-3, network order. */
  source0 = 0
  source1 = 0
  source2 = 0
  source3 = 0
  destination0 = 0
  destination1 = 0
  destination2 = 0
  destination3 = 0
  /** Upper-layer protocol number; -1 when unknown. */
  protocol = -1
  /** DSCP and ECN: IPv4 type of service, IPv6 traffic class. */
  trafficClass = 0
  /** TTL or hop limit. */
  ttl = 0
  /** IPv4 identification, 0-65535; -1 for IPv6. */
  ipId = -1
  /** IPv4 DF bit; 1 for IPv6. */
  dontFragment = 0
  /** Bytes of this fragment's offset, and whether more follow; both 0 for a whole packet. */
  fragmentOffset = 0
  moreFragments = 0
  /** End of the IP packet in `view` coordinates by its own length, `linkEnd` at most; may lie beyond `captureEnd`. */
  ipEnd = 0
  /** One of LENGTH_FROM_*: what `ipEnd` was taken from. */
  lengthSource = 0
  /** Start of what the IP packet holds, unless that is TCP, in `view`. */
  upperStart = 0

  // --- TCP (RFC 9293 section 3.1)
  sourcePort = 0
  destinationPort = 0
  seq = 0
  ack = 0
  /** Control bits, 9 bits, see tcp-flags.ts. */
  flags = 0
  /** The three bits between data offset and flags that have no meaning yet. */
  reservedBits = 0
  /** Window field as sent, unscaled. */
  window = 0
  checksum = 0
  urgentPointer = 0
  /** Start of the TCP header in `view`. */
  tcpStart = 0
  /** Header length in bytes as its data offset says, sane or not: 0-60. */
  tcpHeaderLength = 0
  /** TCP bytes captured, header included: Wireshark counts a segment from 16 of them. */
  tcpCaptured = 0
  /** Bytes of payload on the wire, by the IP length; 0 if the data offset is not sane. */
  payloadLength = 0
  /** First payload byte in `view`; payload captured is `min(captureEnd, ipEnd) - payloadStart`, never negative. */
  payloadStart = 0
  readonly options = new TcpOptions()

  // --- the first defect met, if any (defect.ts): number, layer's start, bytes needed and present
  defect = 0
  defectOffset = 0
  bytesNeeded = 0
  bytesPresent = 0
}

const EMPTY_VIEW = new DataView(new ArrayBuffer(0))
