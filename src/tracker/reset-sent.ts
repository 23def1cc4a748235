import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import { isKnownByProbes, isRequest } from './acceptance.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointExtra } from './endpoint-extra.ts'
import {
  ACTIVE_OPEN,
  DOUBT_HANDSHAKE,
  HAS_ACKED,
  HAS_ISN,
  HAS_NUMBERS,
  RST_SENT,
  SEEN,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { INITIAL_RTO, LADDER_SLACK } from './retry-times.ts'
import { distance, isAfter, isBefore } from './sequence.ts'
import { SEND_RST } from './state-events.ts'
import { ASSUMED, ESTABLISHED, LISTEN, SENT, SYN_RCVD, SYN_SENT, UNKNOWN } from './tcp-state.ts'

/** Moves the endpoint that an RST claims to come from, unless it cannot have come from there or does not end it. */
export function weighReset(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  const question = hasNumbers(sender) ? 'number-it-could-use' : 'fits-what-was-sent'
  const above = distance(segment.seq, sender.sndNxt)
  if (!ask(machine, question, isPlausible(machine, sender, receiver, segment), above)) return
  if (!isItsOwn(machine, sender, receiver, segment)) return
  const state = sender.state
  // It answers a wrong acknowledgment and waits on (RFC 9293 section 3.10.7.3 first, 3.10.7.4 fifth).
  const wrong = machine.extraOf(sender)
  const isAnswer = wrong?.hasWrongAck === true && wrong.refusedAck === segment.seq
  if (state === SYN_SENT && isAnswer) {
    // On the first try its SYN follows at once; if it does not, there was no socket any more.
    if (machine.connection.synCopies === 1) {
      const extra = machine.ensureExtra(sender)
      extra.resetPacket = machine.packet
      extra.resetTime = machine.now
      machine.expectAnswer(sender)
    }
    return
  }
  // A Fast Open survives the RST by which it refuses a SYN (tcp_check_req).
  if (state === SYN_RCVD && (segment.flags & ACK) !== 0 && segment.seq === 0 && !isRequest(sender, receiver))
    return
  if (state === SYN_RCVD) {
    const extra = machine.extraOf(sender)
    if (extra?.hasWrongAck === true && extra.refusedAck === segment.seq) {
      extra.hasWrongAck = false
      denyClaim(machine, receiver, segment)
      return
    }
  }
  if (state === ESTABLISHED && refusesAsRequest(machine, sender, segment)) {
    machine.retract(sender)
    sender.flags |= DOUBT_HANDSHAKE
    sender.deadline = machine.now + deferral(machine, sender)
    denyClaim(machine, receiver, segment)
    return
  }
  // It refuses the SYN it was assumed to have taken.
  if (state === SYN_RCVD && (sender.flags & HAS_ISN) === 0 && machine.isUnproven(sender))
    machine.retract(sender)
  // Nobody was there any more to take the SYN-ACK: the connect had been given up.
  if (state === ESTABLISHED && (segment.flags & ACK) === 0 && isSynAckRefused(machine, sender, segment)) {
    machine.retract(sender)
    if (machine.connection.synCopies === 1 && sender.logTail !== 0) {
      // A scanner sends its SYN past the kernel, which never had a socket; a kernel's own would have repeated it.
      const { log } = machine
      machine.enterAt(sender, SEND_RST, ASSUMED, log.time(sender.logTail), log.packet(sender.logTail))
      sender.flags |= RST_SENT
      return
    }
  }
  // What nothing drew may be forged; until its supposed sender speaks again it is taken at its word.
  const basis = ask(machine, 'has-a-cause', isDrawn(sender, receiver, segment)) ? SENT : ASSUMED
  if (machine.enter(sender, SEND_RST, basis)) sender.flags |= RST_SENT
}

/** The third segment of the handshake was dropped (deferred, or no room): what waits on refuses a wrong acknowledgment by an RST. */
function refusesAsRequest(machine: Machine, sender: Endpoint, { flags, seq }: Segment): boolean {
  if ((sender.flags & ACTIVE_OPEN) !== 0 || (flags & ACK) !== 0 || !machine.isUnproven(sender)) return false
  const extra = machine.extraOf(sender)
  return extra?.hasRefused === true && extra.refusedAck === seq && seq !== sender.sndNxt
}

/** What was acknowledged had never been sent: nothing escaped the capture. */
function denyClaim(machine: Machine, receiver: Endpoint, { seq }: Segment): void {
  const extra = machine.extraOf(receiver)
  if (extra?.claimedAck === seq) extra.claimedAck = undefined
}

/** Deferred, it repeats nothing before it has waited for data (TCP_DEFER_ACCEPT): so long that all its repeats would be over, ns. */
function deferral(machine: Machine, sender: Endpoint): number {
  const { synackRetries } = machine.profileOf(sender)
  return INITIAL_RTO * (2 ** (synackRetries + 1) - 1) * LADDER_SLACK
}

function isSynAckRefused(machine: Machine, sender: Endpoint, segment: Segment): boolean {
  return (
    machine.isUnproven(sender) && (sender.flags & ACTIVE_OPEN) !== 0 && segment.seq === ((sender.isn + 1) | 0)
  )
}

/** The RST comes from as far away as the endpoint's other segments; else somebody on the way sent it. */
function isItsOwn(machine: Machine, sender: Endpoint, receiver: Endpoint, { ttl }: Segment): boolean {
  if ((sender.flags & receiver.flags & SEEN) === 0) return true
  const usual = sender.mssScaleAndTtl >>> 24
  return ask(machine, 'usual-ttl', usual === ttl, ttl, usual)
}

/** An RST without ACK is what a host sends for a socket it does not have, in answer to a segment nobody has answered. */
function isDrawn(sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  const needed = SEEN | HAS_NUMBERS
  if ((segment.flags & ACK) !== 0 || (receiver.flags & needed) !== needed) return true
  const isAllAnswered = (sender.flags & HAS_ACKED) !== 0 && sender.ackSent === receiver.sndNxt
  return !isAllAnswered || receiver.lastTime > sender.lastTime
}

/** It is numbered as the answer to the last segment that its sender would not take. */
function answersRefused(extra: EndpointExtra | undefined, segment: Segment): boolean {
  if (extra?.hasRefused !== true) return false
  if (segment.seq === extra.refusedAck) return true
  return segment.seq === 0 && (segment.flags & ACK) !== 0 && segment.ack === extra.refusedEnd
}

/** It has a socket, of which some numbers are known. */
function hasNumbers({ state, flags }: Endpoint): boolean {
  return state !== LISTEN && state !== UNKNOWN && (flags & HAS_NUMBERS) !== 0
}

/**
 * A genuine RST begins at its sender's SND.NXT, or at the acknowledgment of what drew it, which is no more than that;
 * one that answers a SYN has number 0 and acknowledges the SYN. Anything else was sent by somebody else.
 */
function isPlausible(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  if (!hasNumbers(sender)) {
    if (receiver.state === SYN_SENT) return (segment.flags & ACK) !== 0 && segment.ack === receiver.sndNxt
    return true
  }
  if ((sender.flags & (HAS_NUMBERS | SEEN)) !== (HAS_NUMBERS | SEEN)) return true
  if (answersRefused(machine.extraOf(sender), segment)) return true
  if (isBefore(segment.seq, sender.isn)) return false
  const beyond = isKnownByProbes(sender, receiver) ? 1 : 0
  if (distance(segment.seq, sender.sndNxt) <= beyond) return true
  // What it sent may have escaped the capture; its peer acknowledged it.
  const claimed = machine.extraOf(receiver)?.claimedAck
  return claimed !== undefined && !isAfter(segment.seq, claimed)
}
