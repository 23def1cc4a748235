import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import { OPTION_SACK } from '../decode/tcp-options.ts'
import { segmentLength } from './acceptance.ts'
import type { Endpoint } from './endpoint.ts'
import { type EndpointExtra, removeRange } from './endpoint-extra.ts'
import {
  HAS_ACKED,
  HAS_NUMBERS,
  OFFERED_SACK,
  OFFERED_SCALE,
  PROBED,
  SACKING,
  WINDOW_CLOSED,
  WINDOW_KNOWN,
} from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  CAUSE_NONE,
  CAUSE_OUT_OF_WINDOW,
  CLASS_ACK,
  CLASS_CHALLENGE_ACK,
  CLASS_DUPLICATE_ACK,
  CLASS_KEEP_ALIVE,
  CLASS_KEEP_ALIVE_ACK,
  CLASS_NEW,
  CLASS_OUT_OF_ORDER,
  CLASS_RETRANSMISSION_FAST,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_TAIL_LOSS_PROBE,
  CLASS_UNACCEPTABLE,
  CLASS_WINDOW_UPDATE,
  CLASS_ZERO_WINDOW_PROBE,
  CLASS_ZERO_WINDOW_PROBE_ACK,
  type SegmentClass,
} from './segment-class.ts'
import { isAfter, isAtOrAfter, isAtOrBefore, isBefore } from './sequence.ts'

/** Linux TCP_RTO_MIN, ns: nothing is repeated by timeout sooner. */
const RTO_MIN = 200e6
/** Linux tcp_schedule_loss_probe waits 2 RTTs, and TCP_RTO_MIN more for a lone segment; timers run this much late, ns. */
const PROBE_ROUNDING = 12e6
/** Reordering on a path is over within a round trip; without a sample, within this (as Wireshark has it), ns. */
const REORDERING_WITHOUT_RTT = 3e6
/** A challenge ACK follows its cause within a round trip; ns. */
const ANSWER_TIME = 1e9
/** Duplicate ACKs that start fast retransmit (RFC 5681 section 3.2). */
const DUPLICATE_THRESHOLD = 3

/** What the segment is, by what its sender had sent and been told before. Runs before its sending is recorded. */
export function classifySegment(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): SegmentClass {
  if ((sender.flags & HAS_NUMBERS) === 0) return segmentLength(segment) > 0 ? CLASS_NEW : CLASS_ACK
  if (isProbe(sender, receiver, segment)) {
    return (receiver.flags & WINDOW_CLOSED) !== 0 ? CLASS_ZERO_WINDOW_PROBE : CLASS_KEEP_ALIVE
  }
  if (segmentLength(segment) === 0) return classifyAck(machine, sender, receiver, segment)
  return classifyText(machine, sender, receiver, segment)
}

/**
 * At most one byte below what was sent last: Linux probes an idle peer and a closed window alike. Others try a closed
 * window with the next byte.
 */
function isProbe(sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  if (segment.payloadLength > 1 || (segment.flags & (SYN | FIN)) !== 0) return false
  const isNextByte = segment.payloadLength === 1 && segment.seq === sender.sndNxt
  if (isNextByte && (receiver.flags & WINDOW_CLOSED) !== 0) return true
  return segment.seq === ((sender.sndNxt - 1) | 0) || isZeroLengthBelow(sender, segment)
}

/** tcp_xmit_probe_skb sends SND.UNA - 1, which lies lower than SND.NXT - 1 while data waits. */
function isZeroLengthBelow(sender: Endpoint, segment: Segment): boolean {
  return segment.payloadLength === 0 && segment.seq === ((sender.sndUna - 1) | 0)
}

