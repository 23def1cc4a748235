import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import {
  acknowledgesSyn,
  FULL_SOCKET,
  failsPaws,
  knowsWindow,
  MINI_SOCKET,
  noteRefused,
  overlapsWindow,
  provoke,
  rightEdge,
  segmentLength,
  takeTimestamp,
} from './acceptance.ts'
import type { Endpoint } from './endpoint.ts'
import { addRange } from './endpoint-extra.ts'
import {
  ACTIVE_OPEN,
  DOUBT_FIN,
  DOUBT_FIN_ACK,
  DOUBT_HANDSHAKE,
  FAST_OPEN,
  FIN_ACKED,
  FIN_RECEIVED,
  FIN_SENT,
  HALF_CLOSED,
  HAS_ACKED,
  HAS_NUMBERS,
  RST_RECEIVED,
  SEEN,
  TIMED_OUT,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  CAUSE_FUTURE_ACK,
  CAUSE_OLD_ACK,
  CAUSE_OUT_OF_WINDOW,
  CAUSE_PAWS,
  CAUSE_SYN,
} from './segment-class.ts'
import { isAfter, isAtOrAfter, isAtOrBefore, isBefore } from './sequence.ts'
import { RCV_ACK_OF_FIN, RCV_ACK_OF_SYN, RCV_FIN, RCV_SYN_ACK, SEEN_OPEN } from './state-events.ts'
import {
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  ESTABLISHED,
  FIN_WAIT_2,
  LISTEN,
  SYN_RCVD,
  SYN_SENT,
  TIME_WAIT,
  UNKNOWN,
} from './tcp-state.ts'

/** The receiver takes the segment as delivered: what Linux would do with it, in the order Linux asks. */
export function segmentArrives(
  machine: Machine,
  receiver: Endpoint,
  sender: Endpoint,
  segment: Segment,
): void {
  switch (receiver.state) {
    case CLOSED:
      return
    case LISTEN:
      arrivesInListen(machine, receiver, sender, segment)
      return
    case UNKNOWN:
      pickUp(machine, receiver, segment)
      break
    case SYN_SENT:
      if (!arrivesInSynSent(machine, receiver, segment)) return
      break
    case SYN_RCVD:
      if (!arrivesInSynRcvd(machine, receiver, segment)) return
      break
    case TIME_WAIT:
      arrivesInTimeWait(machine, receiver, segment)
      return
    default:
      if (!isAcceptable(machine, receiver, sender, segment)) return
      if (!takeAck(machine, receiver, segment)) return
  }
  takeText(machine, receiver, sender, segment)
}

/** First seen while its peer speaks: what the segment says about it is all there is. */
function pickUp(machine: Machine, receiver: Endpoint, segment: Segment): void {
  if ((segment.flags & (SYN | ACK)) !== ACK) return
  machine.enter(receiver, SEEN_OPEN, ASSUMED)
  receiver.rcvNxt = segment.seq
  if ((segment.flags & ACK) !== 0) {
    receiver.isn = (segment.ack - 1) | 0
    receiver.sndUna = segment.ack
    receiver.sndNxt = segment.ack
    receiver.flags |= HAS_NUMBERS
  }
}

/** Nothing it sends is captured: its peer has its SYN-ACK, so this was its number. */
function adoptNumbers(receiver: Endpoint, segment: Segment): void {
  receiver.flags |= HAS_NUMBERS
  receiver.isn = (segment.ack - 1) | 0
  receiver.sndUna = receiver.isn
  receiver.sndNxt = segment.ack
}

/** A listener has no state; the ACK of a SYN cookie makes a connection of it (Linux cookie_v4_check). */
function arrivesInListen(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): void {
  if ((segment.flags & ACK) === 0) return
  if ((receiver.flags & (HAS_NUMBERS | SEEN)) === 0) adoptNumbers(receiver, segment)
  if ((receiver.flags & RST_RECEIVED) !== 0 || segment.ack !== ((receiver.isn + 1) | 0)) return
  if (segment.seq !== receiver.rcvNxt) return
  machine.enter(receiver, RCV_ACK_OF_SYN, ASSUMED)
  receiver.flags &= ~TIMED_OUT
  receiver.sndUna = segment.ack
  takeText(machine, receiver, sender, segment)
}

