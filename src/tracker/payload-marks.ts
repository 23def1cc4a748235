import type { Segment } from '../decode/segment.ts'
import { RST, SYN } from '../decode/tcp-flags.ts'

/** What data sent from a number are to those sent from it before. */
export const DATA_ALIKE = 0
/** As long, and both their first bytes and their checksums say that they are others. */
export const DATA_DIFFER = 1
/** Of another length, and other bytes come first. */
export const DATA_BEGIN_OTHERWISE = 2
/** As long; only the checksums say so. */
export const DATA_SUM_OTHERWISE = 3
export type DataVerdict =
  | typeof DATA_ALIKE
  | typeof DATA_DIFFER
  | typeof DATA_BEGIN_OTHERWISE
  | typeof DATA_SUM_OTHERWISE

/** The segment that brought other bytes from the same number before. */
export class EarlierData {
  packet = 0
  ttl = 0
  /** How long before, ns, to the microsecond. */
  age = -0
  /** Bytes of payload. */
  length = 0
  /** Its receiver had acknowledged all of it. */
  isAcknowledged = false
}

const TCP_OPTIONS = 20
const ONES = 0xffff

/** Its payload is a part of the stream that begins at its number, and not a probe. */
export function isPlainData(segment: Segment): boolean {
  return segment.payloadLength > 1 && (segment.flags & (SYN | RST)) === 0
}

/**
 * What the payload of a segment must sum up to for its checksum to be right, of those of one length to one end: 1 to
 * 65,535, 0 if the header was not captured whole. No byte of the payload is looked at: the header is taken out of the
 * checksum (RFC 1071), but for what is the same in all of them.
 */
export function payloadSum(segment: Segment): number {
  const { view, ack, tcpHeaderLength, payloadStart } = segment
  if (payloadStart > segment.captureEnd) return 0
  let sum = segment.checksum + (ack >>> 16) + (ack & ONES) + segment.window + segment.urgentPointer
  sum += (tcpHeaderLength << 10) | (segment.reservedBits << 9) | segment.flags
  sum += tcpHeaderLength
  for (let at = segment.tcpStart + TCP_OPTIONS; at < payloadStart; at += 4) {
    const word = view.getUint32(at)
    sum += (word >>> 16) + (word & ONES)
  }
  sum = (sum & ONES) + (sum >>> 16)
  return (sum & ONES) + (sum >>> 16)
}

/**
 * Bytes that `beginningOf` looks at: a forged answer of HTTP has its status line, `HTTP/1.1 200 OK` with 17, in common with
 * the true one. The fewer where there are not as many.
 */
const BEGINNING_BYTES = 32
const FEWER_BYTES = 16

/** A hash of the first four bytes, not 0, in 16 bits; 0 if they are not all there. */
export function firstBytesOf({ view, payloadStart, captureEnd, payloadLength }: Segment): number {
  if (payloadLength < 4 || payloadStart + 4 > captureEnd) return 0
  const hash = Math.imul(view.getInt32(payloadStart), 0x9e3779b1) >>> 16
  return hash === 0 ? 1 : hash
}

/** The same of the first 32 (the last bit is 1) or of the first 16 (it is 0), in 32 bits. */
export function beginningOf({ view, payloadStart, captureEnd, payloadLength }: Segment): number {
  const there = Math.min(payloadLength, captureEnd - payloadStart)
  if (there < FEWER_BYTES) return 0
  const isWhole = there >= BEGINNING_BYTES
  const end = payloadStart + (isWhole ? BEGINNING_BYTES : FEWER_BYTES)
  let hash = 0
  for (let at = payloadStart; at < end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  return isWhole ? hash | 1 : hash & ~1 || 2
}

/** Both are known, of as many bytes, and not the same. */
export function beginOtherwise(one: number, other: number): boolean {
  return one !== other && one !== 0 && other !== 0 && ((one ^ other) & 1) === 0
}
