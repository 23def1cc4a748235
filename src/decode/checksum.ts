import type { Segment } from './segment.ts'

export const CHECKSUM_OK = 0
export const CHECKSUM_BAD = 1
/** The sum of the pseudo-header only: the sending host left the rest to its network card. */
export const CHECKSUM_PARTIAL = 2
/** The segment was not captured whole, or is no whole segment. */
export const CHECKSUM_UNKNOWN = 3

export type ChecksumVerdict =
  | typeof CHECKSUM_OK
  | typeof CHECKSUM_BAD
  | typeof CHECKSUM_PARTIAL
  | typeof CHECKSUM_UNKNOWN

const PROTOCOL_TCP = 6

/**
 * Verifies the checksum of a decoded KIND_TCP segment (RFC 9293 section 3.1, RFC 1071; IPv6 pseudo-header RFC 8200
 * section 8.1). Costs time in proportion to the payload: not for every packet. The destination is taken from the IP
 * header, so a packet still under way on a source route counts as bad.
 */
export function verifyTcpChecksum(segment: Segment): ChecksumVerdict {
  const length = segment.ipEnd - segment.tcpStart
  const isWhole = segment.ipEnd <= segment.captureEnd && length >= 20
  const isFragment = (segment.fragmentOffset | segment.moreFragments) !== 0
  if (!isWhole || isFragment || segment.protocol !== PROTOCOL_TCP) return CHECKSUM_UNKNOWN
  const addresses = addressSum(segment)
  const pseudoHeader = addresses + PROTOCOL_TCP + (length & 0xffff) + (length >>> 16)
  if (fold(pseudoHeader + sumWords(segment.view, segment.tcpStart, segment.ipEnd)) === 0xffff)
    return CHECKSUM_OK
  // Linux leaves the sum with the length in it (tcp_v4_send_check); some segmentation engines want it without.
  const isPartial =
    segment.checksum === fold(pseudoHeader) || segment.checksum === fold(addresses + PROTOCOL_TCP)
  return isPartial ? CHECKSUM_PARTIAL : CHECKSUM_BAD
}

function addressSum(segment: Segment): number {
  return (
    halves(segment.source0) +
    halves(segment.source1) +
    halves(segment.source2) +
    halves(segment.source3) +
    halves(segment.destination0) +
    halves(segment.destination1) +
    halves(segment.destination2) +
    halves(segment.destination3)
  )
}

function halves(word: number): number {
  return (word >>> 16) + (word & 0xffff)
}

/** Sum of the 16-bit words in `[start, end)`; an odd last byte counts as the upper one. */
function sumWords(view: DataView, start: number, end: number): number {
  let sum = 0
  let at = start
  for (const wordsEnd = end - 3; at < wordsEnd; at += 4) {
    const word = view.getInt32(at)
    sum += (word >>> 16) + (word & 0xffff)
  }
  if (at + 1 < end) {
    sum += view.getUint16(at)
    at += 2
  }
  return at < end ? sum + view.getUint8(at) * 256 : sum
}

function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return folded
}