/** RFC 9293 section 3.10.7.3; Linux tcp_rcv_synsent_state_process. */
function arrivesInSynSent(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0) return false
  if (!acknowledgesSyn(receiver, segment)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  if ((segment.flags & SYN) === 0) return false
  receiver.rcvNxt = (segment.seq + 1) | 0
  receiver.sndUna = segment.ack
  takeTimestamp(receiver, segment)
  if ((receiver.flags & DOUBT_HANDSHAKE) !== 0) {
    machine.noteCandidate(receiver)
    return false
  }
  machine.enter(receiver, RCV_SYN_ACK, ASSUMED)
  machine.expectAnswer(receiver)
  return true
}

/**
 * Linux tcp_check_req for a passive open. A full socket (simultaneous open, Fast Open) checks as in every other state,
 * and is content with an acknowledgment of anything it has sent.
 */
function arrivesInSynRcvd(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0) return false
  const isFull = (receiver.flags & (ACTIVE_OPEN | FAST_OPEN)) !== 0
  if ((receiver.flags & HAS_NUMBERS) === 0) adoptNumbers(receiver, segment)
  // A request looks at the acknowledgment before anything else.
  if (!isFull && !acknowledgesSyn(receiver, segment)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  if (failsPaws(receiver, segment, isFull ? FULL_SOCKET : MINI_SOCKET)) {
    provoke(machine, receiver, segment, CAUSE_PAWS)
    return false
  }
  if ((segment.flags & SYN) !== 0) {
    // Both opened at once: the peer's SYN-ACK repeats the SYN that was already taken.
    const isCrossing = ((segment.seq + 1) | 0) === receiver.rcvNxt
    if (!isCrossing || !acknowledgesSyn(receiver, segment)) {
      provoke(machine, receiver, segment, CAUSE_SYN)
      return false
    }
  } else if (!overlapsWindow(receiver, segment)) {
    provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    return false
  }
  const isOwn = isFull && segment.ack === receiver.sndUna
  if (!isOwn && !acknowledgesSyn(receiver, segment)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  takeTimestamp(receiver, segment)
  if ((receiver.flags & DOUBT_HANDSHAKE) !== 0) {
    machine.noteCandidate(receiver)
    return false
  }
  receiver.sndUna = segment.ack
  machine.enter(receiver, RCV_ACK_OF_SYN, ASSUMED)
  return true
}

/** An acknowledgment of what it has not sent: it answers with an RST and waits on (RFC 9293 section 3.10.7.4 fifth). */
function refuseAck(machine: Machine, receiver: Endpoint, segment: Segment): void {
  const extra = machine.ensureExtra(receiver)
  noteRefused(extra, segment)
  extra.hasWrongAck = true
}

/** Linux tcp_timewait_state_process. */
function arrivesInTimeWait(machine: Machine, receiver: Endpoint, segment: Segment): void {
  const old = failsPaws(receiver, segment, MINI_SOCKET)
  if (old || (segment.flags & ACK) !== 0) machine.setDeadline(receiver)
  if (old) provoke(machine, receiver, segment, CAUSE_PAWS)
  else if (segment.seq !== receiver.rcvNxt || segmentLength(segment) > 0) {
    provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
  }
  if (!old) takeTimestamp(receiver, segment)
}

/** Linux tcp_validate_incoming, RST apart: PAWS, sequence, SYN. */
function isAcceptable(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): boolean {
  // A SYN-ACK sent again is answered like any old segment: no challenge.
  const isOwnSynAck = (segment.flags & ACK) !== 0 && segment.seq === sender.isn
  const syn = isOwnSynAck ? 0 : segment.flags & SYN
  const isMini = receiver.state === FIN_WAIT_2 && (receiver.flags & HALF_CLOSED) === 0
  if (failsPaws(receiver, segment, isMini ? MINI_SOCKET : FULL_SOCKET)) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_PAWS)
    return false
  }
  const end = (segment.seq + segmentLength(segment)) | 0
  const isOld = (receiver.flags & HAS_ACKED) !== 0 && isBefore(end, receiver.ackSent)
  if (isOld || (knowsWindow(receiver) && isAfter(segment.seq, rightEdge(receiver)))) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  if ((segment.flags & SYN) !== 0) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  return true
}

