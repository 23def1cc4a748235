import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import {
  DISORDERED,
  HANDSHAKE_AMBIGUOUS,
  LIVE,
  MIDSTREAM,
  SELF,
  STREAM_BASE_0,
  STREAM_BASE_1,
  TAGGED,
} from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import {
  ACTIVE_OPEN,
  HAS_ISN,
  HAS_NUMBERS,
  HAS_TS_RECENT,
  OFFERED_TIMESTAMPS,
  RTT_PENDING,
  SEEN,
  SENT_DATA,
} from './endpoint-flags.ts'
import { addFlip } from './history.ts'
import type { Machine } from './machine.ts'
import type { PendingSyn } from './pending-syn.ts'
import { recordSynOptions, recordTtl } from './record-sent.ts'
import { isAfter } from './sequence.ts'
import { RCV_SYN, REPLACED, SEEN_LISTENING, SEND_SYN } from './state-events.ts'
import { ASSUMED, SENT, SYN_RCVD } from './tcp-state.ts'
import { EVENT_REPLACED } from './tracker-events.ts'

const BY_HANDSHAKE = 0
const BY_PORT = 1
const BY_FIRST_PACKET = 2
const STREAM_FLAGS = STREAM_BASE_0 | STREAM_BASE_1

/** Parts of `Connection.roles`. */
export const ROLE_BASIS = 0xff
export const OPENING_FLAGS = 8
export const OPENING_SIDE = 16

/** Makes the row fresh for a new connection; the tuple's stream numbering goes on. */
export function clearRow(
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  isSelf: boolean,
): void {
  const { currentStream, streamBase0, streamBase1 } = connection
  const streamFlags = connection.flags & STREAM_FLAGS
  connection.clear()
  connection.flags = LIVE | streamFlags | (isSelf ? SELF : 0)
  connection.currentStream = currentStream
  connection.streamBase0 = streamBase0
  connection.streamBase1 = streamBase1
  connection.queuedAt = Number.POSITIVE_INFINITY
  connection.synTime = -1
  connection.synAckTime = -1
  connection.openTime = -1
  sender.deadline = Number.POSITIVE_INFINITY
  receiver.deadline = Number.POSITIVE_INFINITY
}

/** A connection that begins with its SYN; `syn` may be an earlier packet than the one at hand. */
export function openBySyn(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  syn: PendingSyn,
): void {
  connection.id = syn.ordinal
  connection.start = syn.time
  connection.end = syn.time
  connection.firstPacket = syn.packet
  connection.lastPacket = syn.packet
  connection.stream = syn.stream
  connection.clientSide = syn.side
  connection.roles = BY_HANDSHAKE | ((syn.flags & 0xff) << OPENING_FLAGS) | (syn.side << OPENING_SIDE)
  connection.synTime = syn.time
  connection.synCopies = syn.copies
  if (syn.copies > 1) connection.flags |= HANDSHAKE_AMBIGUOUS
  if (syn.vlanMark !== 0) {
    connection.flags |= TAGGED
    connection.vlanMarks = syn.vlanMark << (16 * syn.side)
  }
  machine.enterAt(sender, SEND_SYN, SENT, syn.time, syn.packet)
  sender.flags |= ACTIVE_OPEN | SEEN
  startNumbers(connection, sender, syn, syn.time)
  recordTtl(sender, syn.ttl)
  sender.resendTime = syn.lastTime
  sender.lastTime = syn.lastTime
  sender.window = syn.window
  receiver.maxWindow = syn.window
  if (receiver.index !== sender.index) {
    machine.enterAt(receiver, SEEN_LISTENING, ASSUMED, syn.time, syn.packet)
  }
  // A listener answers at once: when no SYN-ACK follows, the timer says that nobody took the SYN.
  // A SYN with FIN opens nothing (Linux tcp_rcv_state_process, LISTEN).
  if (syn.copies === 1 && (syn.flags & FIN) === 0)
    machine.enterAt(receiver, RCV_SYN, ASSUMED, syn.time, syn.packet)
  if (receiver.index !== sender.index && syn.copies === 1) machine.expectAnswer(receiver)
  expectAfterSyn(receiver, syn)
}

