import { DEFECT_IP_HEADER_INCOMPLETE, DEFECT_IP_HEADER_NOT_CAPTURED, DEFECT_IP_VERSION } from './defect.ts'
import { setIpEnd, setIpEndFromFrame, wireEndOf } from './ip-length.ts'
import { findUpperLayer, NO_NEXT_HEADER, NO_UPPER_LAYER } from './ipv6-extensions.ts'
import { recordDefect } from './record-defect.ts'
import {
  KIND_FRAGMENT,
  KIND_NON_IP,
  KIND_OTHER_IP,
  LENGTH_FROM_IPV6_PAYLOAD_LENGTH,
  type PacketKind,
  type Segment,
} from './segment.ts'
import { decodeUpperLayer } from './upper-layer.ts'

/** RFC 8200 section 3, in wire order. */
const VERSION_AND_CLASS = 0
const PAYLOAD_LENGTH = 4
const NEXT_HEADER = 6
const HOP_LIMIT = 7
const SOURCE = 8
const DESTINATION = 24
const HEADER_LENGTH = 40

/** Decodes the packet at `segment.ipStart` and what is in it. Reads only below `end`; never throws, clamps nothing. */
export function decodeIpv6(view: DataView, end: number, segment: Segment): PacketKind {
  const start = segment.ipStart
  if (start + HEADER_LENGTH > end) {
    const isCut = start + HEADER_LENGTH <= wireEndOf(segment)
    const defect = isCut ? DEFECT_IP_HEADER_NOT_CAPTURED : DEFECT_IP_HEADER_INCOMPLETE
    recordDefect(segment, defect, start, HEADER_LENGTH, end - start, 0)
    return KIND_OTHER_IP
  }
  const versionAndClass = view.getUint16(start + VERSION_AND_CLASS)
  if (versionAndClass >> 12 !== 6) {
    recordDefect(segment, DEFECT_IP_VERSION, start, 6, versionAndClass >> 12, 0)
    return KIND_NON_IP
  }
  segment.ipVersion = 6
  segment.trafficClass = (versionAndClass >> 4) & 0xff
  segment.dontFragment = 1
  segment.ttl = view.getUint8(start + HOP_LIMIT)
  segment.source0 = view.getInt32(start + SOURCE)
  segment.source1 = view.getInt32(start + SOURCE + 4)
  segment.source2 = view.getInt32(start + SOURCE + 8)
  segment.source3 = view.getInt32(start + SOURCE + 12)
  segment.destination0 = view.getInt32(start + DESTINATION)
  segment.destination1 = view.getInt32(start + DESTINATION + 4)
  segment.destination2 = view.getInt32(start + DESTINATION + 8)
  segment.destination3 = view.getInt32(start + DESTINATION + 12)

  const payloadLength = view.getUint16(start + PAYLOAD_LENGTH)
  const nextHeader = view.getUint8(start + NEXT_HEADER)
  if (payloadLength === 0 && nextHeader !== NO_NEXT_HEADER) setIpEndFromFrame(segment)
  else setIpEnd(start, HEADER_LENGTH + payloadLength, LENGTH_FROM_IPV6_PAYLOAD_LENGTH, segment)
  const upperLayer = findUpperLayer(view, start + HEADER_LENGTH, nextHeader, segment)
  if (upperLayer !== NO_UPPER_LAYER) return decodeUpperLayer(view, upperLayer, segment)
  return (segment.fragmentOffset | segment.moreFragments) === 0 ? KIND_OTHER_IP : KIND_FRAGMENT
}
