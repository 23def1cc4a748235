import { CHECKSUM_OK, verifyTcpChecksum } from '../decode/checksum.ts'
import type { Segment } from '../decode/segment.ts'
import { UNFINISHED_CHECKSUM } from './connection-flags.ts'
import { HAS_ACKED } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { DATA_ALIKE, DATA_SUM_OTHERWISE, isPlainData } from './payload-marks.ts'
import type { RecentData } from './recent-data.ts'
import { CLASS_RETRANSMISSION_TIMEOUT, CLASS_SPURIOUS_RETRANSMISSION } from './segment-class.ts'
import { isAtOrAfter } from './sequence.ts'
import { EVENT_DATA_DIFFER } from './tracker-events.ts'

/**
 * Remembers what tells the data at hand from others, if somebody wants to know, and tells if they are taken for a repeat
 * (`isClassified`: they are no ordinary ones) and bring other bytes than those they would repeat.
 */
export function compareData(
  machine: Machine,
  data: RecentData,
  tuple: number,
  segment: Segment,
  isClassified: boolean,
): void {
  const { events, connection, segmentClass, sender, receiver } = machine
  if (!isPlainData(segment) || !events.wants(EVENT_DATA_DIFFER)) return
  const { earlier } = events.event
  const verdict = data.look(segment, tuple, machine, earlier)
  if (verdict === DATA_ALIKE || !isClassified) return
  if (segmentClass < CLASS_RETRANSMISSION_TIMEOUT || segmentClass > CLASS_SPURIOUS_RETRANSMISSION) return
  if (verdict === DATA_SUM_OTHERWISE) {
    // Left to a card, or not to be verified: the checksum says nothing of the bytes.
    if ((connection.flags & UNFINISHED_CHECKSUM) !== 0 || verifyTcpChecksum(segment) !== CHECKSUM_OK) return
  }
  const end = (segment.seq + earlier.length) | 0
  earlier.isAcknowledged = (receiver.flags & HAS_ACKED) !== 0 && isAtOrAfter(receiver.ackSent, end)
  machine.tellOf(EVENT_DATA_DIFFER, sender, receiver, verdict)
}
