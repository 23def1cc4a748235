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
import { DEFECT_NONE } from './defect.ts'
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
import { KIND_NON_IP, LENGTH_FROM_CAPTURE, type PacketKind, type Segment } from './segment.ts'

/**
 * Decodes one packet into `segment`, every field of which is set, but for `ordinal`, which only the caller knows. Reads
 * only the record's bytes, throws nothing, and returns what the packet is. Fields of a layer that the packet does not
 * have hold their initial values.
 */
export function decodePacket(record: PacketRecord, segment: Segment): PacketKind {
  clear(segment)
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

/** Back to the initial values of segment.ts, so that nothing of the packet before shows through. */
function clear(segment: Segment): void {
  segment.vlanCount = 0
  segment.outerVlan = -1
  segment.innerVlan = -1
  segment.sourceMacHigh = -1
  segment.sourceMacLow = 0
  segment.linkEnd = -1

  segment.ipVersion = 0
  segment.ipStart = 0
  segment.source0 = 0
  segment.source1 = 0
  segment.source2 = 0
  segment.source3 = 0
  segment.destination0 = 0
  segment.destination1 = 0
  segment.destination2 = 0
  segment.destination3 = 0
  segment.protocol = -1
  segment.trafficClass = 0
  segment.ttl = 0
  segment.ipId = -1
  segment.dontFragment = 0
  segment.fragmentOffset = 0
  segment.moreFragments = 0
  segment.ipEnd = 0
  segment.lengthSource = LENGTH_FROM_CAPTURE

  segment.sourcePort = 0
  segment.destinationPort = 0
  segment.seq = 0
  segment.ack = 0
  segment.flags = 0
  segment.reservedBits = 0
  segment.window = 0
  segment.checksum = 0
  segment.urgentPointer = 0
  segment.tcpStart = 0
  segment.tcpHeaderLength = 0
  segment.tcpCaptured = 0
  segment.payloadLength = 0
  segment.payloadStart = 0

  const options = segment.options
  options.present = 0
  options.duplicated = 0
  options.mss = 0
  options.windowScale = 0
  options.tsVal = 0
  options.tsEcr = 0
  options.sackCount = 0
  options.fastOpenCookieLength = 0
  options.defectOffset = 0

  segment.defect = DEFECT_NONE
  segment.defectOffset = 0
  segment.bytesNeeded = 0
  segment.bytesPresent = 0
}
