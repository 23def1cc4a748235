import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import {
  OPTION_AUTHENTICATION,
  OPTION_FAST_OPEN,
  OPTION_MD5,
  OPTION_MSS,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
} from '../decode/tcp-options.ts'
import { segmentLength } from './acceptance.ts'
import { makeRoomForUnseen, refuteChecksums } from './capture-quality.ts'
import { scaleOf, windowOf } from './classify-segment.ts'
import type { Connection } from './connection.ts'
import { FIRST_FIN_0, FIRST_FIN_1, MISSED_SEGMENTS, USED_FAST_OPEN } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointExtra } from './endpoint-extra.ts'
import {
  FAST_OPEN,
  FIN_ACKS_FIN,
  FIN_RECEIVED,
  FIN_SENT,
  FIN_UNSEEN,
  HAS_ACKED,
  HAS_ISN,
  HAS_NUMBERS,
  OFFERED_MSS,
  OFFERED_SACK,
  OFFERED_SCALE,
  OFFERED_TIMESTAMPS,
  PROBED,
  RTT_PENDING,
  SEEN,
  SENT_DATA,
  SIGNED,
  WINDOW_CLOSED,
  WINDOW_KNOWN,
} from './endpoint-flags.ts'
import { noteTurn } from './exchanges.ts'
import { LITTLE_WINDOW, noteLittleWindow, reopenWindow } from './little-window.ts'
import type { Machine } from './machine.ts'
import { recordSack } from './record-sack.ts'
import { ANSWER_TIME } from './retry-times.ts'
import {
  CAUSE_OUT_OF_WINDOW,
  CLASS_DUPLICATE_ACK,
  CLASS_NEW,
  CLASS_OUT_OF_ORDER,
  CLASS_RETRANSMISSION_FAST,
  CLASS_ZERO_WINDOW_PROBE,
  type SegmentClass,
} from './segment-class.ts'
import { isUnsent } from './sender-evidence.ts'
import { distance, isAfter, isAtOrAfter, isBefore } from './sequence.ts'
import { RCV_FIN, SEND_FIN, SEND_SYN_ACK } from './state-events.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  CLOSE_WAIT,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  LAST_ACK,
  SENT,
  SYN_RCVD,
  SYN_SENT,
} from './tcp-state.ts'
import { EVENT_FIN, EVENT_LATE_ACK, EVENT_UNSEEN_DATA, EVENT_WINDOW_SHRUNK } from './tracker-events.ts'

/** Resends in a row, unanswered, after which silence at the next due time is taken for giving up. */
const RESENDS_BEFORE_GIVING_UP = 3
/** Linux delays acknowledgments by TCP_DELACK_MIN, 40 ms, others longer; what comes this much late, ns, may be one. */
const LATE_ACK = 35e6
/** What the largest scale makes of a window (RFC 7323 section 2.3): more is a foreign number. */
const LARGEST_WINDOW = 1 << 30
/** A hole this far ahead of what was sent is no capture loss but a foreign number. */
const FARTHEST_JUMP = 1 << 30

/** The options of a SYN or SYN-ACK become its sender's. */
export function recordSynOptions(
  connection: Connection,
  sender: Endpoint,
  segment: Pick<Segment, 'options' | 'seq' | 'payloadLength'>,
): void {
  const options = segment.options
  let flags = sender.flags & ~(OFFERED_MSS | OFFERED_SCALE | OFFERED_SACK | OFFERED_TIMESTAMPS)
  if ((options.present & OPTION_MSS) !== 0) flags |= OFFERED_MSS
  if ((options.present & OPTION_WINDOW_SCALE) !== 0) flags |= OFFERED_SCALE
  if ((options.present & OPTION_SACK_PERMITTED) !== 0) flags |= OFFERED_SACK
  if ((options.present & OPTION_TIMESTAMPS) !== 0) flags |= OFFERED_TIMESTAMPS
  if ((options.present & (OPTION_MD5 | OPTION_AUTHENTICATION)) !== 0) flags |= SIGNED
  if ((options.present & OPTION_FAST_OPEN) !== 0) {
    flags |= FAST_OPEN
    if (segment.payloadLength > 0) connection.flags |= USED_FAST_OPEN
  }
  sender.flags = flags | HAS_ISN
  sender.isn = segment.seq
  const offers = (options.mss & 0xffff) | ((options.windowScale & 0xff) << 16)
  sender.mssScaleAndTtl = offers | (sender.mssScaleAndTtl & (0xff << 24))
}

