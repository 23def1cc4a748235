import { DEFECT_IP_HEADER_NOT_CAPTURED } from './defect.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** LINKTYPE_RAW: the packet starts with its IP header; the version in it decides. */
export function decodeRawIp(view: DataView, start: number, end: number, segment: Segment): number {
  segment.ipStart = start
  if (start >= end) return recordDefect(segment, DEFECT_IP_HEADER_NOT_CAPTURED, start, 1, 0, NOT_IP)
  const version = view.getUint8(start) >> 4
  return version === 4 ? ETHERTYPE_IPV4 : version === 6 ? ETHERTYPE_IPV6 : NOT_IP
}
