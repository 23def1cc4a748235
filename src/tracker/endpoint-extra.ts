import type { ReceivedIcmpError, RetractedTransition } from './connection-summary.ts'
import type { OddSyn } from './odd-syn.ts'
import {
  CAUSE_NONE,
  CLASS_RETRANSMISSION_FAST,
  CLASS_RETRANSMISSION_TIMEOUT,
  CLASS_SPURIOUS_RETRANSMISSION,
  CLASS_TAIL_LOSS_PROBE,
  type SegmentClass,
} from './segment-class.ts'

/** Most ranges kept of what is missing or held out of order; a hostile capture cannot make it more. */
export const MAX_RANGES = 32

/** What is kept of an endpoint that changes its mind, or is made to: the last of its retractions. */
const MOST_RETRACTED = 32
/** A list that nothing has been put into: one for all, as most stay empty. Nothing may be put into this one. */
const NONE: never[] = []

/**
 * What only troubled endpoints need, kept beside the row and allocated on the first trouble: losses, disorder, doubts,
 * provocations.
 */
export class EndpointExtra {
  /** Out-of-order data it holds as a receiver: left, right, left, right ... in order, int32. */
  held: number[] = NONE
  /** Ranges it sent that never passed the capture point, in the same form. */
  unseen: number[] = NONE
  retracted: RetractedTransition[] = NONE
  /** ICMP errors about segments that it sent. */
  icmpErrors: ReceivedIcmpError[] = NONE

  /** The last copy of what would have moved it, while in doubt (HAS_CANDIDATE). */
  candidatePacket = 0
  candidateTime = -0

  /** The last segment sent to it that it should answer with a challenge or duplicate ACK. */
  provokedBy = CAUSE_NONE
  provokedPacket = 0
  provokedTime = -0

  /** Acknowledgment of data that its peer was not seen sending, if any: lost to the capture, or a lie; and when it passed. */
  claimedAck: number | undefined
  claimedTime = -0

  /** End of a FIN that bears its address and that it has not sent: its peer goes on acknowledging it. */
  deniedFin: number | undefined

  /** Its FIN was on the very acknowledgment of the peer's FIN that escaped the capture: one loss explains both. */
  finWithLostAck = false

  /** Right edge of the highest SACK block in its last ACK (SACKING). */
  sackTop = 0
  /** The last segment it was sent and does not take: an RST in answer begins at its acknowledgment, or acknowledges its end. */
  hasRefused = false
  refusedAck: number | undefined
  refusedEnd = 0
  /** The refused segment acknowledged something else than its SYN: its RST does not end it. */
  hasWrongAck = false

  /** What is odd about the options of its SYN or SYN-ACK, if anything. */
  oddSyn: OddSyn | undefined

  /** TSval of the last copy of its FIN, once there were several. */
  resentTsVal: number | undefined

  /** End of its last segment with a wrong checksum; once acknowledged, its checksums prove nothing. */
  badChecksumEnd: number | undefined
  badChecksums = 0
  checksumsRefuted = false

  /** The RST it sent in SYN_SENT, which its SYN should follow; 0 for none. */
  resetPacket = 0
  resetTime = 0

  /** Numbers of its last SYN and RST, and the end of its last FIN, as Zeek's history compares them (history.ts). */
  historySyn: number | undefined
  historyRst = 0
  /** From where `historyRst` counts, if that RST was its first segment. */
  historyRstBase: number | undefined
  historyFin: number | undefined
  /** Payload sent again and windows of zero, as Zeek's history counts them. */
  historyRepeats = 0
  historyZeroWindows = 0
  /** Segments with a wrong checksum, and gaps in what it sent, as Zeek counts them; the bytes of those, and up to where they are counted. */
  historyDamaged = 0
  historyGaps = 0
  historyGapBytes = 0
  historyGapEnd: number | undefined

  /** Duplicate ACKs it has sent in a row. */
  duplicateRun = 0
  /** Times in a row it has resent without an answer, backing off. */
  retransmitRun = 0
  /** What it sends again since its peer was last heard: how often, when it was first sent, the packet of the first repeat. */
  tries = 0
  triesSince = -0
  triesPacket = 0
  /** How long its peer had been silent when it was first sent, ns. */
  silenceBefore = -0
  /** Payload bytes of segments that it had sent before. */
  repeatedBytes = 0

