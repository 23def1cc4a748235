import { LENGTH_FROM_FRAGMENTS, type Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import { OPTION_SACK } from '../decode/tcp-options.ts'
import { FULL_SOCKET, failsPaws, takeTimestamp } from './acceptance.ts'
import type { Connection } from './connection.ts'
import { OPENED, SELF } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import {
  DOUBTS,
  FIN_RECEIVED,
  FIN_SENT,
  HAS_ACKED,
  HAS_ISN,
  HAS_NUMBERS,
  PROBED,
  RTT_PENDING,
  SACKING,
  SEEN,
  SENT_DATA,
  WINDOW_CLOSED,
  WINDOW_KNOWN,
} from './endpoint-flags.ts'
import { noteTurn } from './exchanges.ts'
import { addHistory } from './history.ts'
import type { Machine } from './machine.ts'
import { endRttSample, recordTtl, recordWindow } from './record-sent.ts'
import { isAfter, isBefore } from './sequence.ts'
import { ESTABLISHED } from './tcp-state.ts'
import { EVENT_SEGMENT } from './tracker-events.ts'

const CONTROL = SYN | FIN | RST
/** What both endpoints of an ordinary connection have shown, and what would make them more than ordinary. */
const SHOWN = SEEN | HAS_ISN | HAS_NUMBERS | HAS_ACKED | WINDOW_KNOWN
const TROUBLE = FIN_SENT | FIN_RECEIVED | PROBED | WINDOW_CLOSED | DOUBTS

/**
 * The segment is the next one of its sender, is delivered, changes no state, proves and disproves nothing, and nobody
 * listens to segments or is to have it explained: most of any capture.
 */
function isOrdinary(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): boolean {
  if ((segment.flags & (CONTROL | ACK)) !== ACK || (segment.options.present & OPTION_SACK) !== 0) return false
  if (sender.state !== ESTABLISHED || receiver.state !== ESTABLISHED || machine.isUnproven(sender))
    return false
  const { seq, ack, payloadLength } = segment
  if ((sender.flags & (SHOWN | TROUBLE)) !== SHOWN || seq !== sender.sndNxt) return false
  if ((receiver.flags & (SHOWN | TROUBLE)) !== SHOWN || seq !== receiver.rcvNxt) return false
  if ((connection.flags & SELF) !== 0 || connection.openTime < 0) return false
  // What it acknowledges was sent and has arrived; only data may repeat the number.
  if (isAfter(ack, receiver.sndNxt) || isBefore(ack, receiver.sndUna)) return false
  if (isAfter(ack, sender.rcvNxt) || isBefore(ack, sender.ackSent)) return false
  if (isBefore(ack, sender.rcvNxt) && machine.now - sender.advanceTime > receiver.rttMin) return false
  if (payloadLength === 0) {
    if (ack === sender.ackSent || isBefore(seq, sender.sndUna)) return false
  } else if (isAfter((seq + payloadLength) | 0, receiver.windowEdge)) return false
  if (segment.window === 0 || isBefore(seq, receiver.ackSent)) return false
  const extra = machine.extraOf(receiver)
  if (extra !== undefined) {
    if (extra.held.length > 0 || extra.badChecksumEnd !== undefined) return false
    if (extra.claimedAck !== undefined && isAfter(extra.claimedAck, seq)) return false
  }
  if (segment.lengthSource === LENGTH_FROM_FRAGMENTS) return false
  if (machine.events.wants(EVENT_SEGMENT) || machine.trail !== undefined) return false
  return !failsPaws(receiver, segment, FULL_SOCKET)
}

/**
 * Takes a delivered segment if it is ordinary, and tells whether it was. Leaves everything as the stages of
 * SegmentTaker.take would, which have nothing else to do for it; test/tracker/ordinary-segment.test.ts compares both.
 */
export function takeOrdinary(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): boolean {
  if (!isOrdinary(machine, connection, sender, receiver, segment)) return false
  const { now } = machine
  const { ack, payloadLength } = segment
  if (ack !== sender.ackSent) {
    sender.ackSent = ack
    const ours = machine.extraOf(sender)
    if (ours !== undefined) ours.duplicateRun = 0
    if ((receiver.flags & RTT_PENDING) !== 0 && !isBefore(ack, receiver.rttSeq))
      endRttSample(machine, receiver, segment)
  }
  recordWindow(machine, sender, receiver, segment)
  takeTimestamp(receiver, segment)
  if (ack !== receiver.sndUna) {
    receiver.sndUna = ack
    const theirs = machine.extraOf(receiver)
    if (theirs !== undefined) theirs.retransmitRun = 0
    receiver.deadline = Number.POSITIVE_INFINITY
  }
  let flags = sender.flags & ~SACKING
  if (payloadLength > 0) {
    const end = (segment.seq + payloadLength) | 0
    noteTurn(machine, connection, sender, receiver, segment)
    if ((flags & RTT_PENDING) === 0) {
      sender.rttSeq = end
      sender.rttStart = now
    }
    flags |= SENT_DATA | RTT_PENDING
    sender.sndNxt = end
    sender.resendTime = now
    sender.payloadBytes += payloadLength
    receiver.rcvNxt = end
    receiver.advanceTime = now
  }
  sender.flags = flags
  sender.lastTime = now
  recordTtl(sender, segment.ttl)
  sender.packets += 1
  sender.bytes += segment.ipEnd - segment.ipStart
  connection.packets += 1
  connection.flags |= OPENED
  addHistory(machine, connection, sender, segment, false)
  return true
}