/** Keeps the TTL or hop limit of its last segment. */
export function recordTtl(sender: Endpoint, ttl: number): void {
  sender.mssScaleAndTtl = (sender.mssScaleAndTtl & 0xffffff) | (ttl << 24)
}

/** Writes down what the sender has sent, moving its state where sending does: SYN-ACK and FIN. */
export function recordSent(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  segmentClass: SegmentClass,
): void {
  const flags = segment.flags
  if ((flags & SYN) !== 0) {
    if (machine.enter(sender, SEND_SYN_ACK, SENT) || (sender.flags & HAS_ISN) === 0) {
      recordSynOptions(connection, sender, segment)
      sender.sndUna = segment.seq
      sender.sndNxt = segment.seq
      sender.flags |= HAS_NUMBERS
      if ((flags & ACK) !== 0) sender.rcvNxt = segment.ack
      machine.setDeadline(sender)
    }
  }
  if ((sender.flags & FIN_SENT) !== 0 && (receiver.flags & FIN_RECEIVED) === 0)
    reviseFin(machine, sender, segment)
  if (segment.payloadLength > 0 && segmentClass === CLASS_NEW) {
    noteTurn(machine, connection, sender, receiver, segment)
  }
  if (segmentClass === CLASS_ZERO_WINDOW_PROBE) {
    // A byte that there is no room for is sent again as if it never had been.
  } else if ((flags & FIN) === 0 || isTaken(sender, receiver, segment)) {
    moveSendNext(machine, sender, receiver, segment)
    if ((flags & FIN) !== 0) recordFin(machine, connection, sender, receiver, segment)
  }
  if ((flags & ACK) !== 0) recordAck(machine, sender, receiver, segment, segmentClass)
  if (segmentLength(segment) > 0) recordText(machine, sender, receiver, segment, segmentClass)
  sender.lastTime = machine.now
  recordTtl(sender, segment.ttl)
}

/** Data at or behind the FIN, or a FIN elsewhere, before its receiver took it: the one on record is none. */
function reviseFin(machine: Machine, sender: Endpoint, segment: Segment): void {
  if ((segment.flags & (SYN | ACK)) !== ACK) return
  const end = (segment.seq + segmentLength(segment)) | 0
  const isFin = (segment.flags & FIN) !== 0
  if (isFin ? end !== sender.finEnd : segment.payloadLength > 0 && isAtOrAfter(end, sender.finEnd)) {
    // Zeek's history compares the next FIN with it all the same.
    machine.ensureExtra(sender).historyFin ??= sender.finEnd
    sender.flags &= ~FIN_SENT
  }
}

function moveSendNext(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  const end = (segment.seq + segmentLength(segment)) | 0
  if ((sender.flags & HAS_NUMBERS) === 0) {
    sender.flags |= HAS_NUMBERS
    sender.isn = (segment.seq - 1) | 0
    sender.sndUna = segment.seq
    sender.sndNxt = end
    return
  }
  if (!isAfter(end, sender.sndNxt)) return
  // Behind its FIN nothing can follow; far ahead of everything nothing is its own.
  if ((sender.flags & FIN_SENT) !== 0 || distance(segment.seq, sender.sndNxt) > FARTHEST_JUMP) return
  if (isAfter(segment.seq, sender.sndNxt)) {
    if ((sender.flags & SEEN) !== 0) {
      const extra = makeRoomForUnseen(machine, machine.connection, sender, receiver)
      extra.noteUnseen(sender.sndNxt, segment.seq)
      machine.connection.flags |= MISSED_SEGMENTS
      if (machine.events.wants(EVENT_UNSEEN_DATA)) machine.tellOf(EVENT_UNSEEN_DATA, sender, receiver, 0)
    }
  }
  sender.sndNxt = end
}

/**
 * The FIN is one its receiver can take: an end of what was sent, in the window, with an acknowledgment and no timestamp
 * from before. Any other is no FIN to it, and where it would end says nothing.
 */
function isTaken(sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  if ((segment.flags & (SYN | ACK)) !== ACK) return false
  if ((sender.flags & (HAS_NUMBERS | FIN_SENT)) !== HAS_NUMBERS) return true
  const end = (segment.seq + segmentLength(segment)) | 0
  return isAfter(end, sender.sndNxt) || (receiver.flags & HAS_ACKED) === 0 || isAfter(end, receiver.rcvNxt)
}

