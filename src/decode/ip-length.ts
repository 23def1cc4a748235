import { DEFECT_IP_LONGER_THAN_FRAME } from './defect.ts'
import { recordDefect } from './record-defect.ts'
import { LENGTH_FROM_OFFLOAD, type Segment } from './segment.ts'

/**
 * Where the frame's payload ended on the wire, in `view` coordinates: not before the end of what was captured, unless
 * the link layer has a length of its own.
 */
export function wireEndOf(segment: Segment): number {
  const missing = segment.originalLength - segment.capturedLength
  const frameEnd = missing > 0 ? segment.captureEnd + missing : segment.captureEnd
  return segment.linkEnd >= 0 && segment.linkEnd < frameEnd ? segment.linkEnd : frameEnd
}

/**
 * Sets `ipEnd` from a length that the IP header gives, in bytes from `start`. A packet longer than its frame keeps its
 * length: more often the program that cut the capture lost the length on the wire than the packet was really short.
 * A length in the packet itself, PPPoE's, does bound it.
 */
export function setIpEnd(start: number, length: number, lengthSource: number, segment: Segment): void {
  const wireEnd = wireEndOf(segment)
  segment.ipEnd = start + length
  segment.lengthSource = lengthSource
  if (segment.ipEnd > wireEnd) {
    recordDefect(segment, DEFECT_IP_LONGER_THAN_FRAME, start, length, wireEnd - start, 0)
    if (segment.linkEnd >= 0 && segment.ipEnd > segment.linkEnd) segment.ipEnd = segment.linkEnd
  }
}

/** Sets `ipEnd` of a packet whose length was left to the card (or to the jumbo option, RFC 2675): the frame's end. */
export function setIpEndFromFrame(segment: Segment): void {
  segment.ipEnd = wireEndOf(segment)
  segment.lengthSource = LENGTH_FROM_OFFLOAD
}