  /** Of what it sent again, what carried payload, by class; and FINs without any. */
  dataTimeouts = 0
  dataFastResends = 0
  dataProbes = 0
  dataSpurious = 0
  finResends = 0

  timeoutRetransmissions = 0
  fastRetransmissions = 0
  tailLossProbes = 0
  spuriousRetransmissions = 0
  outOfOrder = 0
  duplicateAcks = 0
  zeroWindows = 0
  keepAlives = 0
  zeroWindowProbes = 0
  windowUpdates = 0
  challengeAcks = 0
  resets = 0

  /** Something first sent at `since` is sent again, or a probe is; its peer was last heard at `heard`. */
  noteTry(since: number, packet: number, heard: number): void {
    if (this.tries === 0 || heard > this.triesSince) {
      this.tries = 0
      this.triesSince = since
      this.triesPacket = packet
      this.silenceBefore = since - heard
    }
    this.tries++
  }

  countResend(segmentClass: SegmentClass, payloadLength: number, fin: number): void {
    if (segmentClass < CLASS_RETRANSMISSION_TIMEOUT || segmentClass > CLASS_SPURIOUS_RETRANSMISSION) return
    if (payloadLength === 0) {
      if (fin !== 0) this.finResends++
    } else if (segmentClass === CLASS_RETRANSMISSION_TIMEOUT) this.dataTimeouts++
    else if (segmentClass === CLASS_RETRANSMISSION_FAST) this.dataFastResends++
    else if (segmentClass === CLASS_TAIL_LOSS_PROBE) this.dataProbes++
    else this.dataSpurious++
  }

  /** [left, right) is held out of order. */
  hold(left: number, right: number): void {
    if (this.held === NONE) this.held = []
    addRange(this.held, left, right)
  }

  /** [left, right) was sent, and has not passed. */
  noteUnseen(left: number, right: number): void {
    if (this.unseen === NONE) this.unseen = []
    addRange(this.unseen, left, right)
  }

  noteRetraction(transition: RetractedTransition): void {
    if (this.retracted === NONE) this.retracted = []
    else if (this.retracted.length === MOST_RETRACTED) this.retracted.shift()
    this.retracted.push(transition)
  }

  noteIcmpError(error: ReceivedIcmpError): void {
    if (this.icmpErrors === NONE) this.icmpErrors = []
    this.icmpErrors.push(error)
  }
}

/** Adds [left, right) to ordered ranges, joining what touches. Past the bound the last range swallows the rest. */
export function addRange(ranges: number[], left: number, right: number): void {
  let first = 0
  while (first < ranges.length && (((ranges[first + 1] as number) - left) | 0) < 0) first += 2
  let last = first
  let from = left
  let to = right
  while (last < ranges.length && (((ranges[last] as number) - to) | 0) <= 0) {
    if ((((ranges[last] as number) - from) | 0) < 0) from = ranges[last] as number
    if ((((ranges[last + 1] as number) - to) | 0) > 0) to = ranges[last + 1] as number
    last += 2
  }
  ranges.splice(first, last - first, from, to)
  if (ranges.length > 2 * MAX_RANGES) {
    const end = ranges[ranges.length - 1] as number
    ranges.length = 2 * MAX_RANGES
    ranges[ranges.length - 1] = end
  }
}

/** Takes [left, right) out of ordered ranges; tells whether any of it was there. */
export function removeRange(ranges: number[], left: number, right: number): boolean {
  let found = false
  for (let at = 0; at < ranges.length; ) {
    const from = ranges[at] as number
    const to = ranges[at + 1] as number
    if (((to - left) | 0) <= 0 || ((from - right) | 0) >= 0) {
      at += 2
      continue
    }
    found = true
    const keepsLeft = ((from - left) | 0) < 0
    const keepsRight = ((right - to) | 0) < 0
    if (keepsLeft && keepsRight) {
      if (ranges.length >= 2 * MAX_RANGES) return true
      ranges.splice(at, 2, from, left, right, to)
      at += 4
    } else if (keepsLeft) {
      ranges[at + 1] = left
      at += 2
    } else if (keepsRight) {
      ranges[at] = right
      at += 2
    } else ranges.splice(at, 2)
  }
  return found
}
