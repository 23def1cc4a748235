import { DEFECT_IP_LONGER_THAN_FRAME } from './defect.ts'
import { recordDefect } from './record-defect.ts'
import { LENGTH_FROM_OFFLOAD, type Segment } from './segment.ts'

/** Where the frame ended on the wire, in `view` coordinates; not before the end of what was captured. */
export function wireEndOf(segment: Segment): number {
  const missing = segment.originalLength - segment.capturedLength
  return missing > 0 ? segment.captureEnd + missing : segment.captureEnd
}

/**
 * Sets `ipEnd` from a length that the IP header gives, in bytes from `start`. A packet longer than its frame keeps its
 * length: more often the program that cut the capture lost the length on the wire than the packet was really short.
 */
export function setIpEnd(start: number, length: number, lengthSource: number, segment: Segment): void {
  const wireEnd = wireEndOf(segment)
  segment.ipEnd = start + length
  segment.lengthSource = lengthSource
  if (segment.ipEnd > wireEnd) {
    recordDefect(segment, DEFECT_IP_LONGER_THAN_FRAME, segment.ipStart, length, wireEnd - start, 0)
  }
}

/** Sets `ipEnd` of a packet whose length was left to the card (or to the jumbo option, RFC 2675): the frame's end. */
export function setIpEndFromFrame(segment: Segment): void {
  segment.ipEnd = wireEndOf(segment)
  segment.lengthSource = LENGTH_FROM_OFFLOAD
}
