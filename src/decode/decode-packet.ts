import {
  LINKTYPE_C_HDLC,
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_LOOP,
  LINKTYPE_NFLOG,
  LINKTYPE_NULL,
  LINKTYPE_PPP,
  LINKTYPE_PPP_ETHER,
  LINKTYPE_PPP_HDLC,
  LINKTYPE_RAW,
  LINKTYPE_RAW_BSD,
  LINKTYPE_RAW_OPENBSD,
} from '../capture/link-type.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import { decodeCiscoHdlc } from './cisco-hdlc.ts'
import { clearSegment } from './clear-segment.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { decodeEthernet } from './ethernet.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { decodeLinuxSll, decodeLinuxSll2 } from './linux-sll.ts'
import { decodeNflog } from './nflog.ts'
import { decodeLoop, decodeNull } from './null-loopback.ts'
import { decodePpp } from './ppp.ts'
import { decodePppoe } from './pppoe.ts'
import { decodeRawIp } from './raw-ip.ts'
import { KIND_NON_IP, type PacketKind, type Segment } from './segment.ts'

/**
 * Decodes one packet into `segment`, every field of which is set, but for `ordinal`, which only the caller knows. Reads
 * only the record's bytes, throws nothing, and returns what the packet is. Fields of a layer that the packet does not
 * have hold their initial values.
 */
export function decodePacket(record: PacketRecord, segment: Segment): PacketKind {
  clearSegment(segment)
  const view = record.view
  const start = record.start
  const end = record.end
  segment.packet = record.packet
  segment.time = record.time
  segment.originalLength = record.originalLength
  segment.capturedLength = end - start
  segment.view = view
  segment.captureEnd = end
  switch (decodeLinkLayer(record.linkType, view, start, end, segment)) {
    case ETHERTYPE_IPV4:
      return decodeIpv4(view, end, segment)
    case ETHERTYPE_IPV6:
      return decodeIpv6(view, end, segment)
    default:
      return KIND_NON_IP
  }
}

/** Returns the EtherType of what begins at `segment.ipStart`, or NOT_IP. */
function decodeLinkLayer(
  linkType: number,
  view: DataView,
  start: number,
  end: number,
  segment: Segment,
): number {
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return decodeEthernet(view, start, end, segment)
    case LINKTYPE_LINUX_SLL:
      return decodeLinuxSll(view, start, end, segment)
    case LINKTYPE_LINUX_SLL2:
      return decodeLinuxSll2(view, start, end, segment)
    case LINKTYPE_NULL:
      return decodeNull(view, start, end, segment)
    case LINKTYPE_LOOP:
      return decodeLoop(view, start, end, segment)
    case LINKTYPE_RAW:
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
      return decodeRawIp(view, start, end, segment)
    case LINKTYPE_IPV4:
      segment.ipStart = start
      return ETHERTYPE_IPV4
    case LINKTYPE_IPV6:
      segment.ipStart = start
      return ETHERTYPE_IPV6
    case LINKTYPE_PPP:
    case LINKTYPE_PPP_HDLC:
      return decodePpp(view, start, end, segment)
    case LINKTYPE_PPP_ETHER:
      return decodePppoe(view, start, end, segment)
    case LINKTYPE_C_HDLC:
      return decodeCiscoHdlc(view, start, end, segment)
    case LINKTYPE_NFLOG:
      return decodeNflog(view, start, end, segment)
    default:
      return NOT_IP
  }
}
