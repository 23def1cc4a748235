import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** LINKTYPE_NFLOG: address family, version, resource; then attributes: length (header included), type, value. */
const FAMILY = 0
const VERSION = 1
const HEADER_LENGTH = 4
const ATTRIBUTE_TYPE = 2
const ATTRIBUTE_HEADER_LENGTH = 4

const VERSION_0 = 0
const AF_INET = 2
const AF_INET6 = 10
/** NFULA_PAYLOAD, linux/netfilter/nfnetlink_log.h: the packet from its IP header on. */
const PAYLOAD = 9

/** Finds the attribute that holds the packet. Sets `linkEnd` to its end. */
export function decodeNflog(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) return notCaptured(start, HEADER_LENGTH, end, segment)
  const family = view.getUint8(start + FAMILY)
  if (view.getUint8(start + VERSION) !== VERSION_0) return NOT_IP
  let at = start + HEADER_LENGTH
  if (at + ATTRIBUTE_HEADER_LENGTH > end) return notCaptured(at, ATTRIBUTE_HEADER_LENGTH, end, segment)
  const isLittle = isLittleEndian(view, at)
  for (;;) {
    if (at + ATTRIBUTE_HEADER_LENGTH > end) return notCaptured(at, ATTRIBUTE_HEADER_LENGTH, end, segment)
    const length = view.getUint16(at, isLittle)
    if (length < ATTRIBUTE_HEADER_LENGTH) return NOT_IP
    if (view.getUint16(at + ATTRIBUTE_TYPE, isLittle) === PAYLOAD) {
      segment.linkEnd = at + length
      segment.ipStart = at + ATTRIBUTE_HEADER_LENGTH
      return family === AF_INET ? ETHERTYPE_IPV4 : family === AF_INET6 ? ETHERTYPE_IPV6 : NOT_IP
    }
    const padded = (length + 3) & ~3
    if (at + padded > end) return notCaptured(at, padded, end, segment)
    at += padded
  }
}

/** Attributes stand in the byte order of the machine that captured, which no field tells: a type is a small number. */
function isLittleEndian(view: DataView, at: number): boolean {
  return view.getUint8(at + ATTRIBUTE_TYPE + 1) === 0
}

function notCaptured(at: number, needed: number, end: number, segment: Segment): number {
  return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, at, needed, end - at, NOT_IP)
}
