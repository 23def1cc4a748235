import { DISORDERED } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { PROBED } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  CLASS_CHALLENGE_ACK,
  CLASS_DUPLICATE_ACK,
  CLASS_KEEP_ALIVE,
  CLASS_NEW,
  CLASS_OUT_OF_ORDER,
  CLASS_RETRANSMISSION_FAST,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_TAIL_LOSS_PROBE,
  CLASS_WINDOW_UPDATE,
  CLASS_ZERO_WINDOW_PROBE,
  type SegmentClass,
} from './segment-class.ts'

/** Counts a class for its sender, and notes on the receiver what it must answer. */
export function countClass(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segmentClass: SegmentClass,
): void {
  if (segmentClass <= 1) {
    if (segmentClass === CLASS_NEW) receiver.flags &= ~PROBED
    return
  }
  const extra = machine.ensureExtra(sender)
  switch (segmentClass) {
    case CLASS_DUPLICATE_ACK:
      extra.duplicateAcks++
      return
    case CLASS_WINDOW_UPDATE:
      extra.windowUpdates++
      return
    case CLASS_RETRANSMISSION_TIMEOUT:
      extra.timeoutRetransmissions++
      return
    case CLASS_RETRANSMISSION_FAST:
      extra.fastRetransmissions++
      return
    case CLASS_TAIL_LOSS_PROBE:
      extra.tailLossProbes++
      return
    case CLASS_SPURIOUS_RETRANSMISSION:
      extra.spuriousRetransmissions++
      return
    case CLASS_OUT_OF_ORDER:
      extra.outOfOrder++
      machine.connection.flags |= DISORDERED
      return
    case CLASS_KEEP_ALIVE:
      extra.keepAlives++
      extra.noteTry(machine.now, machine.packet, receiver.lastTime)
      receiver.flags |= PROBED
      return
    case CLASS_ZERO_WINDOW_PROBE:
      extra.zeroWindowProbes++
      receiver.flags |= PROBED
      return
    case CLASS_CHALLENGE_ACK:
      extra.challengeAcks++
      return
    default:
      sender.flags &= ~PROBED
  }
}
