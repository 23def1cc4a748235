import type { Segment } from '../decode/segment.ts'
import { RST } from '../decode/tcp-flags.ts'
import type { Connection } from './connection.ts'
import { COUNTS_IP_ID, DRAWS_IP_ID, HAS_IP_ID } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { CLASS_OUT_OF_ORDER, CLASS_PENDING_SYN } from './segment-class.ts'

/** Packets that may be missing between two segments, or be several on the wire (segmentation offload). None too many. */
const SLACK = 64

/**
 * Notes what its sender counts its packets from, as a segment that is not counted yet tells it: `HAS_IP_ID`; whether a
 * later one agreed: `COUNTS_IP_ID`, as Linux does for each socket (inet_sock.inet_id); or did not: `DRAWS_IP_ID`, by lot.
 * Not of an RST, which may be somebody else's, a SYN that waits, nor what was overtaken; ordinary segments are not asked.
 */
export function noteIpId(
  connection: Connection,
  sender: Endpoint,
  segment: Segment,
  segmentClass: number,
): void {
  if ((segment.flags & RST) !== 0 || segmentClass === CLASS_PENDING_SYN) return
  if (segmentClass === CLASS_OUT_OF_ORDER) return
  const side = sender.index & 1
  const { flags, ipIds } = connection
  if ((flags & (DRAWS_IP_ID << side)) !== 0) return
  const base = (segment.ipId - sender.packets) & 0xffff
  if ((flags & (HAS_IP_ID << side)) !== 0) {
    const more = signed16(base - (ipIds >> (16 * side)))
    connection.flags |= (more >= 0 && more <= SLACK ? COUNTS_IP_ID : DRAWS_IP_ID) << side
  } else connection.flags |= HAS_IP_ID << side
  connection.ipIds = side === 0 ? (ipIds & ~0xffff) | base : (ipIds & 0xffff) | (base << 16)
}

/** How far an IP ID lies ahead of the next of its sender's series; undefined if there is no series. */
export function aheadOfSeries(connection: Connection, sender: Endpoint, ipId: number): number | undefined {
  const side = sender.index & 1
  const isSeries = (connection.flags & ((COUNTS_IP_ID | DRAWS_IP_ID) << side)) === COUNTS_IP_ID << side
  if (!isSeries || ipId <= 0) return undefined
  return signed16(ipId - sender.packets - (connection.ipIds >> (16 * side)))
}

function signed16(value: number): number {
  return (value << 16) >> 16
}
