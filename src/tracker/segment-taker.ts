import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import { provoke } from './acceptance.ts'
import { ETHERNET_PAYLOAD, weighOrder } from './capture-quality.ts'
import { classifySegment } from './classify-segment.ts'
import type { Connection } from './connection.ts'
import { CUT_SHORT, HANDSHAKE_AMBIGUOUS, HAS_PENDING_SYN, OPENED } from './connection-flags.ts'
import { countClass } from './count-class.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import {
  ACTIVE_OPEN,
  DOUBT_HANDSHAKE,
  FIN_RECEIVED,
  HAS_ACKED,
  HAS_CANDIDATE,
  HAS_ISN,
  RTT_PENDING,
  SEEN,
} from './endpoint-flags.ts'
import { addDamaged, addGaps, addHistory } from './history.ts'
import { crossesIcmp } from './icmp-arrives.ts'
import { noteIpId } from './ip-id-series.ts'
import { isDeliveredAgain, isDeliveredAtFirst, isWronglySigned } from './is-delivered.ts'
import type { Machine } from './machine.ts'
import { noteSynOptions } from './odd-syn.ts'
import { openSimultaneously, takeLateSyn } from './open-connection.ts'
import { takeOrdinary } from './ordinary-segment.ts'
import { LONG_SILENCE } from './pauses.ts'
import { PendingSyn } from './pending-syn.ts'
import { recordSent, recordSynOptions } from './record-sent.ts'
import { resetArrives } from './reset-arrives.ts'
import { weighReset } from './reset-sent.ts'
import { segmentArrives } from './segment-arrives.ts'
import {
  CAUSE_OUT_OF_WINDOW,
  CAUSE_SYN,
  CLASS_ACK,
  CLASS_NEW,
  CLASS_OUT_OF_ORDER,
  CLASS_PENDING_SYN,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_UNACCEPTABLE,
} from './segment-class.ts'
import { weighSender } from './sender-evidence.ts'
import { isAfter, isAtOrAfter } from './sequence.ts'
import { isGone, SYN_OPENS, SYN_REPEATS, SYN_SIMULTANEOUS, synVerdict } from './syn-arrives.ts'
import { CLOSED, ESTABLISHED, SYN_RCVD, SYN_SENT, TIME_WAIT } from './tcp-state.ts'
import { tellExceeded, tellResumed, tellSegment } from './tell-segment.ts'
import {
  EVENT_HANDSHAKE,
  EVENT_HANDSHAKE_AGAIN,
  EVENT_PENDING_SYN,
  EVENT_RESET,
  RESET_DAMAGED,
  RESET_UNSIGNED,
} from './tracker-events.ts'

/** No verdict on the SYN at hand has been reached. */
const NO_VERDICT = -1

/** What one segment does to the connection that the cursors stand on. */
export class SegmentTaker {
  readonly #machine: Machine
  readonly #connection: Connection
  readonly #sender: Endpoint
  readonly #receiver: Endpoint
  /** SYNs that met a live connection, by row. */
  readonly #pending = new Map<number, PendingSyn>()
  #synVerdict = NO_VERDICT
  #streamBefore = 0

  constructor(machine: Machine, connection: Connection, sender: Endpoint, receiver: Endpoint) {
    this.#machine = machine
    this.#connection = connection
    this.#sender = sender
    this.#receiver = receiver
  }

