import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import { OPTION_SACK } from '../decode/tcp-options.ts'
import { segmentLength } from './acceptance.ts'
import { ask } from './decision-trail.ts'
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
import { CHALLENGE_TIME } from './retry-times.ts'
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
import { distance, isAfter, isAtOrBefore } from './sequence.ts'

/** Linux TCP_RTO_MIN, ns: nothing is repeated by timeout sooner. */
const RTO_MIN = 200e6
/** Linux tcp_schedule_loss_probe waits 2 RTTs, and TCP_RTO_MIN more for a lone segment; timers run this much late, ns. */
const PROBE_ROUNDING = 12e6
/** Reordering on a path is over within a round trip; without a sample, within this (as Wireshark has it), ns. */
const REORDERING_WITHOUT_RTT = 3e6
/** Duplicate ACKs that start fast retransmit (RFC 5681 section 3.2). */
const DUPLICATE_THRESHOLD = 3

/** What the segment is, by what its sender had sent and been told before. Runs before its sending is recorded. */
export function classifySegment(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): SegmentClass {
  if (ask(machine, 'no-numbers-known', (sender.flags & HAS_NUMBERS) === 0)) {
    return segmentLength(segment) > 0 ? CLASS_NEW : CLASS_ACK
  }
  if (isProbe(machine, sender, receiver, segment)) {
    const isClosed = (receiver.flags & WINDOW_CLOSED) !== 0
    return ask(machine, 'window-is-closed', isClosed, receiver.window)
      ? CLASS_ZERO_WINDOW_PROBE
      : CLASS_KEEP_ALIVE
  }
  if (segmentLength(segment) === 0) return classifyAck(machine, sender, receiver, segment)
  return classifyText(machine, sender, receiver, segment)
}

/**
 * At most one byte below what was sent last: Linux probes an idle peer and a closed window alike. Others try a closed
 * window with the next byte.
 */
function isProbe(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): boolean {
  const { seq, payloadLength } = segment
  if (!ask(machine, 'at-most-one-byte', payloadLength <= 1, payloadLength)) return false
  if (!ask(machine, 'no-syn-or-fin', (segment.flags & (SYN | FIN)) === 0)) return false
  const above = distance(seq, sender.sndNxt)
  if (payloadLength === 1 && (receiver.flags & WINDOW_CLOSED) !== 0) {
    if (ask(machine, 'tries-closed-window', above === 0, above)) return true
  }
  if (ask(machine, 'below-last-sent', above === -1, above)) return true
  if (payloadLength > 0) return false
  // tcp_xmit_probe_skb sends SND.UNA - 1, which lies lower than SND.NXT - 1 while data waits.
  const aboveUna = distance(seq, sender.sndUna)
  return ask(machine, 'below-unacknowledged', aboveUna === -1, aboveUna)
}

function classifyAck(machine: Machine, sender: Endpoint, receiver: Endpoint, segment: Segment): SegmentClass {
  if (!isRepeatedAck(machine, sender, segment)) {
    const above = distance(segment.seq, sender.sndUna)
    return ask(machine, 'below-acknowledged', above < 0, above) ? CLASS_UNACCEPTABLE : CLASS_ACK
  }
  const { options } = segment
  // It holds something out of order, or had it already (RFC 6675 section 2, RFC 2883): the window may change with it.
  const blocks = (options.present & OPTION_SACK) === 0 ? 0 : options.sackCount
  if (ask(machine, 'bears-sack', blocks > 0, blocks)) return duplicateOrAck(machine, receiver, segment)
  const extra = machine.extraOf(sender)
  if (ask(machine, 'was-probed', (sender.flags & PROBED) !== 0)) {
    if (extra !== undefined) extra.provokedBy = CAUSE_NONE
    if (ask(machine, 'window-zero', segment.window === 0, segment.window)) return CLASS_ZERO_WINDOW_PROBE_ACK
    return ask(machine, 'window-was-closed', (sender.flags & WINDOW_CLOSED) !== 0)
      ? CLASS_WINDOW_UPDATE
      : CLASS_KEEP_ALIVE_ACK
  }
  const isProvoked = extra !== undefined && extra.provokedBy !== CAUSE_NONE
  if (ask(machine, 'was-provoked', isProvoked) && isProvoked) {
    const cause = extra.provokedBy
    extra.provokedBy = CAUSE_NONE
    const waited = machine.now - extra.provokedTime
    if (ask(machine, 'answers-in-time', waited < CHALLENGE_TIME, waited, CHALLENGE_TIME)) {
      machine.cause = cause
      machine.causePacket = extra.provokedPacket
      if (ask(machine, 'is-challenge', cause < CAUSE_OUT_OF_WINDOW, cause)) return CLASS_CHALLENGE_ACK
    }
  }
  if (ask(machine, 'window-known', (sender.flags & WINDOW_KNOWN) !== 0)) {
    const window = windowOf(sender, receiver, segment)
    if (ask(machine, 'other-window', window !== sender.window, window, sender.window))
      return CLASS_WINDOW_UPDATE
  }
  return duplicateOrAck(machine, receiver, segment)
}

