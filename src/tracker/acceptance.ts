import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointExtra } from './endpoint-extra.ts'
import {
  ACTIVE_OPEN,
  FAST_OPEN,
  FIN_SENT,
  HALF_CLOSED,
  HAS_ACKED,
  HAS_ISN,
  HAS_TS_RECENT,
  OFFERED_TIMESTAMPS,
  SEEN,
  SENT_DATA,
  WINDOW_KNOWN,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { CAUSE_OUT_OF_WINDOW, CAUSE_PAWS, CAUSE_SYN } from './segment-class.ts'
import { distance, isAfter, isAtOrAfter, isAtOrBefore, isBefore, later } from './sequence.ts'
import { CLOSING, FIN_WAIT_2 } from './tcp-state.ts'
import { EVENT_UNACCEPTED } from './tracker-events.ts'

/** Bytes of sequence space: payload, SYN and FIN (RFC 9293 section 3.4). */
export function segmentLength(segment: Segment): number {
  return segment.payloadLength + ((segment.flags & SYN) >> 1) + (segment.flags & FIN)
}

/** The window it offers is known in bytes. */
export function knowsWindow(endpoint: Endpoint): boolean {
  return (endpoint.flags & WINDOW_KNOWN) !== 0
}

/** Linux tcp_receive_window: never less than nothing, so RCV.NXT itself is always inside. */
export function rightEdge(endpoint: Endpoint): number {
  return later(endpoint.windowEdge, endpoint.rcvNxt)
}

/** From RCV.NXT to the right edge of what it offers; without a known window everything ahead. */
export function isInWindow(receiver: Endpoint, seq: number): boolean {
  return (
    isAtOrAfter(seq, receiver.rcvNxt) && (!knowsWindow(receiver) || isAtOrBefore(seq, rightEdge(receiver)))
  )
}

/** The acknowledgment covers its SYN and nothing it has not sent. */
export function acknowledgesSyn(endpoint: Endpoint, segment: Segment): boolean {
  return isAfter(segment.ack, endpoint.isn) && isAtOrBefore(segment.ack, endpoint.sndNxt)
}

/** TCP_PAWS_WINDOW: a full socket forgives a timestamp one tick old; request and mini-sockets do not. */
export const FULL_SOCKET = 1
export const MINI_SOCKET = 0

/** RFC 7323 section 5; Linux tcp_paws_check. `tolerance` is FULL_SOCKET or MINI_SOCKET. */
export function failsPaws(receiver: Endpoint, segment: Segment, tolerance: number): boolean {
  if ((segment.options.present & OPTION_TIMESTAMPS) === 0 || (receiver.flags & HAS_TS_RECENT) === 0) {
    return false
  }
  return ((receiver.tsRecent - segment.options.tsVal) | 0) > tolerance
}

/** The same, for a segment whose fate it decides. */
export function isOlderThanSeen(
  machine: Machine,
  receiver: Endpoint,
  segment: Segment,
  tolerance: number,
): boolean {
  const { present, tsVal } = segment.options
  if ((present & OPTION_TIMESTAMPS) === 0 || (receiver.flags & HAS_TS_RECENT) === 0) return false
  const isOlder = failsPaws(receiver, segment, tolerance)
  return ask(machine, 'timestamp-older', isOlder, distance(receiver.tsRecent, tsVal), tolerance)
}

/** Linux tcp_in_window, for request and mini-sockets: some of the segment lies in what may come. */
export function overlapsWindow(receiver: Endpoint, segment: Segment): boolean {
  const { seq } = segment
  const end = (seq + segmentLength(segment)) | 0
  if (seq === receiver.rcvNxt) return true
  const edge = knowsWindow(receiver) ? rightEdge(receiver) : (receiver.rcvNxt + 0x3fffffff) | 0
  if (isAfter(end, receiver.rcvNxt) && isBefore(seq, edge)) return true
  return seq === edge && seq === end
}

/** Linux tcp_replace_ts_recent: only a segment that covers the last acknowledgment moves TS.Recent, and only forwards. */
export function takeTimestamp(receiver: Endpoint, segment: Segment): void {
  if ((segment.options.present & OPTION_TIMESTAMPS) === 0) return
  if ((receiver.flags & HAS_TS_RECENT) === 0) {
    receiver.flags |= HAS_TS_RECENT
    receiver.tsRecent = segment.options.tsVal
    return
  }
  if ((receiver.flags & HAS_ACKED) !== 0 && isAfter(segment.seq, receiver.ackSent)) return
  if (isAfter(segment.options.tsVal, receiver.tsRecent)) receiver.tsRecent = segment.options.tsVal
}

/** What an RST that answers the segment would be numbered with (RFC 9293 section 3.10.7.1). */
export function noteRefused(extra: EndpointExtra, segment: Segment): void {
  extra.hasRefused = true
  extra.refusedAck = (segment.flags & ACK) === 0 ? undefined : segment.ack
  extra.refusedEnd = (segment.seq + segmentLength(segment)) | 0
}

/** Remembers that the endpoint was sent something it answers at once, whatever it is (RFC 5961, tcp_send_dupack). */
export function provoke(machine: Machine, receiver: Endpoint, segment: Segment, cause: number): void {
  const extra = machine.ensureExtra(receiver)
  noteRefused(extra, segment)
  extra.provokedBy = cause
  extra.provokedPacket = machine.packet
  extra.provokedTime = machine.now
  if (machine.events.wants(EVENT_UNACCEPTED)) {
    machine.tellOf(EVENT_UNACCEPTED, machine.peerOf(receiver), receiver, cause)
  }
}

/** A passive open that has only a request (Linux NEW_SYN_RECV). A Fast Open has its socket at once, and has taken data. */
export function isRequest(receiver: Endpoint, sender: Endpoint): boolean {
  if ((receiver.flags & (ACTIVE_OPEN | FAST_OPEN)) !== 0) return false
  return (receiver.flags & HAS_ACKED) === 0 || !isAfter(receiver.ackSent, (sender.isn + 1) | 0)
}

/** Linux tcp_check_req [6.18]: a request takes only the echo of a SYN-ACK, not that of a bare ACK it sent meanwhile. */
export function echoesNoSynAck(receiver: Endpoint, segment: Segment): boolean {
  if ((segment.options.present & OPTION_TIMESTAMPS) === 0 || (receiver.flags & OFFERED_TIMESTAMPS) === 0)
    return false
  return segment.options.tsEcr !== 0 && isAfter(segment.options.tsEcr, receiver.tsVal)
}

/** Linux tcp_validate_incoming, RST apart: PAWS, sequence, SYN. */
export function isAcceptable(
  machine: Machine,
  receiver: Endpoint,
  sender: Endpoint,
  segment: Segment,
): boolean {
  // A SYN-ACK sent again is answered like any old segment: no challenge.
  const isOwnSynAck = (segment.flags & ACK) !== 0 && segment.seq === sender.isn
  const syn = isOwnSynAck ? 0 : segment.flags & SYN
  const isMini = receiver.state === FIN_WAIT_2 && (receiver.flags & HALF_CLOSED) === 0
  if (isOlderThanSeen(machine, receiver, segment, isMini ? MINI_SOCKET : FULL_SOCKET)) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_PAWS)
    return false
  }
  const end = (segment.seq + segmentLength(segment)) | 0
  if (isBeforeWindow(machine, receiver, end) || isBeyondWindow(machine, receiver, segment, end)) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  if (ask(machine, 'syn-in-window', (segment.flags & SYN) !== 0)) {
    provoke(machine, receiver, segment, syn !== 0 ? CAUSE_SYN : CAUSE_OUT_OF_WINDOW)
    return false
  }
  return true
}

