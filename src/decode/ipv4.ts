import {
  DEFECT_IP_HEADER_INCOMPLETE,
  DEFECT_IP_HEADER_NOT_CAPTURED,
  DEFECT_IP_VERSION,
  DEFECT_IPV4_HEADER_LENGTH,
  DEFECT_IPV4_TOTAL_LENGTH,
} from './defect.ts'
import { setIpEnd, setIpEndFromFrame, wireEndOf } from './ip-length.ts'
import { recordDefect } from './record-defect.ts'
import {
  KIND_NON_IP,
  KIND_OTHER_IP,
  LENGTH_FROM_IPV4_TOTAL_LENGTH,
  type PacketKind,
  type Segment,
} from './segment.ts'
import { decodeUpperLayer } from './upper-layer.ts'

/** RFC 791 section 3.1, in wire order. */
const VERSION_AND_HEADER_LENGTH = 0
const TYPE_OF_SERVICE = 1
const TOTAL_LENGTH = 2
const IDENTIFICATION = 4
const FLAGS_AND_FRAGMENT = 6
const TIME_TO_LIVE = 8
const PROTOCOL = 9
const SOURCE = 12
const DESTINATION = 16
const MIN_HEADER_LENGTH = 20

const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000
const FRAGMENT_OFFSET_MASK = 0x1fff

/** Decodes the packet at `segment.ipStart` and what is in it. Reads only below `end`; never throws, clamps nothing. */
export function decodeIpv4(view: DataView, end: number, segment: Segment): PacketKind {
  const start = segment.ipStart
  if (start + MIN_HEADER_LENGTH > end) {
    const isCut = start + MIN_HEADER_LENGTH <= wireEndOf(segment)
    const defect = isCut ? DEFECT_IP_HEADER_NOT_CAPTURED : DEFECT_IP_HEADER_INCOMPLETE
    recordDefect(segment, defect, start, MIN_HEADER_LENGTH, end - start, 0)
    return KIND_OTHER_IP
  }
  const first = view.getUint8(start + VERSION_AND_HEADER_LENGTH)
  if (first >> 4 !== 4) {
    recordDefect(segment, DEFECT_IP_VERSION, start, 4, first >> 4, 0)
    return KIND_NON_IP
  }
  segment.ipVersion = 4
  segment.trafficClass = view.getUint8(start + TYPE_OF_SERVICE)
  segment.ipId = view.getUint16(start + IDENTIFICATION)
  const fragment = view.getUint16(start + FLAGS_AND_FRAGMENT)
  segment.dontFragment = (fragment & DONT_FRAGMENT) === 0 ? 0 : 1
  segment.moreFragments = (fragment & MORE_FRAGMENTS) === 0 ? 0 : 1
  segment.fragmentOffset = (fragment & FRAGMENT_OFFSET_MASK) * 8
  segment.ttl = view.getUint8(start + TIME_TO_LIVE)
  segment.protocol = view.getUint8(start + PROTOCOL)
  segment.source0 = view.getInt32(start + SOURCE)
  segment.destination0 = view.getInt32(start + DESTINATION)

  const headerLength = (first & 15) * 4
  const totalLength = view.getUint16(start + TOTAL_LENGTH)
  if (totalLength === 0) setIpEndFromFrame(segment)
  else setIpEnd(start, totalLength, LENGTH_FROM_IPV4_TOTAL_LENGTH, segment)
  if (headerLength < MIN_HEADER_LENGTH) {
    recordDefect(segment, DEFECT_IPV4_HEADER_LENGTH, start, MIN_HEADER_LENGTH, headerLength, 0)
    return KIND_OTHER_IP
  }
  if (segment.ipEnd < start + headerLength) {
    recordDefect(segment, DEFECT_IPV4_TOTAL_LENGTH, start, headerLength, segment.ipEnd - start, 0)
    return KIND_OTHER_IP
  }
  return decodeUpperLayer(view, start + headerLength, segment)
}
