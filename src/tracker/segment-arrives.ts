import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import {
  acknowledgesSyn,
  echoesNoSynAck,
  FULL_SOCKET,
  failsPaws,
  isRequest,
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
  FIN_ACKED,
  FIN_RECEIVED,
  FIN_SENT,
  HALF_CLOSED,
  HAS_ACKED,
  HAS_NUMBERS,
  OFFERED_TIMESTAMPS,
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
  CAUSE_WRONG_ACK,
} from './segment-class.ts'
import { isAfter, isAtOrAfter, isAtOrBefore, isBefore } from './sequence.ts'
import { RCV_ACK_OF_FIN, RCV_ACK_OF_SYN, RCV_FIN, RCV_SYN_ACK, SEEN_OPEN } from './state-events.ts'
import {
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_2,
  LISTEN,
  SYN_RCVD,
  SYN_SENT,
  TIME_WAIT,
  UNKNOWN,
} from './tcp-state.ts'
import { EVENT_TO_CLOSED, EVENT_UNACCEPTED } from './tracker-events.ts'

/** A timestamp clock ticks at most once in this time (RFC 7323 section 5.4), ns. */
const FASTEST_CLOCK = 1e6

/** The receiver takes the segment as delivered: what Linux would do with it, in the order Linux asks. */
export function segmentArrives(
  machine: Machine,
  receiver: Endpoint,
  sender: Endpoint,
  segment: Segment,
): void {
  switch (receiver.state) {
    case CLOSED:
      if (machine.events.wants(EVENT_TO_CLOSED)) machine.tellOf(EVENT_TO_CLOSED, sender, receiver, 0)
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
      if (!arrivesInSynRcvd(machine, receiver, sender, segment)) return
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
  if (echoesNoSyn(machine, receiver, segment)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  receiver.rcvNxt = (segment.seq + 1) | 0
  receiver.sndUna = segment.ack
  if ((receiver.flags & DOUBT_HANDSHAKE) !== 0) {
    // Which copy it takes its timestamp from is not known; the oldest one refuses least.
    machine.noteCandidate(receiver)
    return false
  }
  takeTimestamp(receiver, segment)
  machine.enter(receiver, RCV_SYN_ACK, ASSUMED)
  machine.expectAnswer(receiver)
  return true
}

/** PAWS of an active open (Linux tcp_rcv_synsent_state_process): the echo lies between its first SYN and now. */
function echoesNoSyn(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  const { options } = segment
  if ((options.present & OPTION_TIMESTAMPS) === 0 || (receiver.flags & OFFERED_TIMESTAMPS) === 0) return false
  if ((receiver.flags & SEEN) === 0 || options.tsEcr === 0) return false
  const ticks = (machine.now - machine.connection.synTime) / FASTEST_CLOCK + 1000
  return isBefore(options.tsEcr, receiver.tsVal) || isAfter(options.tsEcr, (receiver.tsVal + ticks) | 0)
}

/** Linux tcp_check_req; behind it, or first for a simultaneous open, tcp_rcv_state_process of a full socket. */
function arrivesInSynRcvd(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): boolean {
  const { flags } = segment
  const isActive = (receiver.flags & ACTIVE_OPEN) !== 0
  const request = isRequest(receiver, sender)
  if ((receiver.flags & HAS_NUMBERS) === 0) {
    if ((flags & ACK) === 0) return false
    adoptNumbers(receiver, segment)
  }
  // A request looks at the acknowledgment before anything else.
  if (request && (flags & ACK) !== 0 && segment.ack !== ((receiver.isn + 1) | 0)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  if (isActive) {
    const isCrossing = (flags & SYN) !== 0 && isCrossedSynAck(receiver, segment)
    if (!isCrossing && !isAcceptable(machine, receiver, sender, segment)) return false
  } else if (!isTakenByRequest(machine, receiver, segment, request)) return false
  if ((flags & ACK) === 0) return false
  // tcp_ack takes what acknowledges nothing new; only who opened actively still has its SYN unacknowledged.
  const least = (receiver.isn + (isActive ? 0 : 1)) | 0
  if (isBefore(segment.ack, least) || isAfter(segment.ack, receiver.sndNxt)) {
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

/** The part of tcp_check_req behind the acknowledgment: timestamps, window, SYN. */
function isTakenByRequest(machine: Machine, receiver: Endpoint, segment: Segment, request: boolean): boolean {
  if (failsPaws(receiver, segment, MINI_SOCKET) || (request && echoesNoSynAck(receiver, segment))) {
    provoke(machine, receiver, segment, CAUSE_PAWS)
    return false
  }
  if (!overlapsWindow(receiver, segment)) {
    provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    return false
  }
  if ((segment.flags & SYN) !== 0) {
    // Answered by an RST, which ends a request but not a Fast Open; one at the old number by a challenge.
    if (!request) refuseAck(machine, receiver, segment)
    else if (((segment.seq + 1) | 0) === receiver.rcvNxt) provoke(machine, receiver, segment, CAUSE_SYN)
    return false
  }
  const end = (segment.seq + segment.payloadLength) | 0
  if (!request && knowsWindow(receiver) && isAfter(end, rightEdge(receiver))) {
    // The data of a Fast Open SYN wait in the receive queue (tcp_sequence).
    provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    return false
  }
  return true
}

/** Linux tcp_validate_incoming: the bare SYN-ACK of a simultaneous open passes. */
function isCrossedSynAck(receiver: Endpoint, segment: Segment): boolean {
  if (segmentLength(segment) !== 1 || segment.ack !== receiver.sndNxt) return false
  return ((segment.seq + 1) | 0) === receiver.rcvNxt
}

/** An acknowledgment of what it has not sent: it answers with an RST and waits on (RFC 9293 section 3.10.7.4 fifth). */
function refuseAck(machine: Machine, receiver: Endpoint, segment: Segment): void {
  const extra = machine.ensureExtra(receiver)
  noteRefused(extra, segment)
  extra.hasWrongAck = true
  if (machine.events.wants(EVENT_UNACCEPTED)) {
    machine.tellOf(EVENT_UNACCEPTED, machine.peerOf(receiver), receiver, CAUSE_WRONG_ACK)
  }
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
  if (isOld || isBeyondWindow(receiver, segment, end)) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  if ((segment.flags & SYN) !== 0) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  return true
}

/** Linux tcp_sequence [6.18]: what only ends beyond the window, a FIN apart, is taken by an empty receive queue alone. */
function isBeyondWindow(receiver: Endpoint, segment: Segment, end: number): boolean {
  if (!knowsWindow(receiver)) return false
  const edge = rightEdge(receiver)
  if (isAfter(segment.seq, edge)) return true
  const isQueueFull = receiver.rcvNxt === edge || receiver.state === CLOSING
  return isQueueFull && isAfter((end - (segment.flags & FIN)) | 0, edge)
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
    const extra = machine.extraOf(receiver)
    if (extra !== undefined) extra.retransmitRun = 0
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
  if ((segment.flags & FIN) !== 0 && (sender.flags & FIN_SENT) !== 0 && end === sender.finEnd) {
    takeFin(machine, receiver, sender)
    return
  }
  let next = end
  const held = machine.extraOf(receiver)?.held
  while (held !== undefined && held.length > 0 && isAtOrBefore(held[0] as number, next)) {
    if (isAfter(held[1] as number, next)) next = held[1] as number
    held.splice(0, 2)
  }
  if ((sender.flags & FIN_SENT) !== 0 && next === sender.finEnd) {
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
