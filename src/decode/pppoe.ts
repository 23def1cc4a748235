import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { NOT_IP } from './ether-type.ts'
import { decodePppProtocol } from './ppp.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** PPPoE session stage, RFC 2516 section 4: version and type, code, session, length. */
const CODE = 1
const LENGTH = 4
const HEADER_LENGTH = 6
const CODE_SESSION = 0

/** The PPPoE header at `start` and the PPP protocol behind it: EtherType 8864 and LINKTYPE_PPP_ETHER. Sets `linkEnd`. */
export function decodePppoe(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) {
    return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, HEADER_LENGTH, end - start, NOT_IP)
  }
  if (view.getUint8(start + CODE) !== CODE_SESSION) return NOT_IP
  const at = start + HEADER_LENGTH
  segment.linkEnd = at + view.getUint16(start + LENGTH)
  return decodePppProtocol(view, at, end, segment)
}
