import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import {
  acknowledgesSyn,
  echoesNoSynAck,
  failsPaws,
  isInWindow,
  isRequest,
  knowsWindow,
  MINI_SOCKET,
  provoke,
  rightEdge,
  segmentLength,
} from './acceptance.ts'
import { OPENED, REFUSED, WAS_RESET } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, HALF_CLOSED, HAS_ACKED, RST_RECEIVED, SACKING } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { CAUSE_RST } from './segment-class.ts'
import { isAfter, isBefore } from './sequence.ts'
import { RCV_RST, RCV_RST_PASSIVE } from './state-events.ts'
import {
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SYN_RCVD,
  SYN_SENT,
  TIME_WAIT,
  UNKNOWN,
} from './tcp-state.ts'
import { RESET_ACCEPTED, RESET_CHALLENGED, RESET_DROPPED, RESET_UNKNOWABLE } from './tracker-events.ts'

/** What became of an RST at its receiver: one of RESET_*. */
export function resetArrives(
  machine: Machine,
  receiver: Endpoint,
  sender: Endpoint,
  segment: Segment,
): number {
  switch (receiver.state) {
    case CLOSED:
    case LISTEN:
      return RESET_DROPPED
    case UNKNOWN:
      acceptReset(machine, receiver, false)
      return RESET_UNKNOWABLE
    case SYN_SENT:
      // RFC 9293 3.10.7.3: believed only if it acknowledges the SYN.
      if ((segment.flags & ACK) === 0 || !acknowledgesSyn(receiver, segment)) return RESET_DROPPED
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    case SYN_RCVD: {
      if ((receiver.flags & ACTIVE_OPEN) === 0) return resetsRequest(machine, receiver, sender, segment)
      if (segment.seq !== receiver.rcvNxt) return rejectReset(machine, receiver, segment)
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    }
    case TIME_WAIT:
      if (failsPaws(receiver, segment, MINI_SOCKET) || segment.seq !== receiver.rcvNxt) return RESET_DROPPED
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    default:
      if (!isResetExact(machine, receiver, segment.seq)) return rejectReset(machine, receiver, segment)
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
  }
}

/** Linux tcp_check_req: a request is ended by the exact number only [6.18]; one in the window draws an ACK. */
function resetsRequest(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): number {
  const request = isRequest(receiver, sender)
  if (failsPaws(receiver, segment, MINI_SOCKET) || (request && echoesNoSynAck(receiver, segment)))
    return RESET_DROPPED
  if (segment.seq !== receiver.rcvNxt) return rejectReset(machine, receiver, segment)
  acceptReset(machine, receiver, request)
  return RESET_ACCEPTED
}

/** Linux tcp_validate_incoming, tcp_reset_check; a closed FIN_WAIT_2 takes any RST in its window. */
function isResetExact(machine: Machine, receiver: Endpoint, seq: number): boolean {
  if (seq === receiver.rcvNxt) return true
  // Nothing it sent was captured, or nothing since our estimate: its own last word counts as well.
  if ((receiver.flags & HAS_ACKED) !== 0 && seq === receiver.ackSent) return true
  if (seq === machine.extraOf(receiver)?.claimedAck) return true
  const state = receiver.state
  if (state === CLOSE_WAIT || state === LAST_ACK || state === CLOSING) {
    if (seq === ((receiver.rcvNxt - 1) | 0)) return true
  }
  if (state === FIN_WAIT_2 && (receiver.flags & HALF_CLOSED) === 0 && isInWindow(receiver, seq)) return true
  return (receiver.flags & SACKING) !== 0 && seq === machine.extraOf(receiver)?.sackTop
}

function acceptReset(machine: Machine, receiver: Endpoint, passive: boolean): void {
  const connection = machine.connection
  const wasOpening = receiver.state === SYN_SENT
  const wasHalfOpen = receiver.state === SYN_RCVD
  machine.enter(receiver, passive ? RCV_RST_PASSIVE : RCV_RST, ASSUMED)
  receiver.flags |= RST_RECEIVED
  if ((connection.flags & OPENED) === 0) {
    if (wasOpening) connection.flags |= REFUSED
    if (wasOpening || wasHalfOpen) return
  }
  connection.flags |= WAS_RESET
}

function rejectReset(machine: Machine, receiver: Endpoint, segment: Segment): number {
  if (!isNearWindow(receiver, segment)) return RESET_DROPPED
  provoke(machine, receiver, segment, CAUSE_RST)
  return RESET_CHALLENGED
}

/** Linux tcp_sequence: from its last acknowledgment on, the segment's length counted, to the edge of its window. */
function isNearWindow(receiver: Endpoint, segment: Segment): boolean {
  const least = (receiver.flags & HAS_ACKED) !== 0 ? receiver.ackSent : receiver.rcvNxt
  if (isBefore((segment.seq + segmentLength(segment)) | 0, least)) return false
  return !knowsWindow(receiver) || !isAfter(segment.seq, rightEdge(receiver))
}