/** It ends before what its receiver has acknowledged. */
function isBeforeWindow(machine: Machine, receiver: Endpoint, end: number): boolean {
  if ((receiver.flags & HAS_ACKED) === 0) return false
  const above = distance(end, receiver.ackSent)
  return ask(machine, 'ends-before-window', above < 0, above)
}

/** Linux tcp_sequence [6.18]: what only ends beyond the window, a FIN apart, is taken by an empty receive queue alone. */
function isBeyondWindow(machine: Machine, receiver: Endpoint, segment: Segment, end: number): boolean {
  if (!knowsWindow(receiver)) return false
  const edge = rightEdge(receiver)
  const { seq } = segment
  if (ask(machine, 'begins-beyond-window', isAfter(seq, edge), distance(seq, edge))) return true
  const isQueueFull = receiver.rcvNxt === edge || receiver.state === CLOSING
  if (!isQueueFull) return false
  const dataEnd = (end - (segment.flags & FIN)) | 0
  return ask(machine, 'ends-beyond-full-queue', isAfter(dataEnd, edge), distance(dataEnd, edge))
}

/**
 * Whether all that is known of both is bare ACKs of `sender`: they may be keep-alive probes, which bear the number before the
 * next one (Linux tcp_xmit_probe_skb).
 */
export function isKnownByProbes(sender: Endpoint, receiver: Endpoint): boolean {
  return ((sender.flags & (HAS_ISN | SENT_DATA | FIN_SENT)) | (receiver.flags & SEEN)) === 0
}
