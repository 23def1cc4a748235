import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_OTHER_IP,
  KIND_TCP,
  KIND_UDP,
  type PacketKind,
  type Segment,
} from './segment.ts'
import { decodeTcp, MIN_TCP_HEADER_LENGTH } from './tcp.ts'

/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOL_ICMP = 1
const PROTOCOL_TCP = 6
const PROTOCOL_UDP = 17
const PROTOCOL_ICMPV6 = 58

/** Decodes what begins at `start`, by `segment.protocol`; `ipEnd` and the fragment fields are set. */
export function decodeUpperLayer(view: DataView, start: number, segment: Segment): PacketKind {
  if (segment.protocol !== PROTOCOL_TCP) segment.upperStart = start
  const end = segment.ipEnd < segment.captureEnd ? segment.ipEnd : segment.captureEnd
  if ((segment.fragmentOffset | segment.moreFragments) !== 0) {
    const hasTcpHeader = segment.fragmentOffset === 0 && end - start >= MIN_TCP_HEADER_LENGTH
    if (segment.protocol === PROTOCOL_TCP && hasTcpHeader) decodeTcp(view, start, end, segment)
    return KIND_FRAGMENT
  }
  switch (segment.protocol) {
    case PROTOCOL_TCP:
      decodeTcp(view, start, end, segment)
      return KIND_TCP
    case PROTOCOL_UDP:
      return KIND_UDP
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return KIND_ICMP
    default:
      return KIND_OTHER_IP
  }
}
