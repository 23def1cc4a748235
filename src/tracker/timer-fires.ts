import type { Endpoint } from './endpoint.ts'
import {
  ACTIVE_OPEN,
  DOUBT_HANDSHAKE,
  DOUBTS,
  FIN_ACKED,
  FIN_RECEIVED,
  FIN_SENT,
  HAS_CANDIDATE,
  HAS_ISN,
  RST_SENT,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  FIN_WAIT_2_ELAPSED,
  GAVE_UP_PASSIVE,
  RCV_ACK_OF_FIN,
  RCV_ACK_OF_SYN,
  RCV_FIN,
  RCV_SYN_ACK,
  SEND_RST,
  TIME_WAIT_ELAPSED,
} from './state-events.ts'
import { isGone } from './syn-arrives.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  CLOSE_WAIT,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SYN_RCVD,
  SYN_SENT,
  TIME_WAIT,
  TIMER,
} from './tcp-state.ts'

/** A closed connection stays this long for stragglers, ns. */
const LINGER = 120e9

/** When a connection leaves; Infinity while an end of it has a socket. */
export function lingerEnd(one: Endpoint, other: Endpoint): number {
  if (!isGone(one.state) || !isGone(other.state)) return Number.POSITIVE_INFINITY
  return Math.max(one.lastTime, other.lastTime) + LINGER
}

/** The timer of `endpoint`'s state has run out at `machine.now`. */
export function timerFires(machine: Machine, endpoint: Endpoint, peer: Endpoint): void {
  endpoint.deadline = Number.POSITIVE_INFINITY
  switch (endpoint.state) {
    case SYN_SENT:
      if (gaveItselfUp(machine, endpoint)) return
      // Its SYN is not repeated, so it had its answer; but then the peer has no reason to repeat that answer.
      if (hasCandidate(endpoint) && machine.connection.synAckCopies <= 1) {
        machine.resolve(endpoint, RCV_SYN_ACK, ASSUMED)
      } else machine.giveUp(endpoint, false)
      return
    case SYN_RCVD:
      if (hasCandidate(endpoint) && !isUsedUp(machine, endpoint, peer))
        takeWhatFollowed(machine, endpoint, peer)
      else if ((endpoint.flags & HAS_ISN) === 0) machine.enter(endpoint, GAVE_UP_PASSIVE, TIMER)
      else machine.giveUp(endpoint, (endpoint.flags & ACTIVE_OPEN) === 0)
      return
    case FIN_WAIT_1:
    case CLOSING:
    case LAST_ACK:
      finTimerFires(machine, endpoint)
      return
    case FIN_WAIT_2:
      machine.enter(endpoint, FIN_WAIT_2_ELAPSED, TIMER)
      return
    case TIME_WAIT:
      machine.enter(endpoint, TIME_WAIT_ELAPSED, TIMER)
      return
    case ESTABLISHED:
    case CLOSE_WAIT:
      if (isSynAckUnanswered(machine, endpoint)) {
        if (isKnownOpen(machine, peer)) {
          machine.confirm(endpoint)
          machine.setDeadline(endpoint)
          return
        }
        const { logTail } = endpoint
        const time = machine.log.time(logTail)
        const packet = machine.log.packet(logTail)
        machine.retract(endpoint)
        // If no SYN follows either, it had its SYN-ACK and the acknowledgment escaped the capture.
        endpoint.flags |= DOUBT_HANDSHAKE
        machine.setCandidate(endpoint, time, packet)
        return
      }
      machine.giveUp(endpoint, false)
  }
}

/** It was taken for open since the SYN-ACK passed, and has not acknowledged it. */
function isSynAckUnanswered(machine: Machine, endpoint: Endpoint): boolean {
  return (
    (endpoint.flags & ACTIVE_OPEN) !== 0 && endpoint.state === ESTABLISHED && machine.isUnproven(endpoint)
  )
}

/** It was seen to have left SYN_RCVD, for which it needed the answer to its SYN-ACK: that one was not captured. */
function isKnownOpen(machine: Machine, peer: Endpoint): boolean {
  const { log } = machine
  let isConfirmed = peer.basis === ACKNOWLEDGED
  for (let entry = peer.logTail; entry !== 0; entry = log.previous(entry)) {
    if (log.state(entry) === ESTABLISHED) return log.basis(entry, isConfirmed) === ACKNOWLEDGED
    isConfirmed = log.isConfirmedBelow(entry, isConfirmed)
  }
  return false
}

/** It answered a wrong acknowledgment with an RST, and no SYN followed: nothing was connecting any more. */
function gaveItselfUp(machine: Machine, endpoint: Endpoint): boolean {
  const extra = machine.extraOf(endpoint)
  if (extra === undefined || extra.resetPacket === 0) return false
  endpoint.flags |= RST_SENT
  return machine.enterAt(endpoint, SEND_RST, ASSUMED, extra.resetTime, extra.resetPacket)
}

/** It has sent its SYN-ACK as often as it does, and what its peer repeats goes unanswered: it gave up, and was never open. */
function isUsedUp(machine: Machine, endpoint: Endpoint, peer: Endpoint): boolean {
  const isLast = machine.connection.synAckCopies > machine.profileOf(endpoint).synackRetries
  return isLast && (machine.extraOf(peer)?.retransmitRun ?? 0) > 0
}

/** A repeat of the SYN-ACK was due and did not come: the last ACK had arrived, and so had what was sent with it. */
function takeWhatFollowed(machine: Machine, endpoint: Endpoint, peer: Endpoint): void {
  const extra = machine.extraOf(endpoint)
  const time = extra?.candidateTime ?? machine.now
  const packet = extra?.candidatePacket ?? machine.packet
  machine.resolve(endpoint, RCV_ACK_OF_SYN, ASSUMED)
  endpoint.rcvNxt = peer.sndNxt
  if ((peer.flags & FIN_SENT) !== 0) {
    endpoint.flags |= FIN_RECEIVED
    machine.enterAt(endpoint, RCV_FIN, ASSUMED, time, packet)
  }
}

/**
 * A repeat of the FIN was due and did not come. Once repeated, it has been answered by the last ACK that passed, or its
 * sender has given up; never repeated, its ACK was not captured.
 */
function finTimerFires(machine: Machine, endpoint: Endpoint): void {
  if (hasCandidate(endpoint)) {
    machine.resolve(endpoint, RCV_ACK_OF_FIN, ASSUMED)
    endpoint.flags |= FIN_ACKED
  } else if ((machine.extraOf(endpoint)?.retransmitRun ?? 0) === 0) {
    machine.enter(endpoint, RCV_ACK_OF_FIN, TIMER)
    endpoint.flags = (endpoint.flags | FIN_ACKED) & ~DOUBTS
  } else machine.giveUp(endpoint, false)
}

function hasCandidate(endpoint: Endpoint): boolean {
  return (endpoint.flags & HAS_CANDIDATE) !== 0
}
