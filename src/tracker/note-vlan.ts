import type { Segment } from '../decode/segment.ts'
import type { Connection } from './connection.ts'
import { TAGGED, VLAN_COLLISION } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'

/** Notes the VLAN of a segment, and that its sender's were in another. */
export function noteVlan(machine: Machine, connection: Connection, sender: Endpoint, segment: Segment): void {
  const shift = 16 * (sender.index & 1)
  const mark = vlanMark(segment)
  const known = (connection.vlanMarks >>> shift) & 0xffff
  connection.flags |= TAGGED
  if (sender.packets === 0) {
    connection.vlanMarks = (connection.vlanMarks & ~(0xffff << shift)) | (mark << shift)
  } else if (known !== mark && (connection.flags & VLAN_COLLISION) === 0) {
    connection.flags |= VLAN_COLLISION
    machine.quality.vlanCollisions++
  }
}

/** 16 bits that tell one stack of VLAN tags from another, if not without fail; 0 for none. */
export function vlanMark(segment: Segment): number {
  if (segment.vlanCount === 0) return 0
  return 0x8000 | ((segment.innerVlan ^ (segment.outerVlan * 37) ^ (segment.vlanCount << 12)) & 0x7fff)
}
