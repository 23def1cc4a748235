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

/** Whether this machine keeps the low byte of a word first. */
const LOW_BYTE_FIRST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The buffer summed last as bytes and as words: read buffers are few and large, so these are made anew rarely. */
let summedView: DataView | undefined
let bytes: Uint8Array = new Uint8Array(0)
let words: Uint32Array = new Uint32Array(0)

function lookAt(view: DataView): void {
  summedView = view
  const { buffer, byteOffset, byteLength } = view
  bytes = new Uint8Array(buffer, 0, byteOffset + byteLength)
  words = new Uint32Array(buffer, 0, (byteOffset + byteLength) >>> 2)
}

/**
 * Sum of the 16-bit words in `[start, end)`, a multiple of 65,535 more or less; an odd last byte counts as the upper
 * one. Adds the machine's own aligned 32-bit words, in doubles, which hold the sum of a million of them exactly: that
 * is right up to the order of the two bytes of the result (RFC 1071 section 2, parts A to C).
 */
function sumWords(view: DataView, start: number, end: number): number {
  if (view !== summedView) lookAt(view)
  const from = view.byteOffset + start
  const to = view.byteOffset + end
  let low = 0
  let high = 0
  let at = from
  for (; at < to && (at & 3) !== 0; at++) {
    if ((at & 1) === 0) low += bytes[at] as number
    else high += bytes[at] as number
  }
  const list = words
  const lastWord = at < to ? to >>> 2 : at >>> 2
  let word = at >>> 2
  let sum = 0
  let second = 0
  let third = 0
  let fourth = 0
  for (const lastFour = lastWord - 3; word < lastFour; word += 4) {
    sum += list[word] as number
    second += list[word + 1] as number
    third += list[word + 2] as number
    fourth += list[word + 3] as number
  }
  for (; word < lastWord; word++) sum += list[word] as number
  for (at = Math.max(at, 4 * lastWord); at < to; at++) {
    if ((at & 1) === 0) low += bytes[at] as number
    else high += bytes[at] as number
  }
  // Bytes at even addresses are the upper ones where the segment begins at an even address.
  const alone = (from & 1) === 0 ? 256 * low + high : low + 256 * high
  const aligned = fold(sum + second + third + fourth)
  return alone + (LOW_BYTE_FIRST === ((from & 1) === 0) ? swapped(aligned) : aligned)
}

function swapped(half: number): number {
  return ((half & 0xff) << 8) | (half >>> 8)
}

/** Adds the carries back in until 16 bits are left; `sum` is an integer below 2^53. */
function fold(sum: number): number {
  let folded = halves(sum >>> 0) + halves(Math.floor(sum / 0x100000000))
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}