function recordFin(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): void {
  const end = (segment.seq + segmentLength(segment)) | 0
  const isSent = (sender.flags & FIN_SENT) !== 0
  if (isSent && end !== sender.finEnd) return
  if ((receiver.flags & FIN_SENT) !== 0 && segment.ack === receiver.finEnd) sender.flags |= FIN_ACKS_FIN
  if (isSent) return
  sender.flags |= FIN_SENT
  sender.finEnd = end
  if (sender.state === CLOSE_WAIT && machine.extraOf(sender)?.finWithLostAck === true) {
    const tail = sender.logTail
    machine.enterAt(sender, SEND_FIN, ACKNOWLEDGED, machine.log.time(tail), machine.log.packet(tail))
  } else if ((sender.flags & FIN_UNSEEN) !== 0 && sender.state === CLOSE_WAIT) dateBack(machine, sender)
  else if (crossesFin(machine, sender, receiver, segment)) {
    machine.dropTail(sender)
    machine.enter(sender, SEND_FIN, SENT)
    machine.enter(sender, RCV_FIN, ASSUMED)
  } else machine.enter(sender, SEND_FIN, SENT)
  const hasPeersFin = (segment.flags & ACK) !== 0 && isAtOrAfter(segment.ack, receiver.finEnd)
  if ((receiver.flags & FIN_SENT) === 0 || !hasPeersFin) {
    connection.flags |= (sender.index & 1) === 0 ? FIRST_FIN_0 : FIRST_FIN_1
  }
  if (!machine.events.wants(EVENT_FIN)) return
  machine.events.event.closing.fill(machine, connection, sender, receiver, segment)
  machine.tellOf(EVENT_FIN, sender, receiver, 0)
}

/** The peer's FIN, which has passed before, is still on its way: who has it acknowledges it with its own. */
function crossesFin(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  return sender.state === CLOSE_WAIT && machine.isUnproven(sender) && isBefore(segment.ack, receiver.finEnd)
}

/**
 * The first copy of its FIN escaped the capture (FIN_UNSEEN). Whoever closes after the peer's FIN sends its own with the
 * acknowledgment or later, never before: so it had closed when the peer's FIN came.
 */
function dateBack(machine: Machine, sender: Endpoint): void {
  const tail = sender.logTail
  const time = machine.log.time(tail)
  const packet = machine.log.packet(tail)
  machine.retract(sender)
  machine.enterAt(sender, SEND_FIN, ACKNOWLEDGED, time, packet)
  machine.enterAt(sender, RCV_FIN, ACKNOWLEDGED, time, packet)
}

function recordAck(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  segmentClass: SegmentClass,
): void {
  const theirs = machine.extraOf(receiver)
  const needed = PROBED | WINDOW_CLOSED
  if ((sender.flags & needed) === needed && segment.ack === ((receiver.sndNxt + 1) | 0)) {
    // A window probe with one new byte, which found room after all.
    receiver.sndNxt = segment.ack
  }
  if (isUnsent(receiver, segment.ack)) return
  if (theirs?.badChecksumEnd !== undefined && isAtOrAfter(segment.ack, theirs.badChecksumEnd)) {
    refuteChecksums(machine, receiver, theirs)
  }
  const isFirst = (sender.flags & HAS_ACKED) === 0
  const isNew = isFirst || isAfter(segment.ack, sender.ackSent)
  const isCurrent = isNew || segment.ack === sender.ackSent
  if (isNew) {
    sender.ackSent = segment.ack
    sender.flags |= HAS_ACKED
    const ours = machine.extraOf(sender)
    if (ours !== undefined) ours.duplicateRun = 0
    if ((receiver.flags & RTT_PENDING) !== 0 && isAtOrAfter(segment.ack, receiver.rttSeq)) {
      endRttSample(machine, receiver, segment)
    }
  } else if (segmentClass === CLASS_DUPLICATE_ACK) machine.ensureExtra(sender).duplicateRun++
  if (isFirst) sender.windowEdge = segment.ack
  if (isCurrent && (segment.flags & RST) === 0) recordWindow(machine, sender, receiver, segment)
  if (isCurrent) recordSack(machine, sender, segment)
  if ((segment.flags & SYN) !== 0) sender.tsVal = segment.options.tsVal
}

