import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { NOT_IP } from './ether-type.ts'
import { decodeEtherType } from './ethernet.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** Address, control, EtherType: RFC 1547 section 4.3.1. */
const PROTOCOL = 2
const HEADER_LENGTH = 4

/** LINKTYPE_C_HDLC. */
export function decodeCiscoHdlc(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) {
    return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, HEADER_LENGTH, end - start, NOT_IP)
  }
  return decodeEtherType(view, view.getUint16(start + PROTOCOL), start + HEADER_LENGTH, end, segment)
}
