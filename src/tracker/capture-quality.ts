import { LENGTH_FROM_OFFLOAD, type Segment } from '../decode/segment.ts'
import { SYN } from '../decode/tcp-flags.ts'
import { segmentLength } from './acceptance.ts'
import type { Connection } from './connection.ts'
import { DISORDERED, MIDSTREAM } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { type EndpointExtra, MAX_RANGES } from './endpoint-extra.ts'
import { ACTIVE_OPEN, HAS_ACKED, HAS_ISN, HAS_NUMBERS, OFFERED_MSS, SEEN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { FRAME_OTHER_VLAN, FRAME_ROUTED, type FrameVerdict } from './recent-frames.ts'
import { CLASS_NEW, CLASS_OUT_OF_ORDER } from './segment-class.ts'
import { distance, isAfter, isBefore } from './sequence.ts'
import { isOneSided } from './summarize.ts'
import { EVENT_CHECKSUMS_REFUTED } from './tracker-events.ts'

/** Senders that are told apart; those that come later count in the totals only. */
const MOST_SENDERS = 256
/** Packets that are named as taken ahead of a card, and as captured too late. */
const MOST_NAMED = 8
/** What an Ethernet MTU of 1500 leaves for payload; shorter segments are not looked at. */
export const ETHERNET_PAYLOAD = 1460
/** The same for an MTU of 9000: with no SYN to tell, longer segments cannot have been on a wire. */
const JUMBO_PAYLOAD = 8960
/** A window without scaling: an acknowledgment further ahead of what was seen is no acknowledgment of lost data. */
const PLAIN_WINDOW = 65_535
/** What the largest scale makes of it (RFC 7323 section 2.3): a sender is never further ahead of an acknowledgment. */
const LARGEST_WINDOW = 2 ** 30

/** What of the capture's quality depends on who sent. */
export interface SenderQuality {
  readonly ipVersion: number
  readonly address: readonly [number, number, number, number]
  unseenSegments: number
  unseenBytes: number
  badChecksums: number
  offloadedChecksums: number
  offloadedSegments: number
}

type SenderCount = Exclude<keyof SenderQuality, 'ipVersion' | 'address'>

/** What the tracker learned about the capture itself. Complete once every connection was handed out. */
export class TrackerQuality {
  /** Acknowledged data that never passed the capture point: bytes, and about how many segments. */
  unseenSegments = 0
  unseenBytes = 0
  /** Payload bytes that did pass, repeats not counted. */
  seenBytes = 0
  duplicateFrames = 0
  /** Of these, one hop further, and in another VLAN. */
  routedFrames = 0
  otherVlanFrames = 0
  oneSidedConnections = 0
  /** Of these, the ones of which only the client was seen sending. */
  clientOnlyConnections = 0
  /** Connections of which one end’s segments came in different VLANs: more than one connection, perhaps. */
  vlanCollisions = 0
  midstreamConnections = 0
  /** Connections that had to leave before their time, to make room for others. */
  evictedConnections = 0
  /** Connections of which all but the SYN was seen, and SYNs that were captured behind their SYN-ACK. */
  unseenSyns = 0
  lateSyns = 0
  /** Data and FINs that were captured for the first time behind what acknowledges them. */
  lateSegments = 0
  /** How long at most an answer stood before what it answers, ns, of either kind; and the first packets of both. */
  longestLead = 0
  readonly late: { readonly packet: number; readonly time: number }[] = []
  badChecksums = 0
  /** Wrong, but the receiver acknowledged what they cover: right when it arrived. */
  refutedChecksums = 0
  /** The bare pseudo-header sum: the card was to finish it after the capture point. */
  offloadedChecksums = 0
  /** Longer than the MSS or any MTU: the card was to cut them, or had joined them. */
  offloadedSegments = 0
  /** The first packets with either. */
  readonly offloaded: { readonly packet: number; readonly time: number }[] = []
  readonly #senders = new Map<number | string, SenderQuality>()

  /** Those of whom there is anything to tell, in order of appearance. */
  get senders(): readonly SenderQuality[] {
    return [...this.#senders.values()].filter(isTold)
  }

  /** Adds to a total and to the sender's share of it. */
  count(connection: Connection, sender: Endpoint, what: SenderCount, amount = 1): void {
    this[what] += amount
    const entry = this.#senderOf(connection, sender)
    if (entry !== undefined) entry[what] += amount
  }

  countCopy(copy: FrameVerdict): void {
    this.duplicateFrames++
    if (copy === FRAME_ROUTED) this.routedFrames++
    if (copy === FRAME_OTHER_VLAN) this.otherVlanFrames++
  }

  /** Counts the segment at hand as captured behind its answer, which stood `lead` ns before it. */
  countLate({ packet, now }: Machine, what: 'lateSyns' | 'lateSegments', lead: number): void {
    this[what]++
    this.longestLead = Math.max(this.longestLead, lead)
    if (this.late.length < MOST_NAMED) this.late.push({ packet, time: now })
  }

  /** Counts a segment of more than ETHERNET_PAYLOAD if it was too long for the wire. */
  weighLength(connection: Connection, sender: Endpoint, receiver: Endpoint, segment: Segment): void {
    const longest = offeredMss(receiver) ?? offeredMss(sender) ?? JUMBO_PAYLOAD
    if (segment.payloadLength <= longest && segment.lengthSource !== LENGTH_FROM_OFFLOAD) return
    this.countOffload(connection, sender, 'offloadedSegments', segment)
  }

  countOffload(
    connection: Connection,
    sender: Endpoint,
    what: 'offloadedSegments' | 'offloadedChecksums',
    { packet, time }: Segment,
  ): void {
    this.count(connection, sender, what)
    const { offloaded } = this
    if (offloaded.length < MOST_NAMED && offloaded.at(-1)?.packet !== packet) offloaded.push({ packet, time })
  }

  #senderOf({ words, base }: Connection, sender: Endpoint): SenderQuality | undefined {
    const at = base + 4 * (sender.index & 1)
    const address = [words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0] as const
    const ipVersion = words[base + 9] as number
    const key = ipVersion === 4 ? address[0] : address.join()
    const known = this.#senders.get(key)
    if (known !== undefined || this.#senders.size >= MOST_SENDERS) return known
    const entry = {
      ipVersion,
      address,
      unseenSegments: 0,
      unseenBytes: 0,
      badChecksums: 0,
      offloadedChecksums: 0,
      offloadedSegments: 0,
    }
    this.#senders.set(key, entry)
    return entry
  }
}

/** A wrong checksum may have been taken back. */
function isTold(sender: SenderQuality): boolean {
  const { unseenSegments, badChecksums, offloadedChecksums, offloadedSegments } = sender
  return unseenSegments + badChecksums + offloadedChecksums + offloadedSegments > 0
}

function offeredMss(endpoint: Endpoint): number | undefined {
  return (endpoint.flags & OFFERED_MSS) === 0 ? undefined : endpoint.mssScaleAndTtl & 0xffff
}

/** Counts what the connection that is handed out tells of the capture. */
export function countDeparting(
  machine: Machine,
  connection: Connection,
  one: Endpoint,
  other: Endpoint,
): void {
  const { quality } = machine
  countData(machine, connection, one, other)
  if (one.index !== other.index) countData(machine, connection, other, one)
  if ((connection.flags & MIDSTREAM) !== 0) quality.midstreamConnections++
  if (lacksSyn(connection, one) || lacksSyn(connection, other)) quality.unseenSyns++
  if (!isOneSided(one, other)) return
  quality.oneSidedConnections++
  const seen = (one.flags & SEEN) !== 0 ? one : other
  if ((seen.index & 1) === connection.clientSide) quality.clientOnlyConnections++
}

/** It is known to have opened the connection, and sent more than the SYN that was not seen. */
function lacksSyn(connection: Connection, { flags }: Endpoint): boolean {
  const isOpener = (flags & (ACTIVE_OPEN | SEEN)) === (ACTIVE_OPEN | SEEN)
  return isOpener && (flags & HAS_ISN) === 0 && (connection.flags & MIDSTREAM) === 0
}

/**
 * A first copy of data, or of a FIN, that had been acknowledged already: the capture does not have its frames in order, or not
 * from one clock.
 */
export function weighOrder(
  machine: Machine,
  connection: Connection,
  receiver: Endpoint,
  segment: Segment,
): void {
  const length = segmentLength(segment)
  if (length === 0 || (segment.flags & SYN) !== 0) return
  const { segmentClass, now } = machine
  const extra = machine.extraOf(receiver)
  const claimed = extra?.claimedAck
  if (segmentClass === CLASS_NEW) {
    if (extra === undefined || claimed === undefined || !isAfter(claimed, segment.seq)) return
    machine.quality.countLate(machine, 'lateSegments', now - extra.claimedTime)
  } else {
    const isAcknowledged = !isAfter((segment.seq + length) | 0, receiver.ackSent)
    if (segmentClass !== CLASS_OUT_OF_ORDER || (receiver.flags & HAS_ACKED) === 0 || !isAcknowledged) return
    machine.quality.countLate(machine, 'lateSegments', now - receiver.lastTime)
  }
  connection.flags |= DISORDERED
}

function countData(machine: Machine, connection: Connection, sender: Endpoint, receiver: Endpoint): void {
  const extra = machine.extraOf(sender)
  machine.quality.seenBytes += Math.max(0, sender.payloadBytes - (extra?.repeatedBytes ?? 0))
  if (extra !== undefined && extra.unseen.length > 0) {
    settleUnseen(machine, connection, sender, receiver, extra)
  }
  const claimed = machine.extraOf(receiver)?.claimedAck
  const needed = SEEN | HAS_NUMBERS
  if (claimed === undefined || (sender.flags & needed) !== needed) return
  const ahead = distance(claimed, sender.sndNxt)
  if (ahead <= 0 || ahead > Math.max(PLAIN_WINDOW, sender.maxWindow)) return
  countUnseen(machine, connection, sender, receiver, ahead)
}

/** Makes room for another range that its sender was not seen sending: those that were acknowledged are counted. */
export function makeRoomForUnseen(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
): EndpointExtra {
  const extra = machine.ensureExtra(sender)
  if (extra.unseen.length >= 2 * MAX_RANGES) settleUnseen(machine, connection, sender, receiver, extra)
  return extra
}

/** Counts the acknowledged ranges and takes them out. */
function settleUnseen(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  extra: EndpointExtra,
): void {
  if ((receiver.flags & HAS_ACKED) === 0) return
  const { unseen } = extra
  let settled = 0
  while (settled < unseen.length && !isAfter(unseen[settled + 1] as number, receiver.ackSent)) {
    const bytes = distance(unseen[settled + 1] as number, unseen[settled] as number)
    countUnseen(machine, connection, sender, receiver, bytes)
    settled += 2
  }
  unseen.splice(0, settled)
  if (unseen.length > 0 && isBefore(unseen[0] as number, receiver.ackSent)) {
    countUnseen(machine, connection, sender, receiver, distance(receiver.ackSent, unseen[0] as number))
    unseen[0] = receiver.ackSent
  }
}

function countUnseen(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  bytes: number,
): void {
  // Half of the sequence space away is before and behind alike (distance is -2^31), and no window is as large.
  if (bytes <= 0 || bytes > LARGEST_WINDOW) return
  const { quality } = machine
  const longest = Math.max(1, offeredMss(receiver) ?? ETHERNET_PAYLOAD)
  quality.count(connection, sender, 'unseenBytes', bytes)
  quality.count(connection, sender, 'unseenSegments', Math.ceil(bytes / longest))
}

/** What it sent with wrong checksums was acknowledged: they were right when it arrived. */
export function refuteChecksums(machine: Machine, endpoint: Endpoint, extra: EndpointExtra): void {
  const { quality, connection, events } = machine
  if (!extra.checksumsRefuted && events.wants(EVENT_CHECKSUMS_REFUTED)) {
    machine.tellOf(EVENT_CHECKSUMS_REFUTED, endpoint, machine.peerOf(endpoint), 0)
  }
  extra.checksumsRefuted = true
  quality.count(connection, endpoint, 'badChecksums', -extra.badChecksums)
  quality.refutedChecksums += extra.badChecksums
  extra.badChecksums = 0
}
