import {
  DEFECT_NONE,
  DEFECT_TCP_DATA_OFFSET_LARGE,
  DEFECT_TCP_DATA_OFFSET_SMALL,
  DEFECT_TCP_HEADER_INCOMPLETE,
  DEFECT_TCP_HEADER_NOT_CAPTURED,
  DEFECT_TCP_OPTIONS_NOT_CAPTURED,
} from './defect.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'
import { SYN } from './tcp-flags.ts'
import { longestPadding, readTcpOptions } from './tcp-options.ts'

/** RFC 9293 section 3.1, figure 1, in wire order. */
const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const SEQUENCE = 4
const ACKNOWLEDGMENT = 8
const DATA_OFFSET_AND_FLAGS = 12
const WINDOW = 14
const CHECKSUM = 16
const URGENT_POINTER = 18
const OPTIONS = 20
export const MIN_TCP_HEADER_LENGTH = OPTIONS

/** Data offset in words (4 bits), reserved (3), control bits (9). */
const DATA_OFFSET_SHIFT = 12
const RESERVED_SHIFT = 9
const FLAGS_MASK = 0x1ff

/**
 * Fills `segment`'s TCP fields from the header at `start`; `end` is where the captured part of the IP packet ends.
 * Reads only inside `[start, end)`, clamps nothing, and leaves the fields before a defect valid. Returns the first
 * defect of the whole packet.
 */
export function decodeTcp(view: DataView, start: number, end: number, segment: Segment): number {
  const present = end > start ? end - start : 0
  segment.tcpStart = start
  segment.tcpCaptured = present
  segment.payloadStart = segment.ipEnd
  if (present < MIN_TCP_HEADER_LENGTH) {
    const isCut = segment.ipEnd - start >= MIN_TCP_HEADER_LENGTH
    const defect = isCut ? DEFECT_TCP_HEADER_NOT_CAPTURED : DEFECT_TCP_HEADER_INCOMPLETE
    recordDefect(segment, defect, start, MIN_TCP_HEADER_LENGTH, present, 0)
    decodeBeginning(view, start, present, segment)
    return segment.defect
  }
  segment.sourcePort = view.getUint16(start + SOURCE_PORT)
  segment.destinationPort = view.getUint16(start + DESTINATION_PORT)
  segment.seq = view.getInt32(start + SEQUENCE)
  segment.ack = view.getInt32(start + ACKNOWLEDGMENT)
  setOffsetAndFlags(view.getUint16(start + DATA_OFFSET_AND_FLAGS), segment)
  segment.window = view.getUint16(start + WINDOW)
  segment.checksum = view.getUint16(start + CHECKSUM)
  segment.urgentPointer = view.getUint16(start + URGENT_POINTER)
  setPayload(start, segment)
  const headerLength = segment.tcpHeaderLength
  if (headerLength > MIN_TCP_HEADER_LENGTH) {
    const headerEnd = start + headerLength
    const capturedEnd = headerEnd < end ? headerEnd : end
    const defect = readTcpOptions(view, start + OPTIONS, headerEnd, capturedEnd, segment.options)
    if ((segment.flags & SYN) !== 0) {
      segment.options.padding = longestPadding(view, start + OPTIONS, capturedEnd)
    }
    if (defect !== DEFECT_NONE) {
      const at = segment.options.defectOffset
      recordDefect(segment, defect, at, 2, headerEnd - at, 0)
    }
    if (headerEnd > end && headerEnd <= segment.ipEnd) {
      recordDefect(segment, DEFECT_TCP_OPTIONS_NOT_CAPTURED, start, headerLength, present, 0)
    }
  }
  return segment.defect
}

/** Of a header that is not all there, the fields that are; Wireshark too takes a segment from 16 bytes on. */
function decodeBeginning(view: DataView, start: number, present: number, segment: Segment): void {
  if (present >= SEQUENCE) {
    segment.sourcePort = view.getUint16(start + SOURCE_PORT)
    segment.destinationPort = view.getUint16(start + DESTINATION_PORT)
  }
  if (present >= ACKNOWLEDGMENT) segment.seq = view.getInt32(start + SEQUENCE)
  if (present >= DATA_OFFSET_AND_FLAGS) segment.ack = view.getInt32(start + ACKNOWLEDGMENT)
  if (present >= CHECKSUM) {
    setOffsetAndFlags(view.getUint16(start + DATA_OFFSET_AND_FLAGS), segment)
    segment.window = view.getUint16(start + WINDOW)
    setPayload(start, segment)
  }
  if (present >= URGENT_POINTER) segment.checksum = view.getUint16(start + CHECKSUM)
}

function setOffsetAndFlags(bits: number, segment: Segment): void {
  segment.tcpHeaderLength = (bits >>> DATA_OFFSET_SHIFT) * 4
  segment.reservedBits = (bits >>> RESERVED_SHIFT) & 7
  segment.flags = bits & FLAGS_MASK
}

function setPayload(start: number, segment: Segment): void {
  const headerLength = segment.tcpHeaderLength
  const segmentBytes = segment.ipEnd - start
  if (headerLength < MIN_TCP_HEADER_LENGTH) {
    recordDefect(segment, DEFECT_TCP_DATA_OFFSET_SMALL, start, MIN_TCP_HEADER_LENGTH, headerLength, 0)
  } else if (headerLength > segmentBytes) {
    recordDefect(segment, DEFECT_TCP_DATA_OFFSET_LARGE, start, headerLength, segmentBytes, 0)
  } else {
    segment.payloadStart = start + headerLength
    segment.payloadLength = segmentBytes - headerLength
  }
}