/** RFC 5961 section 5.2; Linux tcp_ack. Tells whether the rest of the segment is processed. */
function takeAck(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0) return false
  takeTimestamp(receiver, segment)
  // A closed FIN_WAIT_2 is a mini-socket that does not look at the number.
  if (receiver.state === FIN_WAIT_2 && (receiver.flags & HALF_CLOSED) === 0) {
    if (isAfter(segment.ack, receiver.sndNxt) || isBefore(segment.ack, receiver.isn)) {
      noteRefused(machine.ensureExtra(receiver), segment)
    }
    return true
  }
  if ((receiver.flags & HAS_NUMBERS) === 0) {
    receiver.flags |= HAS_NUMBERS
    receiver.isn = (segment.ack - 1) | 0
    receiver.sndUna = segment.ack
    receiver.sndNxt = segment.ack
    return true
  }
  if (isAfter(segment.ack, receiver.sndNxt)) {
    // Nothing it sends is captured: its numbers are what the peer says.
    if ((receiver.flags & SEEN) === 0) {
      receiver.sndNxt = segment.ack
      receiver.sndUna = segment.ack
      return true
    }
    provoke(machine, receiver, segment, CAUSE_FUTURE_ACK)
    return false
  }
  if (isBefore(segment.ack, receiver.sndUna)) {
    // Linux bytes_acked: the SYN counts for who opened actively.
    const counted = (receiver.flags & ACTIVE_OPEN) !== 0 ? 0 : 1
    const acked = (receiver.sndUna - receiver.isn - counted) | 0
    const reach = Math.min(receiver.maxWindow, acked < 0 ? 0x7fffffff : acked)
    if (isBefore(segment.ack, (receiver.sndUna - reach) | 0)) {
      provoke(machine, receiver, segment, CAUSE_OLD_ACK)
      return false
    }
    return true
  }
  if (segment.ack !== receiver.sndUna) {
    receiver.sndUna = segment.ack
    receiver.retransmitRun = 0
    if (receiver.state === ESTABLISHED || receiver.state === CLOSE_WAIT) {
      receiver.deadline = Number.POSITIVE_INFINITY
    }
  }
  if ((receiver.flags & (FIN_SENT | FIN_ACKED)) === FIN_SENT && segment.ack === receiver.finEnd) {
    if ((receiver.flags & DOUBT_FIN_ACK) !== 0) machine.noteCandidate(receiver)
    else {
      receiver.flags |= FIN_ACKED
      machine.enter(receiver, RCV_ACK_OF_FIN, ASSUMED)
    }
  }
  return true
}

/** Payload and FIN: RCV.NXT moves as far as everything before has passed. */
function takeText(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): void {
  const syn = (segment.flags & SYN) >> 1
  const start = (segment.seq + syn) | 0
  const length = segment.payloadLength + (segment.flags & FIN)
  if (length === 0 || (receiver.flags & FIN_RECEIVED) !== 0) return
  const end = (start + length) | 0
  if (!isAfter(end, receiver.rcvNxt)) return
  if (isAfter(start, receiver.rcvNxt)) {
    addRange(machine.ensureExtra(receiver).held, start, end)
    return
  }
  const isBareFin = segment.payloadLength === 0
  if (knowsWindow(receiver) && !isBareFin && isAtOrAfter(receiver.rcvNxt, receiver.windowEdge)) {
    // No room at all: dropped, and acknowledged as a probe is (Linux tcp_data_queue).
    return
  }
  let next = end
  const held = machine.extraOf(receiver)?.held
  while (held !== undefined && held.length > 0 && isAtOrBefore(held[0] as number, next)) {
    if (isAfter(held[1] as number, next)) next = held[1] as number
    held.splice(0, 2)
  }
  if ((sender.flags & FIN_SENT) !== 0 && isAtOrAfter(next, sender.finEnd)) {
    takeFin(machine, receiver, sender)
    return
  }
  receiver.rcvNxt = next
  receiver.advanceTime = machine.now
}

function takeFin(machine: Machine, receiver: Endpoint, sender: Endpoint): void {
  if ((receiver.flags & FIN_RECEIVED) !== 0) return
  if ((receiver.flags & DOUBT_FIN) !== 0) {
    machine.noteCandidate(receiver)
    return
  }
  receiver.rcvNxt = sender.finEnd
  receiver.advanceTime = machine.now
  receiver.flags |= FIN_RECEIVED
  machine.enter(receiver, RCV_FIN, ASSUMED)
}
