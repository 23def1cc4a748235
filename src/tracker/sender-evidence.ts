import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import { OPTION_SACK, OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import { FIRST_FIN_0, FIRST_FIN_1, MISSED_SEGMENTS, REFUSED, WAS_RESET } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { removeRange } from './endpoint-extra.ts'
import {
  DOUBT_FIN,
  DOUBT_FIN_ACK,
  DOUBT_HANDSHAKE,
  DOUBTS,
  FIN_ACKED,
  FIN_ACKS_FIN,
  FIN_RECEIVED,
  FIN_SENT,
  FIN_UNSEEN,
  HALF_CLOSED,
  HAS_ACKED,
  HAS_CANDIDATE,
  HAS_NUMBERS,
  HAS_TS_RECENT,
  RST_RECEIVED,
  RST_SENT,
  SEEN,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { weighOpening } from './opening-evidence.ts'
import { CHALLENGE_TIME } from './retry-times.ts'
import { distance, isAfter, isAtOrAfter, isBefore } from './sequence.ts'
import { RCV_ACK_OF_FIN, RCV_FIN } from './state-events.ts'
import {
  ACKNOWLEDGED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  SENT,
  SYN_RCVD,
  type TcpState,
  TIME_WAIT,
  TIMER,
} from './tcp-state.ts'
import { EVENT_HALF_CLOSED, EVENT_UNSEEN_ACK } from './tracker-events.ts'

/** Segments out of order by less than this at the capture point prove nothing by their order, ns. */
const DISORDER = 3e6
/** Below this, ns, answer times differ by chance. */
const TIMING_NOISE = 1e6
/** Linux TCP_DELACK_MIN, ns: for so long a missing acknowledgment proves nothing. */
const DELAYED_ACK = 40e6

/**
 * What a segment says about the endpoint that sent it: which assumptions it proves, which it disproves. Not for RSTs,
 * nor for SYNs without ACK (syn-arrives.ts). Runs before the segment's own sending is recorded.
 */
export function weighSender(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): void {
  // No stack leaves the ACK bit out behind its SYN: such a segment tells nothing of its sender.
  if ((segment.flags & (SYN | ACK)) === 0) return
  if (sender.state === CLOSED) weighClosed(machine, sender, receiver, segment)
  if ((segment.flags & SYN) !== 0) {
    weighSynAck(machine, sender, receiver, segment)
    return
  }
  weighOpening(machine, connection, sender, segment)
  const length = segment.payloadLength + (segment.flags & FIN)
  if (length === 0 && (sender.flags & FIN_SENT) !== 0) denyFin(machine, connection, sender, receiver, segment)
  if (length > 0 && (sender.flags & FIN_SENT) !== 0 && isBefore(segment.seq, sender.finEnd)) {
    weighRepeatBelowFin(machine, sender, receiver, segment)
  }
  weighFinReceipt(machine, sender, receiver, segment)
  weighReceived(machine, sender, receiver, segment)
}

/**
 * The segment was sent before what moved its sender can have reached it: too soon behind it by the fastest answer this
 * endpoint was seen to give. It proves nothing then.
 */
function crosses(machine: Machine, sender: Endpoint, receiver: Endpoint): boolean {
  const tail = sender.logTail
  return tail !== 0 && machine.now - machine.log.time(tail) < 0.9 * receiver.rttMin
}

/** How much newer its timestamp is than the newest taken: below 0 it was sent before that one. 1 if nobody knows. */
function newness(receiver: Endpoint, { options }: Segment): number {
  if ((options.present & OPTION_TIMESTAMPS) === 0 || (receiver.flags & HAS_TS_RECENT) === 0) return 1
  return distance(options.tsVal, receiver.tsRecent)
}

/** An endpoint taken for closed goes on: the RST was forged or refused, or its timer or last ACK was misjudged. */
function weighClosed(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if (sender.logTail === 0 || machine.log.previous(sender.logTail) === 0) return
  const wasReset = (sender.flags & RST_RECEIVED) !== 0
  if (newness(receiver, segment) < (wasReset ? 0 : 1)) return
  // From an endpoint close by, the answer to a refused RST comes sooner than anything it was timed by.
  const isTimed = receiver.rttMin > TIMING_NOISE || !wasReset
  if (isTimed && crosses(machine, sender, receiver)) return
  if (sender.basis === SENT) {
    const isOld = (sender.flags & HAS_NUMBERS) !== 0 && isBefore(segment.seq, sender.sndNxt)
    if (isOld && machine.now - machine.log.time(sender.logTail) < DISORDER) return
  }
  machine.retract(sender)
  if ((sender.flags & RST_RECEIVED) !== 0) machine.connection.flags &= ~(WAS_RESET | REFUSED)
  sender.flags &= ~(RST_SENT | RST_RECEIVED)
  if (isIn(sender, LAST_ACK) && (segment.flags & FIN) === 0) sender.flags &= ~FIN_ACKED
}

/** A SYN-ACK sent again: the ACK of the first had not been accepted, nor anything behind it. */
function weighSynAck(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if (sender.state === SYN_RCVD) {
    if (machine.isUnproven(sender)) machine.confirm(sender)
    sender.flags &= ~HAS_CANDIDATE
    return
  }
  if (sender.isn !== segment.seq || sender.state === LISTEN || sender.state === CLOSED) return
  if (crosses(machine, sender, receiver) || newness(receiver, segment) < 0) return
  // Its timer, or the client's own repeat, had it sent before the ACK was there: no round trip is known of such a handshake.
  if (machine.now - machine.log.time(sender.logTail) < DISORDER) return
  while (sender.state !== SYN_RCVD && machine.isUnproven(sender)) machine.retract(sender)
  if (sender.state !== SYN_RCVD) return
  sender.flags = (sender.flags & ~(FIN_RECEIVED | HAS_CANDIDATE)) | DOUBT_HANDSHAKE
  sender.rcvNxt = segment.ack
  const extra = machine.extraOf(sender)
  if (extra !== undefined) extra.held.length = 0
}

/**
 * Behind its FIN an end sends from the number behind it. An ACK from the FIN's own, in answer to the FIN's
 * acknowledgment, comes from an end that has sent none: somebody else did, in its name. A keep-alive looks the same, but
 * none follows what was heard this soon.
 */
function denyFin(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): void {
  if (segment.seq !== ((sender.finEnd - 1) | 0) || sender.state !== FIN_WAIT_2) return
  if (newness(receiver, segment) < 1 || isBefore(segment.ack, sender.ackSent)) return
  if (receiver.ackSent !== sender.finEnd || machine.now - receiver.lastTime >= CHALLENGE_TIME) return
  if (receiver.lastTime - sender.lastTime < DISORDER || crosses(machine, sender, receiver)) return
  machine.retract(sender)
  if (isIn(sender, FIN_WAIT_1)) machine.retract(sender)
  sender.flags &= ~(FIN_SENT | FIN_ACKED | FIN_ACKS_FIN | DOUBTS)
  machine.ensureExtra(sender).deniedFin = sender.finEnd
  sender.sndNxt = segment.seq
  sender.sndUna = segment.seq
  connection.flags &= ~((sender.index & 1) === 0 ? FIRST_FIN_0 : FIRST_FIN_1)
}

/** The sender repeats its FIN, or what lies before it: neither was acknowledged as far as it knows. */
function weighRepeatBelowFin(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if (newness(receiver, segment) < 1) return
  if ((sender.flags & FIN_ACKED) !== 0 && !crosses(machine, sender, receiver)) {
    if (sender.state === TIME_WAIT) {
      const tail = sender.logTail
      const time = machine.log.time(tail)
      const packet = machine.log.packet(tail)
      const { basis } = sender
      machine.retract(sender)
      if (isIn(sender, FIN_WAIT_2)) {
        machine.retract(sender)
        machine.enterAt(sender, RCV_FIN, basis, time, packet)
      }
    } else if (sender.state === FIN_WAIT_2) machine.retract(sender)
    sender.flags = (sender.flags & ~FIN_ACKED) | DOUBT_FIN_ACK
  }
  sender.flags &= ~HAS_CANDIDATE
  if ((segment.options.present & OPTION_TIMESTAMPS) !== 0) {
    machine.ensureExtra(sender).resentTsVal = segment.options.tsVal
  }
  const isAnswered = (receiver.flags & HAS_ACKED) !== 0 && isAtOrAfter(receiver.ackSent, sender.finEnd)
  if (isAnswered) return
  if ((receiver.flags & DOUBT_FIN) !== 0) receiver.flags &= ~HAS_CANDIDATE
  if ((receiver.flags & FIN_RECEIVED) === 0) return
  if (receiver.logTail !== 0 && machine.now - machine.log.time(receiver.logTail) < DELAYED_ACK) return
  if (takeBackFin(machine, receiver)) {
    receiver.rcvNxt = (receiver.flags & HAS_ACKED) !== 0 ? receiver.ackSent : segment.seq
    receiver.flags |= DOUBT_FIN
  }
}

/** Asks anew, after a retraction the compiler cannot see. */
function isIn(endpoint: Endpoint, state: TcpState): boolean {
  return endpoint.state === state
}

/** Takes back an unproven receipt of the peer's FIN; tells whether there was one. */
function takeBackFin(machine: Machine, endpoint: Endpoint): boolean {
  const state = endpoint.state
  if (state !== CLOSE_WAIT && state !== CLOSING && state !== TIME_WAIT) return false
  if (!machine.isUnproven(endpoint)) return false
  machine.retract(endpoint)
  endpoint.flags &= ~FIN_RECEIVED
  return true
}

/** Its acknowledgment number tells whether it has its peer's FIN. */
function weighFinReceipt(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if ((receiver.flags & FIN_SENT) === 0) return
  const covers = isAtOrAfter(segment.ack, receiver.finEnd)
  if (!covers) denyAckByTimer(machine, receiver)
  if (covers) weighUnseenFin(machine, sender, receiver, segment)
  if ((sender.flags & FIN_RECEIVED) !== 0) {
    if (covers) {
      machine.confirm(sender)
      sender.flags &= ~DOUBT_FIN
      takeAckWithFin(machine, sender, receiver)
    } else if (!crosses(machine, sender, receiver) && takeBackFin(machine, sender)) {
      sender.rcvNxt = segment.ack
    }
  } else if (covers && segment.ack === receiver.finEnd) {
    if (showsEarlierFin(machine, receiver, segment)) machine.restore(sender, FIN_STATES)
    takeAckWithFin(machine, sender, receiver)
    machine.resolve(sender, RCV_FIN, ACKNOWLEDGED)
    sender.flags = (sender.flags | FIN_RECEIVED) & ~DOUBTS
    sender.rcvNxt = segment.ack
  }
}

/**
 * Its first word on the peer's FIN comes from one number behind all it was seen to send: its own FIN was out before. Not if something
 * that came twice drew it: then its FIN may have had the first word.
 */
function weighUnseenFin(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if ((sender.flags & FIN_SENT) !== 0 || segment.seq !== ((sender.sndNxt + 1) | 0)) return
  if (!isBefore(sender.ackSent, receiver.finEnd)) return
  if ((sender.flags & DOUBT_FIN) === 0) {
    if ((segment.options.present & OPTION_SACK) === 0) sender.flags |= FIN_UNSEEN
  } else if (showsEarlierFin(machine, receiver, segment)) machine.ensureExtra(sender).finWithLostAck = true
}

/** The FIN was thought acknowledged only because it was not repeated: it was not. */
function denyAckByTimer(machine: Machine, receiver: Endpoint): void {
  if (receiver.state !== FIN_WAIT_2 || receiver.basis !== TIMER) return
  machine.retract(receiver)
  receiver.flags &= ~FIN_ACKED
  // It has had its chance to be repeated.
  machine.ensureExtra(receiver).retransmitRun++
}

/** States that the receipt of a FIN leads to. */
const FIN_STATES = [CLOSE_WAIT, CLOSING, TIME_WAIT]

/**
 * The acknowledgment of a repeated FIN tells that an earlier copy had arrived: it reports the repeat as a duplicate
 * (DSACK, RFC 2883), or still echoes an earlier timestamp than the repeat's (RFC 7323 section 4.3).
 */
function showsEarlierFin(machine: Machine, receiver: Endpoint, segment: Segment): boolean {
  const { options } = segment
  if ((options.present & OPTION_SACK) !== 0 && options.sackCount > 0) {
    if (options.sackEdges[1] === receiver.finEnd && options.sackEdges[0] === ((receiver.finEnd - 1) | 0))
      return true
  }
  const resent = machine.extraOf(receiver)?.resentTsVal
  return (
    resent !== undefined && (options.present & OPTION_TIMESTAMPS) !== 0 && isBefore(options.tsEcr, resent)
  )
}

/** The FIN it shows to have brought the peer's acknowledgment with it: of its own FIN as well, maybe. */
function takeAckWithFin(machine: Machine, sender: Endpoint, receiver: Endpoint): void {
  if ((sender.flags & (FIN_SENT | FIN_ACKED)) !== FIN_SENT || (receiver.flags & FIN_ACKS_FIN) === 0) return
  sender.flags |= FIN_ACKED
  const extra = machine.extraOf(sender)
  if ((sender.flags & HAS_CANDIDATE) === 0 || extra === undefined) {
    machine.enter(sender, RCV_ACK_OF_FIN, ACKNOWLEDGED)
    return
  }
  const { candidateTime, candidatePacket } = extra
  const tail = sender.logTail
  const time = machine.log.time(tail)
  const packet = machine.log.packet(tail)
  // The acknowledgment in doubt came before the FIN: the two steps change places.
  const isBeforeFin = sender.state === CLOSING && candidateTime <= time
  if (isBeforeFin) machine.dropTail(sender)
  machine.enterAt(sender, RCV_ACK_OF_FIN, ACKNOWLEDGED, candidateTime, candidatePacket)
  if (isBeforeFin) machine.enterAt(sender, RCV_FIN, ACKNOWLEDGED, time, packet)
}

/** Its acknowledgment number is its RCV.NXT when it sent this: more than was assumed, or less. */
function weighReceived(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if (isUnsent(receiver, segment.ack)) {
    claim(machine, sender, segment.ack)
    return
  }
  if (isAfter(segment.ack, sender.rcvNxt)) {
    showHalfClose(machine, sender, receiver, segment)
    sender.rcvNxt = segment.ack
    sender.advanceTime = machine.now
    const extra = machine.extraOf(sender)
    if (extra !== undefined) removeRange(extra.held, segment.ack - 0x3fffffff, segment.ack)
  } else if (
    isBefore(segment.ack, sender.rcvNxt) &&
    (sender.flags & HAS_ACKED) !== 0 &&
    isAtOrAfter(segment.ack, sender.ackSent) &&
    machine.now - sender.advanceTime > receiver.rttMin
  ) {
    sender.rcvNxt = segment.ack
  } else showHalfClose(machine, sender, receiver, segment)
}

/** It acknowledges what its peer, seen sending, was not seen to send. */
export function isUnsent(receiver: Endpoint, ack: number): boolean {
  const needed = SEEN | HAS_NUMBERS
  return (receiver.flags & needed) === needed && isAfter(ack, receiver.sndNxt)
}

/** The capture missed something, or the acknowledgment is a lie: kept apart until the peer shows which. */
function claim(machine: Machine, sender: Endpoint, ack: number): void {
  if (machine.extraOf(machine.peerOf(sender))?.deniedFin === ack) return
  const extra = machine.ensureExtra(sender)
  if (extra.claimedAck === ack) return
  extra.claimedAck = ack
  extra.claimedTime = machine.now
  machine.connection.flags |= MISSED_SEGMENTS
  if (machine.events.wants(EVENT_UNSEEN_ACK)) {
    machine.tellOf(EVENT_UNSEEN_ACK, sender, machine.peerOf(sender), 0)
  }
}

/** Behind its own FIN it acknowledges data, not only the peer's FIN: it still reads, so it has not called close(). */
function showHalfClose(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  const needed = FIN_SENT | HAS_ACKED
  if ((sender.flags & (needed | HALF_CLOSED)) !== needed || segment.seq !== sender.finEnd) return
  if (!isAfter(segment.ack, sender.ackSent)) return
  if ((receiver.flags & FIN_SENT) !== 0 && segment.ack === receiver.finEnd) return
  sender.flags |= HALF_CLOSED
  if (machine.events.wants(EVENT_HALF_CLOSED)) machine.tellOf(EVENT_HALF_CLOSED, sender, receiver, 0)
  if (sender.state === FIN_WAIT_2) machine.setDeadline(sender)
}
