import { CHECKSUM_OK, verifyTcpChecksum } from '../decode/checksum.ts'
import type { Segment } from '../decode/segment.ts'
import { UNFINISHED_CHECKSUM } from './connection-flags.ts'
import { HAS_ACKED } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { DATA_ALIKE, DATA_SUM_OTHERWISE, isPlainData } from './payload-marks.ts'
import type { RecentFrames } from './recent-frames.ts'
import { CLASS_RETRANSMISSION_TIMEOUT, CLASS_SPURIOUS_RETRANSMISSION } from './segment-class.ts'
import { isAtOrAfter } from './sequence.ts'
import { EVENT_DATA_DIFFER } from './tracker-events.ts'

/** Somebody wants to know what this tells: what tells data apart has to be kept. */
export function keepsData({ events }: Machine): boolean {
  return events.wants(EVENT_DATA_DIFFER)
}

/** Tells if the segment at hand, taken for one sent again, brings other bytes than the one it would repeat. */
export function tellDifferentData(
  machine: Machine,
  frames: RecentFrames,
  tuple: number,
  segment: Segment,
): void {
  const { segmentClass, events, connection, sender, receiver } = machine
  if (segmentClass < CLASS_RETRANSMISSION_TIMEOUT || segmentClass > CLASS_SPURIOUS_RETRANSMISSION) return
  if (!keepsData(machine) || !isPlainData(segment)) return
  const { earlier } = events.event
  const verdict = frames.compareData(segment, tuple, machine.now - connection.start, earlier)
  if (verdict === DATA_ALIKE) return
  if (verdict === DATA_SUM_OTHERWISE) {
    // Left to a card, or not to be verified: the checksum says nothing of the bytes.
    if ((connection.flags & UNFINISHED_CHECKSUM) !== 0 || verifyTcpChecksum(segment) !== CHECKSUM_OK) return
  }
  const end = (segment.seq + earlier.length) | 0
  earlier.isAcknowledged = (receiver.flags & HAS_ACKED) !== 0 && isAtOrAfter(receiver.ackSent, end)
  machine.tellOf(EVENT_DATA_DIFFER, sender, receiver, verdict)
}