export function recordWindow(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
  if ((sender.flags & HAS_ISN) !== 0 && (receiver.flags & HAS_ISN) !== 0) {
    sender.flags |= WINDOW_KNOWN
  }
  const window = windowOf(sender, receiver, segment)
  const edge = (segment.ack + window) | 0
  const withdrawn = (sender.windowEdge - edge) | 0
  if ((sender.flags & WINDOW_KNOWN) === 0 || withdrawn < 0 || sender.packets <= 1) sender.windowEdge = edge
  else if (withdrawn > 0) tellShrunk(machine, sender, receiver, segment, withdrawn)
  sender.window = window
  if (window > receiver.maxWindow) receiver.maxWindow = window
  if (window < LITTLE_WINDOW) noteLittleWindow(machine, sender, receiver, segment, window)
  else if ((sender.flags & WINDOW_CLOSED) !== 0) reopenWindow(machine, sender, receiver)
}

/** Less than a step of the scale is lost by rounding (RFC 7323 section 2.4). */
function tellShrunk(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  withdrawn: number,
): void {
  if ((segment.flags & SYN) !== 0 || withdrawn < 1 << scaleOf(sender, receiver)) return
  if (withdrawn > LARGEST_WINDOW) return
  if (!machine.events.wants(EVENT_WINDOW_SHRUNK)) return
  // The segment may be an ordinary one, for which nobody has said so.
  machine.events.event.segment = segment
  machine.tellOf(EVENT_WINDOW_SHRUNK, sender, receiver, withdrawn)
}

function recordText(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  segmentClass: SegmentClass,
): void {
  if (segment.payloadLength > 0) sender.flags |= SENT_DATA
  if (segmentClass === CLASS_NEW) {
    if ((sender.flags & RTT_PENDING) === 0) {
      sender.flags |= RTT_PENDING
      sender.rttSeq = (segment.seq + segmentLength(segment)) | 0
      sender.rttStart = machine.now
    }
    sender.resendTime = machine.now
    return
  }
  if (segmentClass === CLASS_OUT_OF_ORDER || segmentClass > CLASS_OUT_OF_ORDER) return
  // Karn: an answer to something sent twice measures nothing.
  if (isBefore(segment.seq, sender.rttSeq)) sender.flags &= ~RTT_PENDING
  const gap = machine.now - sender.resendTime
  const timer = sender.deadline - sender.resendTime
  const extra = machine.ensureExtra(sender)
  const isDrawn = isDrawnBySyn(machine, sender, extra)
  extra.noteTry(sender.resendTime, machine.packet, receiver.lastTime)
  sender.resendTime = machine.now
  extra.countResend(segmentClass, segment.payloadLength, segment.flags & FIN)
  if (segmentClass !== CLASS_RETRANSMISSION_FAST) extra.retransmitRun++
  const state = sender.state
  if (isDrawn) sender.deadline = machine.now + timer
  else if (
    state === SYN_SENT ||
    state === SYN_RCVD ||
    state === FIN_WAIT_1 ||
    state === CLOSING ||
    state === LAST_ACK
  ) {
    machine.expectRepeat(sender, gap)
  } else if (
    (state === ESTABLISHED || state === CLOSE_WAIT) &&
    extra.retransmitRun >= RESENDS_BEFORE_GIVING_UP
  ) {
    machine.expectRepeat(sender, gap)
  }
}

/** The SYN-ACK answers a repeated SYN: the request's timer begins anew, as long as it was (Linux tcp_check_req). */
function isDrawnBySyn(
  machine: Machine,
  sender: Endpoint,
  { provokedBy, provokedTime }: EndpointExtra,
): boolean {
  if (sender.state !== SYN_RCVD || provokedBy !== CAUSE_OUT_OF_WINDOW) return false
  return provokedTime > sender.resendTime && machine.now - provokedTime < ANSWER_TIME
}

/** The segment acknowledges what was timed. */
export function endRttSample(machine: Machine, timed: Endpoint, segment: Segment): void {
  const sample = machine.now - timed.rttStart
  timed.flags &= ~RTT_PENDING
  timed.rttSamples++
  timed.rttSum += sample
  const least = timed.rttMin
  if (least === 0 || sample < least) timed.rttMin = sample
  else if (sample - least >= LATE_ACK) tellLateAck(machine, timed, segment)
  if (sample > timed.rttMax) timed.rttMax = sample
}

/** Only what a delayed acknowledgment looks like: bare, and of a lone segment. */
function tellLateAck(machine: Machine, timed: Endpoint, segment: Segment): void {
  if (segment.payloadLength > 0 || (segment.flags & (SYN | FIN | RST)) !== 0) return
  if (segment.ack !== timed.rttSeq || segment.ack !== timed.sndNxt) return
  if (!machine.events.wants(EVENT_LATE_ACK)) return
  machine.events.event.segment = segment
  machine.tellOf(EVENT_LATE_ACK, machine.peerOf(timed), timed, 0)
}