  /** The segment begins another connection on a tuple that has one: a SYN on a free tuple, or a SYN-ACK that says so. */
  opensAnew(segment: Segment, streamBefore: number): boolean {
    this.#streamBefore = streamBefore
    this.#synVerdict = NO_VERDICT
    const flags = segment.flags & (SYN | ACK | RST)
    if (flags === SYN) {
      this.#synVerdict = synVerdict(this.#machine, this.#connection, this.#sender, this.#receiver, segment)
      return this.#synVerdict === SYN_OPENS
    }
    if (flags !== (SYN | ACK)) return false
    if (this.#answersPending(segment)) return true
    const { state } = this.#sender
    const isRepeat = (this.#sender.flags & HAS_ISN) !== 0 && this.#sender.isn === segment.seq
    return state === CLOSED && this.#receiver.state === CLOSED && !isRepeat
  }

  /** The pending SYN that the segment at hand proves to have opened a connection; it is no longer pending. */
  claimPending(segment: Segment): PendingSyn | undefined {
    const pending = this.#pending.get(this.#connection.index)
    if (pending === undefined) return undefined
    const isSyn = (segment.flags & ACK) === 0
    const claims = isSyn
      ? pending.side === (this.#sender.index & 1) && pending.seq === segment.seq
      : this.#answersPending(segment)
    if (!claims) return undefined
    if (isSyn) {
      pending.copies++
      pending.lastTime = this.#machine.now
    }
    return pending
  }

  /** Frees what is kept of the connection beside its row. */
  release(): void {
    if ((this.#connection.flags & HAS_PENDING_SYN) !== 0) this.#pending.delete(this.#connection.index)
    this.#connection.flags &= ~HAS_PENDING_SYN
    this.#machine.release(this.#sender)
    this.#machine.release(this.#receiver)
  }

  /** The opening SYN of a connection that was pending counts for its sender, which the cursors stand on. */
  countPending(syn: PendingSyn): void {
    const sender = this.#sender
    sender.packets += 1
    sender.bytes += syn.ipBytes
    sender.payloadBytes += syn.payloadLength
    this.#connection.packets += 1
    addHistory(this.#machine, this.#connection, sender, syn, false)
  }

  /** Takes the segment: states, numbers, counters. Tells whether anything may be due sooner now. */
  take(segment: Segment): boolean {
    const machine = this.#machine
    const sender = this.#sender
    const receiver = this.#receiver
    const connection = this.#connection
    if (segment.payloadLength > ETHERNET_PAYLOAD) {
      machine.quality.weighLength(connection, sender, receiver, segment)
    }
    let isDelivered = isDeliveredAtFirst(machine, connection, sender, receiver, segment)
    if (isDelivered && machine.now - sender.lastTime >= LONG_SILENCE)
      tellResumed(machine, sender, receiver, segment)
    if (isDelivered && takeOrdinary(machine, connection, sender, receiver, segment)) return false
    const flags = segment.flags
    machine.events.event.segment = segment
    if (isDelivered) isDelivered = isDeliveredAgain(machine, connection, sender, receiver, segment)
    if (ask(machine, 'signed-alike', isDelivered || !isWronglySigned(sender, segment)))
      ask(machine, 'checksum-right', isDelivered)
    if (segment.defect !== 0) connection.flags |= CUT_SHORT

    if ((flags & RST) !== 0) this.#takeReset(segment, isDelivered)
    else if ((flags & (SYN | ACK)) === SYN) this.#takeSyn(segment)
    else {
      const isFirstSynAck = (flags & SYN) !== 0 && this.#noteSynAck(segment)
      if (!isFirstSynAck || !isOpen(sender.state)) weighSender(machine, connection, sender, receiver, segment)
      machine.segmentClass = isFirstSynAck ? CLASS_NEW : classifySegment(machine, sender, receiver, segment)
      countClass(machine, sender, receiver, machine.segmentClass)
      if (isDelivered) tellExceeded(machine, sender, receiver, segment)
      weighOrder(machine, connection, receiver, segment)
      recordSent(machine, connection, sender, receiver, segment, machine.segmentClass)
      if (isDelivered) segmentArrives(machine, receiver, sender, segment)
      if (connection.openTime < 0) this.#noteOpening(segment)
      else if ((connection.flags & HANDSHAKE_AMBIGUOUS) !== 0) this.#noteOpeningAgain(segment)
    }
    if ((flags & SYN) !== 0) noteSynOptions(machine, sender, segment)
    if (segment.ipId > 0) noteIpId(connection, sender, segment, machine.segmentClass)
    this.#count(segment, !isDelivered && !isWronglySigned(sender, segment))
    tellSegment(machine, sender, receiver, segment, this.#synVerdict)
    this.#synVerdict = NO_VERDICT
    return true
  }

  #takeSyn(segment: Segment): void {
    const machine = this.#machine
    switch (this.#synVerdict) {
      case SYN_REPEATS:
        this.#takeSynAgain(segment)
        return
      case SYN_SIMULTANEOUS: {
        const syn = new PendingSyn().fill(segment, this.#sender.index & 1, this.#streamBefore, machine.now)
        openSimultaneously(machine, this.#connection, this.#sender, this.#receiver, syn)
        machine.segmentClass = CLASS_NEW
        return
      }
      case NO_VERDICT:
      case SYN_OPENS:
        // It has just opened the connection.
        machine.segmentClass = CLASS_NEW
        return
      default:
        this.#letPend(segment)
    }
  }

  #takeSynAgain(segment: Segment): void {
    const machine = this.#machine
    const sender = this.#sender
    const receiver = this.#receiver
    if ((sender.flags & HAS_ISN) === 0) {
      const syn = new PendingSyn().fill(segment, sender.index & 1, this.#streamBefore, machine.now)
      takeLateSyn(this.#machine, this.#connection, sender, syn)
      machine.segmentClass = CLASS_OUT_OF_ORDER
      return
    }
    machine.segmentClass = CLASS_RETRANSMISSION_TIMEOUT
    countClass(machine, sender, receiver, machine.segmentClass)
    this.#connection.synCopies++
    this.#connection.flags |= HANDSHAKE_AMBIGUOUS
    // Karn: an answer to something sent twice measures nothing.
    sender.flags &= ~RTT_PENDING
    const isOpening = sender.state === SYN_SENT
    const mayBeTakenBack =
      (sender.flags & ACTIVE_OPEN) !== 0 && machine.isUnproven(sender) && !crossesIcmp(machine, sender)
    if (!isOpening && mayBeTakenBack && machine.now - sender.lastTime > receiver.rttMin) {
      while (sender.state !== SYN_SENT && machine.isUnproven(sender)) machine.retract(sender)
      sender.flags = (sender.flags & ~FIN_RECEIVED) | DOUBT_HANDSHAKE
    } else if (!isOpening && !isGone(receiver.state)) provoke(machine, receiver, segment, CAUSE_SYN)
    sender.flags &= ~HAS_CANDIDATE
    const extra = machine.extraOf(sender)
    if (extra !== undefined) extra.resetPacket = 0
    if (stateOf(sender) === SYN_SENT) machine.expectRepeat(sender, machine.now - sender.resendTime)
    if (receiver.state === SYN_RCVD) {
      // The SYN-ACK did not come: the first copy is not believed to have arrived.
      if ((receiver.flags & HAS_ISN) === 0 && machine.isUnproven(receiver)) machine.retract(receiver)
      else provoke(machine, receiver, segment, CAUSE_OUT_OF_WINDOW)
    }
    sender.resendTime = machine.now
    sender.lastTime = machine.now
  }

  /** A SYN on a live connection: its own numbers and options must not touch what is there. */
  #letPend(segment: Segment): void {
    const machine = this.#machine
    const row = this.#connection.index
    const side = this.#sender.index & 1
    const before = this.#pending.get(row)
    machine.segmentClass = CLASS_PENDING_SYN
    if (before !== undefined && before.side === side && before.seq === segment.seq) {
      before.copies++
      before.lastTime = machine.now
    } else {
      const stream = this.#connection.currentStream
      this.#pending.set(row, new PendingSyn().fill(segment, side, stream, machine.now))
      this.#connection.flags |= HAS_PENDING_SYN
      if (machine.events.wants(EVENT_PENDING_SYN)) {
        machine.tellOf(EVENT_PENDING_SYN, this.#sender, this.#receiver, 0)
      }
    }
    if (this.#receiver.state !== SYN_SENT) provoke(machine, this.#receiver, segment, CAUSE_SYN)
  }

  #answersPending(segment: Segment): boolean {
    if ((this.#connection.flags & HAS_PENDING_SYN) === 0) return false
    const pending = this.#pending.get(this.#connection.index) as PendingSyn
    if (pending.side === (this.#sender.index & 1)) return false
    const acknowledges = isAtOrAfter(segment.ack, (pending.seq + 1) | 0)
    const bound = (pending.seq + 1 + pending.payloadLength) | 0
    return acknowledges && isAtOrAfter(bound, segment.ack)
  }

  /** Tells whether it is the first of its sender, who may have sent a SYN before (simultaneous open). */
  #noteSynAck(segment: Segment): boolean {
    const connection = this.#connection
    const sender = this.#sender
    const opensToo = (sender.flags & ACTIVE_OPEN) !== 0
    const isFirst = (sender.flags & (opensToo ? HAS_ACKED : HAS_ISN)) === 0
    if (isFirst && opensToo) return true
    connection.synAckCopies++
    if (connection.synAckCopies > 1) connection.flags |= HANDSHAKE_AMBIGUOUS
    else {
      connection.synAckTime = this.#machine.now
      connection.synAckPacket = segment.packet
    }
    // A SYN cookie or another server behind the address: the newest number counts until one is taken.
    if (
      sender.state === SYN_RCVD &&
      (sender.flags & HAS_ISN) !== 0 &&
      sender.isn !== segment.seq &&
      (this.#receiver.flags & ACTIVE_OPEN) !== 0
    ) {
      recordSynOptions(connection, sender, segment)
      sender.sndUna = segment.seq
      sender.sndNxt = (segment.seq + 1) | 0
    }
    return isFirst
  }

  #noteOpening(segment: Segment): void {
    const connection = this.#connection
    const sender = this.#sender
    if ((segment.flags & (SYN | ACK)) !== ACK || connection.synAckCopies === 0) return
    if ((sender.index & 1) !== connection.clientSide || (this.#receiver.flags & HAS_ISN) === 0) return
    if (segment.ack !== ((this.#receiver.isn + 1) | 0)) return
    connection.openTime = this.#machine.now
    const machine = this.#machine
    if (machine.events.wants(EVENT_HANDSHAKE)) machine.tellOf(EVENT_HANDSHAKE, sender, this.#receiver, 0)
  }

  /** The bare third segment again, before its receiver has sent anything else: the answer to another SYN-ACK. */
  #noteOpeningAgain(segment: Segment): void {
    const { events } = this.#machine
    if (!events.wants(EVENT_HANDSHAKE_AGAIN)) return
    const sender = this.#sender
    const receiver = this.#receiver
    if ((segment.flags & (SYN | FIN | RST | ACK)) !== ACK || segment.payloadLength > 0) return
    if ((sender.index & 1) !== this.#connection.clientSide || segment.seq !== sender.sndNxt) return
    if (segment.ack !== ((receiver.isn + 1) | 0) || receiver.sndNxt !== segment.ack) return
    this.#machine.tellOf(EVENT_HANDSHAKE_AGAIN, sender, receiver, 0)
  }

  #takeReset(segment: Segment, isDelivered: boolean): void {
    const machine = this.#machine
    const sender = this.#sender
    const receiver = this.#receiver
    machine.segmentClass = segment.payloadLength > 0 ? CLASS_NEW : CLASS_ACK
    machine.ensureExtra(sender).resets++
    const before = sender.state
    const peerBefore = receiver.state
    weighReset(machine, sender, receiver, segment)
    let effect = isWronglySigned(sender, segment) ? RESET_UNSIGNED : RESET_DAMAGED
    if (isDelivered) effect = resetArrives(machine, receiver, sender, segment)
    else machine.segmentClass = CLASS_UNACCEPTABLE
    if (machine.events.wants(EVENT_RESET)) {
      machine.events.event.before = before
      machine.events.event.peerBefore = peerBefore
      machine.tellOf(EVENT_RESET, sender, receiver, effect)
    }
    if (isDelivered) sender.lastTime = machine.now
  }

  #count(segment: Segment, isDamaged: boolean): void {
    const connection = this.#connection
    const sender = this.#sender
    const { segmentClass } = this.#machine
    const isRepeat =
      segmentClass >= CLASS_RETRANSMISSION_TIMEOUT && segmentClass <= CLASS_SPURIOUS_RETRANSMISSION
    sender.flags |= SEEN
    sender.packets += 1
    sender.bytes += segment.ipEnd - segment.ipStart
    sender.payloadBytes += segment.payloadLength
    connection.packets += 1
    this.#addLetters(segment, isRepeat, isDamaged)
    if (isRepeat) this.#machine.ensureExtra(sender).repeatedBytes += segment.payloadLength
    if ((connection.flags & OPENED) === 0 && isOpen(sender.state) && isOpen(this.#receiver.state)) {
      connection.flags |= OPENED
    }
  }

  /** Zeek's history: of a damaged segment that alone, but a SYN opens what the capture may have wrong. */
  #addLetters(segment: Segment, isRepeat: boolean, isDamaged: boolean): void {
    const machine = this.#machine
    const connection = this.#connection
    const { flags, ack } = segment
    if (isDamaged) addDamaged(machine, connection, this.#sender)
    if (isDamaged && (flags & SYN) === 0) return
    addHistory(machine, connection, this.#sender, segment, isRepeat)
    if ((flags & ACK) === 0) return
    const receiver = this.#receiver
    if (receiver.extra !== 0 || isAfter(ack, receiver.sndNxt)) addGaps(machine, connection, receiver, ack)
  }
}

/** Both ends in a state like this at once make a connection that was open. */
function isOpen(state: number): boolean {
  return state >= ESTABLISHED && state <= TIME_WAIT
}

/** Asks anew, after a retraction the compiler cannot see. */
function stateOf(endpoint: Endpoint): number {
  return endpoint.state
}
