import { DEFECT_LINK_HEADER_NOT_CAPTURED } from './defect.ts'
import { NOT_IP } from './ether-type.ts'
import { decodeEtherType } from './ethernet.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

const MAC_LENGTH = 6

/** LINKTYPE_LINUX_SLL: packet type, ARPHRD type, address length, address (8 bytes), protocol. */
const SLL_ADDRESS_LENGTH = 4
const SLL_ADDRESS = 6
const SLL_PROTOCOL = 14
const SLL_HEADER_LENGTH = 16

/** LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD type, packet type, address length, address. */
const SLL2_PROTOCOL = 0
const SLL2_ADDRESS_LENGTH = 11
const SLL2_ADDRESS = 12
const SLL2_HEADER_LENGTH = 20

/** Sets what `decodeEthernet` sets. Protocols below 0x600 are Linux's own numbers (ETH_P_802_3 ...), none of them IP. */
export function decodeLinuxSll(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + SLL_HEADER_LENGTH > end) {
    return recordDefect(
      segment,
      DEFECT_LINK_HEADER_NOT_CAPTURED,
      start,
      SLL_HEADER_LENGTH,
      end - start,
      NOT_IP,
    )
  }
  if (view.getUint16(start + SLL_ADDRESS_LENGTH) === MAC_LENGTH) {
    segment.sourceMacHigh = view.getUint16(start + SLL_ADDRESS)
    segment.sourceMacLow = view.getInt32(start + SLL_ADDRESS + 2)
  }
  return decodeEtherType(view, view.getUint16(start + SLL_PROTOCOL), start + SLL_HEADER_LENGTH, end, segment)
}

/** Like `decodeLinuxSll`, for the second version of the header. */
export function decodeLinuxSll2(view: DataView, start: number, end: number, segment: Segment): number {
  if (start + SLL2_HEADER_LENGTH > end) {
    return recordDefect(
      segment,
      DEFECT_LINK_HEADER_NOT_CAPTURED,
      start,
      SLL2_HEADER_LENGTH,
      end - start,
      NOT_IP,
    )
  }
  if (view.getUint8(start + SLL2_ADDRESS_LENGTH) === MAC_LENGTH) {
    segment.sourceMacHigh = view.getUint16(start + SLL2_ADDRESS)
    segment.sourceMacLow = view.getInt32(start + SLL2_ADDRESS + 2)
  }
  return decodeEtherType(
    view,
    view.getUint16(start + SLL2_PROTOCOL),
    start + SLL2_HEADER_LENGTH,
    end,
    segment,
  )
}
