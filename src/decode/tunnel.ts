import { clearInner } from './clear-segment.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { decodeEthernet, decodeEtherType } from './ethernet.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import {
  type NetworkTable,
  TUNNEL_4IN6,
  TUNNEL_6IN4,
  TUNNEL_6IN6,
  TUNNEL_GENEVE,
  TUNNEL_GRE,
  TUNNEL_GRE_KEYED,
  TUNNEL_IPIP,
  TUNNEL_VXLAN,
} from './network-table.ts'
import { KIND_NON_IP, type PacketKind, type Segment } from './segment.ts'

/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOL_IPV4 = 4
const PROTOCOL_UDP = 17
const PROTOCOL_IPV6 = 41
const PROTOCOL_GRE = 47

const ETHERTYPE_TRANSPARENT_BRIDGING = 0x6558

/** RFC 2784, RFC 2890: flags and version, protocol; then checksum, key, sequence number as the flags say. */
const GRE_CHECKSUM = 0x8000
const GRE_ROUTING = 0x4000
const GRE_KEY = 0x2000
const GRE_SEQUENCE = 0x1000
const GRE_VERSION = 0x0007
const GRE_HEADER_LENGTH = 4

/** RFC 768. */
const UDP_DESTINATION_PORT = 2
const UDP_HEADER_LENGTH = 8

/** RFC 7348 section 5; 8472 is Linux's port from before there was one. */
const VXLAN_PORT = 4789
const VXLAN_PORT_LINUX = 8472
const VXLAN_HAS_ID = 0x08
const VXLAN_ID = 4
const VXLAN_HEADER_LENGTH = 8

/** RFC 8926 section 3.4: version and length of options in words, flags, protocol, network identifier. */
const GENEVE_PORT = 6081
const GENEVE_PROTOCOL = 2
const GENEVE_ID = 4
const GENEVE_HEADER_LENGTH = 8

/** The packet carries no other packet, or none that is IP. */
export const NO_TUNNEL = -1

/**
 * If the decoded packet carries another, decodes that one into the same segment, whose IP and TCP fields, and network,
 * are then of the inner packet. Returns the inner packet's kind, or NO_TUNNEL. Reads only what the outer packet holds.
 */
export function enterTunnel(segment: Segment, networks: NetworkTable): PacketKind | typeof NO_TUNNEL {
  const start = segment.upperStart
  switch (segment.protocol) {
    case PROTOCOL_IPV4:
      networks.describeTunnel(segment, segment.ipVersion === 4 ? TUNNEL_IPIP : TUNNEL_4IN6, 0)
      return decodeInner(segment, ETHERTYPE_IPV4, start, networks)
    case PROTOCOL_IPV6:
      networks.describeTunnel(segment, segment.ipVersion === 4 ? TUNNEL_6IN4 : TUNNEL_6IN6, 0)
      return decodeInner(segment, ETHERTYPE_IPV6, start, networks)
    case PROTOCOL_GRE:
      return enterGre(segment, start, networks)
    case PROTOCOL_UDP:
      return enterUdp(segment, start, networks)
    default:
      return NO_TUNNEL
  }
}

function enterGre(segment: Segment, start: number, networks: NetworkTable): PacketKind | typeof NO_TUNNEL {
  const { view } = segment
  if (start + GRE_HEADER_LENGTH > heldEnd(segment)) return NO_TUNNEL
  const flags = view.getUint16(start)
  // Version 1 is PPTP's; routing is a list of unknown length that nobody has used since RFC 2784.
  if ((flags & (GRE_ROUTING | GRE_VERSION)) !== 0) return NO_TUNNEL
  const keyAt = start + GRE_HEADER_LENGTH + ((flags & GRE_CHECKSUM) === 0 ? 0 : 4)
  const sequenceAt = keyAt + ((flags & GRE_KEY) === 0 ? 0 : 4)
  const innerAt = sequenceAt + ((flags & GRE_SEQUENCE) === 0 ? 0 : 4)
  if (innerAt > heldEnd(segment)) return NO_TUNNEL
  if ((flags & GRE_KEY) === 0) networks.describeTunnel(segment, TUNNEL_GRE, 0)
  else networks.describeTunnel(segment, TUNNEL_GRE_KEYED, view.getInt32(keyAt))
  return decodeInner(segment, view.getUint16(start + 2), innerAt, networks)
}

function enterUdp(segment: Segment, start: number, networks: NetworkTable): PacketKind | typeof NO_TUNNEL {
  const { view } = segment
  const at = start + UDP_HEADER_LENGTH
  if (at + VXLAN_HEADER_LENGTH > heldEnd(segment)) return NO_TUNNEL
  const port = view.getUint16(start + UDP_DESTINATION_PORT)
  if (port === VXLAN_PORT || port === VXLAN_PORT_LINUX) {
    if ((view.getUint8(at) & VXLAN_HAS_ID) === 0) return NO_TUNNEL
    networks.describeTunnel(segment, TUNNEL_VXLAN, view.getUint32(at + VXLAN_ID) >>> 8)
    return decodeInner(segment, ETHERTYPE_TRANSPARENT_BRIDGING, at + VXLAN_HEADER_LENGTH, networks)
  }
  if (port !== GENEVE_PORT) return NO_TUNNEL
  const versionAndLength = view.getUint8(at)
  if (versionAndLength >> 6 !== 0) return NO_TUNNEL
  networks.describeTunnel(segment, TUNNEL_GENEVE, view.getUint32(at + GENEVE_ID) >>> 8)
  const innerAt = at + GENEVE_HEADER_LENGTH + 4 * (versionAndLength & 0x3f)
  return decodeInner(segment, view.getUint16(at + GENEVE_PROTOCOL), innerAt, networks)
}

/** Where the captured part of the packet ends. */
function heldEnd(segment: Segment): number {
  return segment.ipEnd < segment.captureEnd ? segment.ipEnd : segment.captureEnd
}

function decodeInner(
  segment: Segment,
  etherType: number,
  start: number,
  networks: NetworkTable,
): PacketKind | typeof NO_TUNNEL {
  const { ipEnd, linkEnd, defect, defectOffset, bytesNeeded, bytesPresent } = segment
  const end = heldEnd(segment)
  segment.linkEnd = linkEnd >= 0 && linkEnd < ipEnd ? linkEnd : ipEnd
  segment.captureEnd = end
  clearInner(segment)
  const kind = decodeIp(segment, decodeLink(segment, etherType, start, end), end)
  if (kind !== KIND_NON_IP) {
    segment.network = networks.enter()
    return kind
  }
  // What is no IP need not be a tunnel either: it cannot be called damaged.
  segment.defect = defect
  segment.defectOffset = defectOffset
  segment.bytesNeeded = bytesNeeded
  segment.bytesPresent = bytesPresent
  return NO_TUNNEL
}

function decodeLink(segment: Segment, etherType: number, start: number, end: number): number {
  if (start > end) return NOT_IP
  if (etherType !== ETHERTYPE_TRANSPARENT_BRIDGING) {
    return decodeEtherType(segment.view, etherType, start, end, segment)
  }
  return decodeEthernet(segment.view, start, end, segment)
}

function decodeIp(segment: Segment, etherType: number, end: number): PacketKind {
  if (etherType === ETHERTYPE_IPV4) return decodeIpv4(segment.view, end, segment)
  return etherType === ETHERTYPE_IPV6 ? decodeIpv6(segment.view, end, segment) : KIND_NON_IP
}
