import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** Four bytes of address family. */
const HEADER_LENGTH = 4

const AF_INET = 2
/** AF_INET6 is another number on each system. */
const AF_INET6_LINUX = 10
const AF_INET6_BSD = 24
const AF_INET6_FREEBSD = 28
const AF_INET6_DARWIN = 30

/** LINKTYPE_NULL: the family stands in the byte order of the machine that captured, which no field tells. */
export function decodeNull(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) return notCaptured(start, end, segment)
  const family = view.getInt32(start, true)
  const isSwapped = (family & 0xffff) === 0
  return etherTypeOf(isSwapped ? view.getInt32(start) : family, start, segment)
}

/** LINKTYPE_LOOP: the family stands in network byte order. */
export function decodeLoop(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) return notCaptured(start, end, segment)
  return etherTypeOf(view.getInt32(start), start, segment)
}

function etherTypeOf(family: number, start: number, segment: Segment): number {
  segment.ipStart = start + HEADER_LENGTH
  switch (family) {
    case AF_INET:
      return ETHERTYPE_IPV4
    case AF_INET6_LINUX:
    case AF_INET6_BSD:
    case AF_INET6_FREEBSD:
    case AF_INET6_DARWIN:
      return ETHERTYPE_IPV6
    default:
      return NOT_IP
  }
}

function notCaptured(start: number, end: number, segment: Segment): number {
  return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, HEADER_LENGTH, end - start, NOT_IP)
}
