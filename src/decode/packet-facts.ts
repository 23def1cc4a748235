import { CHECKSUM_UNKNOWN, type ChecksumVerdict, verifyTcpChecksum } from './checksum.ts'
import type { Surroundings } from './network-table.ts'
import type { PacketDecoder } from './packet-decoder.ts'
import { KIND_ICMP, KIND_ICMP_ERROR, KIND_TCP, KIND_UDP, type PacketKind, type Segment } from './segment.ts'
import { TcpOptions } from './tcp-options.ts'

type Words = readonly [number, number, number, number]

/** TCP as its header has it; of an ICMP error what is quoted. Numbers int32. */
export interface TcpFacts {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly flags: number
  readonly seq: number
  readonly ack: number
  /** As sent, not scaled. */
  readonly window: number
  readonly payloadLength: number
  readonly headerLength: number
  readonly captured: number
  readonly urgentPointer: number
  readonly checksum: number
  readonly checksumVerdict: ChecksumVerdict
  readonly options: TcpOptions
}

/** An ICMP or ICMPv6 message; of an error what it says of the segment that it quotes. */
export interface IcmpFacts {
  readonly version: number
  readonly type: number
  readonly code: number
  readonly mtu: number
  readonly quotesTcp: boolean
  /** Who sent it. */
  readonly source: Words
}

/** What one packet's bytes say, kept: `Segment` is borrowed. */
export interface PacketFacts extends Surroundings {
  readonly kind: PacketKind
  readonly packet: number
  readonly ordinal: number
  /** Nanoseconds since the first packet. */
  readonly time: number
  readonly originalLength: number
  readonly capturedLength: number
  /** VLAN tags, outermost first; the two outer ends of a longer row. */
  readonly tags: readonly number[]
  /** 4, 6, or 0 when there is no IP header. */
  readonly ipVersion: number
  readonly source: Words
  readonly destination: Words
  readonly protocol: number
  readonly ttl: number
  /** -1 for IPv6. */
  readonly ipId: number
  readonly dontFragment: boolean
  readonly trafficClass: number
  /** Bytes of the IP packet by its own length. */
  readonly ipLength: number
  readonly fragmentOffset: number
  readonly moreFragments: boolean
  /** Its frame completed a packet that came in fragments: the rest is of the whole. */
  readonly isReassembled: boolean
  readonly tcp: TcpFacts | null
  readonly udp: { readonly sourcePort: number; readonly destinationPort: number } | null
  readonly icmp: IcmpFacts | null
  /** DEFECT_*, the bytes that were needed there, and those present. */
  readonly defect: number
  readonly bytesNeeded: number
  readonly bytesPresent: number
}

/** Keeps what was just decoded. */
export function packetFacts(segment: Segment, kind: PacketKind, decoder: PacketDecoder): PacketFacts {
  const isIcmp = kind === KIND_ICMP || kind === KIND_ICMP_ERROR
  const hasTcp = kind === KIND_TCP || kind === KIND_ICMP_ERROR || segment.tcpCaptured > 0
  const { vlanCount, outerVlan, innerVlan } = segment
  return {
    ...decoder.networks.surroundings(segment.network),
    kind,
    packet: segment.packet,
    ordinal: segment.ordinal,
    time: segment.time,
    originalLength: segment.originalLength,
    capturedLength: segment.capturedLength,
    tags: vlanCount === 0 ? [] : vlanCount === 1 ? [outerVlan] : [outerVlan, innerVlan],
    ipVersion: segment.ipVersion,
    source: [segment.source0, segment.source1, segment.source2, segment.source3],
    destination: [segment.destination0, segment.destination1, segment.destination2, segment.destination3],
    protocol: segment.protocol,
    ttl: segment.ttl,
    ipId: segment.ipId,
    dontFragment: segment.dontFragment !== 0,
    trafficClass: segment.trafficClass,
    ipLength: segment.ipVersion === 0 ? 0 : Math.max(0, segment.ipEnd - segment.ipStart),
    fragmentOffset: segment.fragmentOffset,
    moreFragments: segment.moreFragments !== 0,
    isReassembled: decoder.completing === segment.packet,
    tcp: hasTcp ? tcpFacts(segment, kind) : null,
    udp: kind === KIND_UDP ? udpFacts(segment) : null,
    icmp: isIcmp ? icmpFacts(segment, kind, decoder) : null,
    defect: segment.defect,
    bytesNeeded: segment.bytesNeeded,
    bytesPresent: segment.bytesPresent,
  }
}

function tcpFacts(segment: Segment, kind: PacketKind): TcpFacts {
  return {
    sourcePort: segment.sourcePort,
    destinationPort: segment.destinationPort,
    flags: segment.flags,
    seq: segment.seq,
    ack: segment.ack,
    window: segment.window,
    payloadLength: segment.payloadLength,
    headerLength: segment.tcpHeaderLength,
    captured: segment.tcpCaptured,
    urgentPointer: segment.urgentPointer,
    checksum: segment.checksum,
    checksumVerdict: kind === KIND_TCP ? verifyTcpChecksum(segment) : CHECKSUM_UNKNOWN,
    options: copyOf(segment.options),
  }
}

function copyOf(options: TcpOptions): TcpOptions {
  const { sackEdges, ...values } = options
  const copy = Object.assign(new TcpOptions(), values)
  copy.sackEdges.set(sackEdges)
  return copy
}

function udpFacts({ view, upperStart, ipEnd, captureEnd }: Segment): PacketFacts['udp'] {
  if (upperStart === 0 || upperStart + 4 > Math.min(ipEnd, captureEnd)) return null
  return { sourcePort: view.getUint16(upperStart), destinationPort: view.getUint16(upperStart + 2) }
}

function icmpFacts(segment: Segment, kind: PacketKind, { icmp }: PacketDecoder): IcmpFacts | null {
  if (kind === KIND_ICMP_ERROR) {
    const { version, type, code, mtu, source0, source1, source2, source3 } = icmp
    return { version, type, code, mtu, quotesTcp: true, source: [source0, source1, source2, source3] }
  }
  const { view, upperStart, ipEnd, captureEnd, protocol } = segment
  if (upperStart === 0 || upperStart + 2 > Math.min(ipEnd, captureEnd)) return null
  return {
    version: protocol === 1 ? 4 : 6,
    type: view.getUint8(upperStart),
    code: view.getUint8(upperStart + 1),
    mtu: 0,
    quotesTcp: false,
    source: [segment.source0, segment.source1, segment.source2, segment.source3],
  }
}
