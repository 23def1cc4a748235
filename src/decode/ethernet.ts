import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { ETHERTYPE_IPV4, NOT_IP } from './ether-type.ts'
import { decodeMpls } from './mpls.ts'
import { decodePppoe } from './pppoe.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** Ethernet II, IEEE 802.3 section 3.1.1. */
const SOURCE_MAC = 6
const ETHER_TYPE = 12
const HEADER_LENGTH = 14

/** IEEE 802.1Q customer and 802.1ad service tags; 0x9100 is QinQ as it was before the standard. */
const ETHERTYPE_VLAN = 0x8100
const ETHERTYPE_SERVICE_VLAN = 0x88a8
const ETHERTYPE_OLD_QINQ = 0x9100
const VLAN_TAG_LENGTH = 4
const VLAN_ID_MASK = 0x0fff

/** RFC 2516 section 4; RFC 5332 section 3. */
const ETHERTYPE_PPPOE_SESSION = 0x8864
const ETHERTYPE_MPLS = 0x8847
const ETHERTYPE_MPLS_MULTICAST = 0x8848

/**
 * Sets the source MAC address and what `decodeEtherType` sets. A length in place of the EtherType (IEEE 802.3 with
 * LLC) is returned as it stands: no IP.
 */
export function decodeEthernet(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + HEADER_LENGTH > end) {
    return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, start, HEADER_LENGTH, end - start, NOT_IP)
  }
  segment.sourceMacHigh = view.getUint16(start + SOURCE_MAC)
  segment.sourceMacLow = view.getInt32(start + SOURCE_MAC + 2)
  return decodeEtherType(view, view.getUint16(start + ETHER_TYPE), start + HEADER_LENGTH, end, segment)
}

/**
 * Follows VLAN tags, PPPoE and MPLS from `start`, where what `etherType` announces begins. Sets the VLAN fields,
 * `linkEnd` and `ipStart`; returns the EtherType found last, or NOT_IP.
 */
export function decodeEtherType(
  view: DataView,
  etherType: number,
  start: number,
  end: number,
  segment: Segment,
): number {
  if (etherType === ETHERTYPE_IPV4) {
    segment.ipStart = start
    return ETHERTYPE_IPV4
  }
  let type = etherType
  let at = start
  while (type === ETHERTYPE_VLAN || type === ETHERTYPE_SERVICE_VLAN || type === ETHERTYPE_OLD_QINQ) {
    if (at + VLAN_TAG_LENGTH > end) {
      return recordDefect(segment, DEFECT_LINK_HEADER_NOT_CAPTURED, at, VLAN_TAG_LENGTH, end - at, NOT_IP)
    }
    const vlan = view.getUint16(at) & VLAN_ID_MASK
    if (segment.vlanCount === 0) segment.outerVlan = vlan
    segment.innerVlan = vlan
    segment.vlanCount++
    type = view.getUint16(at + 2)
    at += VLAN_TAG_LENGTH
  }
  if (type === ETHERTYPE_PPPOE_SESSION) return decodePppoe(view, at, end, segment)
  if (type === ETHERTYPE_MPLS || type === ETHERTYPE_MPLS_MULTICAST) return decodeMpls(view, at, end, segment)
  segment.ipStart = at
  return type
}