function classifyAck(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): SegmentClass {
  const isAck = (segment.flags & ACK) !== 0
  const repeats = isAck && (sender.flags & HAS_ACKED) !== 0 && segment.ack === sender.ackSent
  if (!repeats || segment.seq !== sender.sndNxt) {
    return isBefore(segment.seq, sender.sndUna) ? CLASS_UNACCEPTABLE : CLASS_ACK
  }
  const { options } = segment
  const isDuplicate = isAfter(receiver.sndNxt, segment.ack)
  // It holds something out of order, or had it already (RFC 6675 section 2, RFC 2883): the window may change with it.
  if ((options.present & OPTION_SACK) !== 0 && options.sackCount > 0) {
    return isDuplicate ? CLASS_DUPLICATE_ACK : CLASS_ACK
  }
  const extra = machine.extraOf(sender)
  if ((sender.flags & PROBED) !== 0) {
    if (extra !== undefined) extra.provokedBy = CAUSE_NONE
    if (segment.window === 0) return CLASS_ZERO_WINDOW_PROBE_ACK
    return (sender.flags & WINDOW_CLOSED) !== 0 ? CLASS_WINDOW_UPDATE : CLASS_KEEP_ALIVE_ACK
  }
  if (extra !== undefined && extra.provokedBy !== CAUSE_NONE) {
    const cause = extra.provokedBy
    extra.provokedBy = CAUSE_NONE
    if (machine.now - extra.provokedTime < ANSWER_TIME) {
      machine.cause = cause
      machine.causePacket = extra.provokedPacket
      if (cause < CAUSE_OUT_OF_WINDOW) return CLASS_CHALLENGE_ACK
    }
  }
  if ((sender.flags & WINDOW_KNOWN) !== 0 && windowOf(sender, receiver, segment) !== sender.window) {
    return CLASS_WINDOW_UPDATE
  }
  return isDuplicate ? CLASS_DUPLICATE_ACK : CLASS_ACK
}

/** The window a segment offers, in bytes where the scale is known; SYNs are never scaled (RFC 7323 section 2.2). */
export function windowOf(sender: Endpoint, receiver: Endpoint, segment: Segment): number {
  const isScaled =
    (sender.flags & receiver.flags & OFFERED_SCALE) !== 0 && (sender.flags & WINDOW_KNOWN) !== 0
  if (!isScaled || (segment.flags & SYN) !== 0) return segment.window
  return segment.window << Math.min((sender.mssScaleAndTtl >> 16) & 0xff, 14)
}

function classifyText(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): SegmentClass {
  const end = (segment.seq + segmentLength(segment)) | 0
  if (isAtOrAfter(segment.seq, sender.sndNxt)) return CLASS_NEW
  const extra = machine.extraOf(sender)
  if (extra !== undefined && removeRange(extra.unseen, segment.seq, end)) {
    const patience = Math.max(REORDERING_WITHOUT_RTT, receiver.rttMin)
    if (machine.now - sender.lastTime < patience) return CLASS_OUT_OF_ORDER
    return retransmissionKind(machine, sender, receiver, segment, end)
  }
  if ((receiver.flags & HAS_ACKED) !== 0 && isAtOrBefore(end, receiver.ackSent)) {
    return CLASS_SPURIOUS_RETRANSMISSION
  }
  return retransmissionKind(machine, sender, receiver, segment, end)
}

function retransmissionKind(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  end: number,
): SegmentClass {
  if ((segment.flags & SYN) !== 0) return CLASS_RETRANSMISSION_TIMEOUT
  const holdsMore =
    (receiver.flags & SACKING) !== 0 &&
    isAfter((machine.extraOf(receiver) as EndpointExtra).sackTop, segment.seq)
  const duplicates = machine.extraOf(receiver)?.duplicateRun ?? 0
  const waited = machine.now - sender.resendTime
  // Fast retransmit follows what the receiver says; whoever has heard nothing for an RTO acts by its own timer.
  const isPrompted = waited < RTO_MIN || machine.now - receiver.lastTime < RTO_MIN
  if (isPrompted && (duplicates >= DUPLICATE_THRESHOLD || holdsMore)) {
    return CLASS_RETRANSMISSION_FAST
  }
  const isTail = end === sender.sndNxt
  const rtt = sender.rttSamples > 0 ? sender.rttSum / sender.rttSamples : 0
  const isFirst = (machine.extraOf(sender)?.retransmitRun ?? 0) === 0
  const mayProbe = (sender.flags & receiver.flags & OFFERED_SACK) !== 0 && rtt > 0
  if (mayProbe && isTail && isFirst && waited >= rtt && waited < RTO_MIN + 2 * rtt + PROBE_ROUNDING) {
    return CLASS_TAIL_LOSS_PROBE
  }
  return CLASS_RETRANSMISSION_TIMEOUT
}
