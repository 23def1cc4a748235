import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { NOT_IP } from './ether-type.ts'
import { decodeRawIp } from './raw-ip.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** Label stack entry, RFC 3032 section 2.1: label (20 bits), traffic class (3), bottom of stack (1), time to live (8). */
const ENTRY_LENGTH = 4
const BOTTOM_OF_STACK = 0x100

/**
 * The label stack at `start`. What it carries is known only to the router that gave the label: guessed, as Wireshark
 * does, from the first half byte, which is IP's version.
 */
export function decodeMpls(view: DataView, start: number, end: number, segment: Segment): number {
  for (let at = start; ; at += ENTRY_LENGTH) {
    if (at + ENTRY_LENGTH > end) {
      return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, at, ENTRY_LENGTH, end - at, NOT_IP)
    }
    if ((view.getInt32(at) & BOTTOM_OF_STACK) !== 0) return decodeRawIp(view, at + ENTRY_LENGTH, end, segment)
  }
}
