import { decodeCiscoHdlc } from './cisco-hdlc.ts'
import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP } from './ether-type.ts'
import { decodeMpls } from './mpls.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** RFC 1662 section 3.1; the address alone tells a frame of Cisco's from one of PPP (RFC 1547 section 4.3.1). */
const HDLC_ADDRESS = 0xff
const HDLC_CONTROL = 0x03
const CISCO_UNICAST = 0x0f
const CISCO_MULTICAST = 0x8f

/** https://www.iana.org/assignments/ppp-numbers */
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057
const PPP_MPLS = 0x0281
const PPP_MPLS_MULTICAST = 0x0283

/** LINKTYPE_PPP and LINKTYPE_PPP_HDLC: address and control, both or neither (RFC 1661 section 6.6), then PPP. */
export function decodePpp(view: DataView, start: number, end: number, segment: Segment): number {
  if (start >= end) return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, 1, 0, NOT_IP)
  const first = view.getUint8(start)
  if (first === CISCO_UNICAST || first === CISCO_MULTICAST) return decodeCiscoHdlc(view, start, end, segment)
  if (first !== HDLC_ADDRESS) return decodePppProtocol(view, start, end, segment)
  if (start + 2 > end) return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, 2, 1, NOT_IP)
  if (view.getUint8(start + 1) !== HDLC_CONTROL) return NOT_IP
  return decodePppProtocol(view, start + 2, end, segment)
}

/** PPP's protocol field (RFC 1661 section 2): two bytes, or one, which is odd, where the ends agreed to compress it. */
export function decodePppProtocol(view: DataView, start: number, end: number, segment: Segment): number {
  if (start >= end) return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, 1, 0, NOT_IP)
  const first = view.getUint8(start)
  const length = (first & 1) === 0 ? 2 : 1
  if (start + length > end) {
    return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, length, 1, NOT_IP)
  }
  const at = start + length
  segment.ipStart = at
  switch (length === 1 ? first : view.getUint16(start)) {
    case PPP_IPV4:
      return ETHERTYPE_IPV4
    case PPP_IPV6:
      return ETHERTYPE_IPV6
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return decodeMpls(view, at, end, segment)
    default:
      return NOT_IP
  }
}
