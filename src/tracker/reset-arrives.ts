import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import {
  acknowledgesSyn,
  echoesNoSynAck,
  isInWindow,
  isKnownByProbes,
  isOlderThanSeen,
  isRequest,
  knowsWindow,
  MINI_SOCKET,
  provoke,
  rightEdge,
  segmentLength,
} from './acceptance.ts'
import { OPENED, REFUSED, WAS_RESET } from './connection-flags.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, HALF_CLOSED, HAS_ACKED, PROBED, RST_RECEIVED, SACKING } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { CAUSE_RST } from './segment-class.ts'
import { distance, isAfter } from './sequence.ts'
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
      if (!acknowledgesItsSyn(machine, receiver, segment)) return RESET_DROPPED
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    case SYN_RCVD: {
      if ((receiver.flags & ACTIVE_OPEN) === 0) return resetsRequest(machine, receiver, sender, segment)
      if (!isAtNext(machine, receiver, segment)) return rejectReset(machine, receiver, segment)
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    }
    case TIME_WAIT:
      if (isOlderThanSeen(machine, receiver, segment, MINI_SOCKET)) return RESET_DROPPED
      if (!isAtNext(machine, receiver, segment)) return RESET_DROPPED
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
    default:
      if (!isResetExact(machine, receiver, sender, segment)) return rejectReset(machine, receiver, segment)
      acceptReset(machine, receiver, false)
      return RESET_ACCEPTED
  }
}

/** Linux tcp_check_req: a request is ended by the exact number only [6.18]; one in the window draws an ACK. */
function resetsRequest(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): number {
  const request = isRequest(receiver, sender)
  if (isOlderThanSeen(machine, receiver, segment, MINI_SOCKET)) return RESET_DROPPED
  if (request && ask(machine, 'echoes-no-syn-ack', echoesNoSynAck(receiver, segment))) return RESET_DROPPED
  if (!isAtNext(machine, receiver, segment)) return rejectReset(machine, receiver, segment)
  acceptReset(machine, receiver, request)
  return RESET_ACCEPTED
}

function acknowledgesItsSyn(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if (ask(machine, 'no-ack', (segment.flags & ACK) === 0)) return false
  const isOfSyn = acknowledgesSyn(receiver, segment)
  return ask(machine, 'reset-has-ack-of-syn', isOfSyn, distance(segment.ack, receiver.isn))
}

function isAtNext(machine: Machine, receiver: Endpoint, { seq }: Segment): boolean {
  const above = distance(seq, receiver.rcvNxt)
  return ask(machine, 'reset-at-next', above === 0, above)
}

/** Linux tcp_validate_incoming, tcp_reset_check; a closed FIN_WAIT_2 takes any RST in its window. */
function isResetExact(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): boolean {
  if (isAtNext(machine, receiver, segment)) return true
  const { seq } = segment
  const above = distance(seq, receiver.rcvNxt)
  // Nothing it sent was captured, or nothing since our estimate: its own last word counts as well.
  if ((receiver.flags & HAS_ACKED) !== 0) {
    const aboveAck = distance(seq, receiver.ackSent)
    if (ask(machine, 'reset-at-last-acknowledgment', aboveAck === 0, aboveAck)) return true
  }
  if (isKnownByProbes(sender, receiver) && ask(machine, 'reset-behind-probe', above === 1, above)) {
    receiver.flags |= PROBED
    return true
  }
  const extra = machine.extraOf(receiver)
  if (extra?.claimedAck !== undefined) {
    if (ask(machine, 'reset-at-claimed', seq === extra.claimedAck, distance(seq, extra.claimedAck)))
      return true
  }
  const state = receiver.state
  if (state === CLOSE_WAIT || state === LAST_ACK || state === CLOSING) {
    if (ask(machine, 'reset-at-fin', above === -1, above)) return true
  }
  if (state === FIN_WAIT_2 && (receiver.flags & HALF_CLOSED) === 0) {
    if (ask(machine, 'reset-in-window-of-fin-wait-2', isInWindow(receiver, seq), above)) return true
  }
  if ((receiver.flags & SACKING) === 0 || extra === undefined) return false
  return ask(machine, 'reset-at-sack-top', seq === extra.sackTop, distance(seq, extra.sackTop))
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
  if (!isNearWindow(machine, receiver, segment)) return RESET_DROPPED
  provoke(machine, receiver, segment, CAUSE_RST)
  return RESET_CHALLENGED
}

/** Linux tcp_sequence: from its last acknowledgment on, the segment's length counted, to the edge of its window. */
function isNearWindow(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  const least = (receiver.flags & HAS_ACKED) !== 0 ? receiver.ackSent : receiver.rcvNxt
  const above = distance((segment.seq + segmentLength(segment)) | 0, least)
  if (!ask(machine, 'reset-not-before', above >= 0, above)) return false
  if (!knowsWindow(receiver)) return true
  const edge = rightEdge(receiver)
  return ask(machine, 'reset-not-beyond', !isAfter(segment.seq, edge), distance(segment.seq, edge))
}