/** It acknowledges once more what its sender acknowledged last, from where that stands. */
function isRepeatedAck(machine: Machine, sender: Endpoint, segment: Segment): boolean {
  if (!ask(machine, 'has-ack', (segment.flags & ACK) !== 0)) return false
  if (!ask(machine, 'acknowledged-before', (sender.flags & HAS_ACKED) !== 0)) return false
  const ackAbove = distance(segment.ack, sender.ackSent)
  if (!ask(machine, 'same-acknowledgment', ackAbove === 0, ackAbove)) return false
  const above = distance(segment.seq, sender.sndNxt)
  return ask(machine, 'at-end-of-sent', above === 0, above)
}

function duplicateOrAck(machine: Machine, receiver: Endpoint, segment: Segment): SegmentClass {
  const outstanding = distance(receiver.sndNxt, segment.ack)
  return ask(machine, 'data-outstanding', isAfter(receiver.sndNxt, segment.ack), outstanding)
    ? CLASS_DUPLICATE_ACK
    : CLASS_ACK
}

/** The window a segment offers, in bytes where the scale is known; SYNs are never scaled (RFC 7323 section 2.2). */
export function windowOf(sender: Endpoint, receiver: Endpoint, segment: Segment): number {
  if ((sender.flags & WINDOW_KNOWN) === 0 || (segment.flags & SYN) !== 0) return segment.window
  return segment.window << scaleOf(sender, receiver)
}

/** Shift of the windows that the sender offers: only if both offered scaling, and 14 at most (RFC 7323 section 2.3). */
export function scaleOf(sender: Endpoint, receiver: Endpoint): number {
  if ((sender.flags & receiver.flags & OFFERED_SCALE) === 0) return 0
  return Math.min((sender.mssScaleAndTtl >> 16) & 0xff, 14)
}

function classifyText(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): SegmentClass {
  const end = (segment.seq + segmentLength(segment)) | 0
  const above = distance(segment.seq, sender.sndNxt)
  if (ask(machine, 'at-or-beyond-sent', above >= 0, above)) return CLASS_NEW
  const extra = machine.extraOf(sender)
  if (ask(machine, 'fills-gap', extra !== undefined && removeRange(extra.unseen, segment.seq, end))) {
    const patience = Math.max(REORDERING_WITHOUT_RTT, receiver.rttMin)
    const since = machine.now - sender.lastTime
    if (ask(machine, 'gap-is-young', since < patience, since, patience)) return CLASS_OUT_OF_ORDER
    return retransmissionKind(machine, sender, receiver, segment, end)
  }
  if ((receiver.flags & HAS_ACKED) !== 0) {
    const unacknowledged = distance(end, receiver.ackSent)
    if (ask(machine, 'acknowledged-already', isAtOrBefore(end, receiver.ackSent), unacknowledged)) {
      return CLASS_SPURIOUS_RETRANSMISSION
    }
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
  if (ask(machine, 'has-syn', (segment.flags & SYN) !== 0)) return CLASS_RETRANSMISSION_TIMEOUT
  const waited = machine.now - sender.resendTime
  if (isFast(machine, receiver, segment, waited)) return CLASS_RETRANSMISSION_FAST
  return isTailLossProbe(machine, sender, receiver, end, waited)
    ? CLASS_TAIL_LOSS_PROBE
    : CLASS_RETRANSMISSION_TIMEOUT
}

/** Fast retransmit follows what the receiver says; whoever has heard nothing for an RTO acts by its own timer. */
function isFast(machine: Machine, receiver: Endpoint, segment: Segment, waited: number): boolean {
  const silent = machine.now - receiver.lastTime
  const isPrompted = waited < RTO_MIN || silent < RTO_MIN
  if (!ask(machine, 'peer-heard-lately', isPrompted, waited, silent, RTO_MIN)) return false
  const extra = machine.extraOf(receiver)
  const duplicates = extra?.duplicateRun ?? 0
  const isThird = duplicates >= DUPLICATE_THRESHOLD
  if (ask(machine, 'duplicate-acks', isThird, duplicates, DUPLICATE_THRESHOLD)) return true
  const top = (receiver.flags & SACKING) === 0 ? segment.seq : (extra as EndpointExtra).sackTop
  return ask(machine, 'sacked-beyond', isAfter(top, segment.seq), distance(top, segment.seq))
}

/** Linux tcp_schedule_loss_probe: the last segment once more, two round trips later. */
function isTailLossProbe(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  end: number,
  waited: number,
): boolean {
  const rtt = sender.rttSamples > 0 ? sender.rttSum / sender.rttSamples : 0
  const mayProbe = (sender.flags & receiver.flags & OFFERED_SACK) !== 0 && rtt > 0
  if (!ask(machine, 'sack-and-rtt-known', mayProbe, rtt)) return false
  const below = distance(sender.sndNxt, end)
  if (!ask(machine, 'last-sent', below === 0, below)) return false
  const repeats = machine.extraOf(sender)?.retransmitRun ?? 0
  if (!ask(machine, 'first-repeat', repeats === 0, repeats)) return false
  if (!ask(machine, 'after-rtt', waited >= rtt, waited, rtt)) return false
  const most = RTO_MIN + 2 * rtt + PROBE_ROUNDING
  return ask(machine, 'before-timeout', waited < most, waited, most)
}