/** The peer of an endpoint that opens at the same time: its SYN passes while the other is SYN_SENT. */
export function openSimultaneously(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  syn: PendingSyn,
): void {
  if (machine.isUnproven(sender) && sender.state === SYN_RCVD) machine.retract(sender)
  machine.enter(sender, SEND_SYN, SENT)
  sender.flags |= ACTIVE_OPEN | SEEN
  startNumbers(connection, sender, syn, machine.now)
  sender.resendTime = machine.now
  machine.enter(receiver, RCV_SYN, ASSUMED)
  expectAfterSyn(receiver, syn)
}

function startNumbers(connection: Connection, sender: Endpoint, syn: PendingSyn, time: number): void {
  recordSynOptions(connection, sender, syn)
  sender.sndUna = syn.seq
  sender.sndNxt = (syn.seq + 1 + syn.payloadLength + (syn.flags & FIN)) | 0
  sender.flags |= HAS_NUMBERS
  if (syn.copies === 1) {
    sender.tsVal = syn.options.tsVal
    sender.flags |= RTT_PENDING
    sender.rttSeq = (syn.seq + 1) | 0
    sender.rttStart = time
  }
}

function expectAfterSyn(receiver: Endpoint, syn: PendingSyn): void {
  receiver.rcvNxt = (syn.seq + 1) | 0
  if ((syn.options.present & OPTION_TIMESTAMPS) !== 0) {
    receiver.flags |= HAS_TS_RECENT
    receiver.tsRecent = syn.options.tsVal
  }
}

/** A connection whose SYN was not captured: roles by what can be told, states by what is sent. */
export function openMidstream(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): void {
  const senderSide = sender.index & 1
  connection.id = segment.ordinal
  connection.start = machine.now
  connection.firstPacket = segment.packet
  connection.stream = connection.currentStream
  connection.roles = ((segment.flags & 0xff) << OPENING_FLAGS) | (senderSide << OPENING_SIDE)
  if ((segment.flags & (SYN | ACK)) === (SYN | ACK) && (segment.flags & (FIN | RST)) === 0) {
    connection.clientSide = 1 - senderSide
    connection.roles |= BY_HANDSHAKE
    addFlip(connection)
    openBySynAck(machine, receiver, segment)
    return
  }
  connection.flags |= MIDSTREAM
  const isServer = segment.sourcePort < segment.destinationPort
  connection.clientSide = isServer ? 1 - senderSide : senderSide
  if (isServer) addFlip(connection)
  connection.roles |= segment.sourcePort === segment.destinationPort ? BY_FIRST_PACKET : BY_PORT
}

/** The SYN-ACK tells what its SYN was: its receiver had sent one. */
function openBySynAck(machine: Machine, receiver: Endpoint, segment: Segment): void {
  machine.enter(receiver, SEND_SYN, ASSUMED)
  receiver.flags |= ACTIVE_OPEN | HAS_NUMBERS
  receiver.isn = (segment.ack - 1) | 0
  receiver.sndUna = receiver.isn
  receiver.sndNxt = segment.ack
  if ((segment.options.present & OPTION_TIMESTAMPS) !== 0) receiver.flags |= OFFERED_TIMESTAMPS
}

/** A SYN that passes behind what it opened: late in the capture, not on the wire. */
export function takeLateSyn(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  syn: PendingSyn,
): void {
  // Without a SYN-ACK it stands behind a later answer, the first segment that was seen.
  const { start, synAckTime } = connection
  machine.quality.countLate(machine, 'lateSyns', machine.now - (synAckTime < 0 ? start : synAckTime))
  const next = (syn.seq + 1 + syn.payloadLength) | 0
  // What was acknowledged of it before is still to come.
  if ((sender.flags & (HAS_NUMBERS | SENT_DATA)) === HAS_NUMBERS && isAfter(sender.sndNxt, next))
    machine.ensureExtra(sender).noteUnseen(next, sender.sndNxt)
  recordSynOptions(connection, sender, syn)
  sender.flags |= ACTIVE_OPEN | HAS_ISN
  connection.flags = (connection.flags & ~MIDSTREAM) | DISORDERED
  connection.synCopies = 1
}

/** The tuple opens anew: what was left of the connection that the cursors stand on ends there. */
export function endReplaced(machine: Machine, time: number, packet: number): void {
  const { sender, receiver, events } = machine
  const before = sender.state
  const peerBefore = receiver.state
  for (const endpoint of [sender, receiver]) machine.enterAt(endpoint, REPLACED, ASSUMED, time, packet)
  if (!events.wants(EVENT_REPLACED)) return
  events.event.before = before
  events.event.peerBefore = peerBefore
  machine.tellOf(EVENT_REPLACED, sender, receiver, 0)
}
