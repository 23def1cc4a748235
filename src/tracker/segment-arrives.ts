import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import {
  isAcceptable,
  isOlderThanSeen,
  knowsWindow,
  MINI_SOCKET,
  noteRefused,
  provoke,
  segmentLength,
  takeTimestamp,
} from './acceptance.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import {
  ACTIVE_OPEN,
  DOUBT_FIN,
  DOUBT_FIN_ACK,
  FIN_ACKED,
  FIN_RECEIVED,
  FIN_SENT,
  HALF_CLOSED,
  HAS_NUMBERS,
  RST_RECEIVED,
  SEEN,
  TIMED_OUT,
} from './endpoint-flags.ts'
import { adoptNumbers, arrivesInSynRcvd, arrivesInSynSent } from './handshake-arrives.ts'
import type { Machine } from './machine.ts'
import { CAUSE_FUTURE_ACK, CAUSE_OLD_ACK, CAUSE_OUT_OF_WINDOW, CAUSE_PAWS } from './segment-class.ts'
import { distance, isAfter, isAtOrAfter, isAtOrBefore, isBefore } from './sequence.ts'
import { RCV_ACK_OF_FIN, RCV_ACK_OF_SYN, RCV_FIN, SEEN_OPEN } from './state-events.ts'
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
import { EVENT_TO_CLOSED } from './tracker-events.ts'

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

/** A listener has no state; the ACK of a SYN cookie makes a connection of it (Linux cookie_v4_check). */
function arrivesInListen(machine: Machine, receiver: Endpoint, sender: Endpoint, segment: Segment): void {
  if (ask(machine, 'no-ack', (segment.flags & ACK) === 0)) return
  if ((receiver.flags & (HAS_NUMBERS | SEEN)) === 0) adoptNumbers(receiver, segment)
  if ((receiver.flags & RST_RECEIVED) !== 0) return
  const ackAbove = distance(segment.ack, receiver.isn)
  if (!ask(machine, 'acknowledges-syn-ack', ackAbove === 1, ackAbove)) return
  const above = distance(segment.seq, receiver.rcvNxt)
  if (!ask(machine, 'begins-at-next', above === 0, above)) return
  machine.enter(receiver, RCV_ACK_OF_SYN, ASSUMED)
  receiver.flags &= ~TIMED_OUT
  receiver.sndUna = segment.ack
  takeText(machine, receiver, sender, segment)
}

/** Linux tcp_timewait_state_process. */
function arrivesInTimeWait(machine: Machine, receiver: Endpoint, segment: Segment): void {
  const old = isOlderThanSeen(machine, receiver, segment, MINI_SOCKET)
  if (old || (segment.flags & ACK) !== 0) machine.setDeadline(receiver)
  if (old) provoke(machine, receiver, segment, CAUSE_PAWS)
  else {
    const above = distance(segment.seq, receiver.rcvNxt)
    const isOdd = above !== 0 || segmentLength(segment) > 0
    if (ask(machine, 'not-the-last-ack', isOdd, above, segmentLength(segment))) {
      provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    }
  }
  if (!old) takeTimestamp(receiver, segment)
}

/** RFC 5961 section 5.2; Linux tcp_ack. Tells whether the rest of the segment is processed. */
function takeAck(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if (ask(machine, 'no-ack', (segment.flags & ACK) === 0)) return false
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
  const isUnsent = isAfter(segment.ack, receiver.sndNxt)
  if (ask(machine, 'acknowledges-unsent', isUnsent, distance(segment.ack, receiver.sndNxt))) {
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
    const isOld = isBefore(segment.ack, (receiver.sndUna - reach) | 0)
    if (ask(machine, 'acknowledges-long-ago', isOld, distance(segment.ack, receiver.sndUna), -reach)) {
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
  const isOld = !isAfter(end, receiver.rcvNxt)
  if (ask(machine, 'all-received-before', isOld, distance(end, receiver.rcvNxt))) return
  const above = distance(start, receiver.rcvNxt)
  if (ask(machine, 'begins-behind-gap', isAfter(start, receiver.rcvNxt), above)) {
    machine.ensureExtra(receiver).hold(start, end)
    return
  }
  const isBareFin = segment.payloadLength === 0
  if (knowsWindow(receiver) && !isBareFin) {
    // No room at all: dropped, and acknowledged as a probe is (Linux tcp_data_queue).
    const room = distance(receiver.windowEdge, receiver.rcvNxt)
    if (ask(machine, 'window-full', isAtOrAfter(receiver.rcvNxt, receiver.windowEdge), room)) return
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
