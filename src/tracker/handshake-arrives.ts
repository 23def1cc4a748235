import type { Segment } from '../decode/segment.ts'
import { ACK, SYN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import {
  acknowledgesSyn,
  echoesNoSynAck,
  isAcceptable,
  isOlderThanSeen,
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
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, DOUBT_HANDSHAKE, HAS_NUMBERS, OFFERED_TIMESTAMPS, SEEN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { CAUSE_OUT_OF_WINDOW, CAUSE_PAWS, CAUSE_SYN, CAUSE_WRONG_ACK } from './segment-class.ts'
import { distance, isAfter, isBefore } from './sequence.ts'
import { RCV_ACK_OF_SYN, RCV_SYN_ACK } from './state-events.ts'
import { ASSUMED } from './tcp-state.ts'
import { EVENT_UNACCEPTED } from './tracker-events.ts'

/** A timestamp clock ticks at most once in this time (RFC 7323 section 5.4), ns. */
const FASTEST_CLOCK = 1e6

/** Nothing it sends is captured: its peer has its SYN-ACK, so this was its number. */
export function adoptNumbers(receiver: Endpoint, segment: Segment): void {
  receiver.flags |= HAS_NUMBERS
  receiver.isn = (segment.ack - 1) | 0
  receiver.sndUna = receiver.isn
  receiver.sndNxt = segment.ack
}

/** RFC 9293 section 3.10.7.3; Linux tcp_rcv_synsent_state_process. */
export function arrivesInSynSent(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0) return false
  const ackAbove = distance(segment.ack, receiver.isn)
  if (!ask(machine, 'acknowledges-syn', acknowledgesSyn(receiver, segment), ackAbove)) {
    refuseAck(machine, receiver, segment)
    return false
  }
  if (!ask(machine, 'is-syn-ack', (segment.flags & SYN) !== 0)) return false
  if (!ask(machine, 'echoes-its-timestamp', !echoesNoSyn(machine, receiver, segment))) {
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
export function arrivesInSynRcvd(
  machine: Machine,
  receiver: Endpoint,
  sender: Endpoint,
  segment: Segment,
): boolean {
  const { flags } = segment
  const isActive = (receiver.flags & ACTIVE_OPEN) !== 0
  const request = isRequest(receiver, sender)
  if ((receiver.flags & HAS_NUMBERS) === 0) {
    if ((flags & ACK) === 0) return false
    adoptNumbers(receiver, segment)
  }
  // A request looks at the acknowledgment before anything else.
  if (request && (flags & ACK) !== 0) {
    const ackAbove = distance(segment.ack, receiver.isn)
    if (!ask(machine, 'acknowledges-syn-ack', ackAbove === 1, ackAbove)) {
      refuseAck(machine, receiver, segment)
      return false
    }
  }
  if (isActive) {
    const isCrossing = (flags & SYN) !== 0 && isCrossedSynAck(receiver, segment)
    if (!isCrossing && !isAcceptable(machine, receiver, sender, segment)) return false
  } else if (!isTakenByRequest(machine, receiver, segment, request)) return false
  if (ask(machine, 'no-ack', (flags & ACK) === 0)) return false
  // tcp_ack takes what acknowledges nothing new; only who opened actively still has its SYN unacknowledged.
  const least = (receiver.isn + (isActive ? 0 : 1)) | 0
  const isOutside = isBefore(segment.ack, least) || isAfter(segment.ack, receiver.sndNxt)
  if (!ask(machine, 'acknowledges-syn-ack', !isOutside, distance(segment.ack, receiver.isn))) {
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
  const isOlder = isOlderThanSeen(machine, receiver, segment, MINI_SOCKET)
  if (isOlder || (request && ask(machine, 'echoes-no-syn-ack', echoesNoSynAck(receiver, segment)))) {
    provoke(machine, receiver, segment, CAUSE_PAWS)
    return false
  }
  const above = distance(segment.seq, receiver.rcvNxt)
  const room = distance(rightEdge(receiver), receiver.rcvNxt)
  if (ask(machine, 'outside-window', !overlapsWindow(receiver, segment), above, room)) {
    provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    return false
  }
  if (ask(machine, 'syn-in-window', (segment.flags & SYN) !== 0)) {
    // Answered by an RST, which ends a request but not a Fast Open; one at the old number by a challenge.
    if (!request) refuseAck(machine, receiver, segment)
    else if (((segment.seq + 1) | 0) === receiver.rcvNxt) provoke(machine, receiver, segment, CAUSE_SYN)
    return false
  }
  const end = (segment.seq + segment.payloadLength) | 0
  if (request || !knowsWindow(receiver)) return true
  // The data of a Fast Open SYN wait in the receive queue (tcp_sequence).
  const edge = rightEdge(receiver)
  if (!ask(machine, 'ends-beyond-full-queue', isAfter(end, edge), distance(end, edge))) return true
  provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
  return false
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
