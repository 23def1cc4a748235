import type { PacketFacts, TcpFacts } from '../decode/packet-facts.ts'
import { ACK, FIN, SYN } from '../decode/tcp-flags.ts'
import type { TracedPacket } from '../tracker/packet-trace.ts'
import type { PassedSegment } from '../tracker/passed-segments.ts'
import {
  CLASS_CAPTURE_DUPLICATE,
  CLASS_KEEP_ALIVE,
  CLASS_PENDING_SYN,
  CLASS_ZERO_WINDOW_PROBE,
} from '../tracker/segment-class.ts'
import { distance, isAfter, isAtOrAfter, isAtOrBefore, isBefore } from '../tracker/sequence.ts'

/** Earlier packets of the connection that say what a packet is about. */
export interface PacketRelations {
  /** What it sends again: the first copy of its first byte, the last one, and how many there were. */
  readonly original: PassedSegment | null
  readonly lastCopy: PassedSegment | null
  readonly copies: number
  /** The frame that it is a copy of. */
  readonly copyOf: PassedSegment | null
  /** The segment whose end it acknowledges, as last sent. */
  readonly acknowledges: PassedSegment | null
  /** The first acknowledgment of all that it brings. */
  readonly acknowledgedBy: PassedSegment | null
  /** Acknowledgments that ask for its first byte, the first of them apart: since its last copy. */
  readonly duplicates: readonly PassedSegment[]
  /** The first segment that passed before it though it was sent later. */
  readonly overtakenBy: PassedSegment | null
  /** What the other end, and its own, had sent last. */
  readonly lastOfPeer: PassedSegment | null
  readonly lastOfSender: PassedSegment | null
  /** Copies of the probe that it answers, or the other end's last segment. */
  readonly probe: PassedSegment | null
}

const NONE: PacketRelations = {
  original: null,
  lastCopy: null,
  copies: 0,
  copyOf: null,
  acknowledges: null,
  acknowledgedBy: null,
  duplicates: [],
  overtakenBy: null,
  lastOfPeer: null,
  lastOfSender: null,
  probe: null,
}

export function packetRelations({ tcp }: PacketFacts, traced: TracedPacket | null): PacketRelations {
  if (tcp === null || traced === null) return NONE
  const real = traced.passed.filter(({ segmentClass }) => segmentClass !== CLASS_CAPTURE_DUPLICATE)
  const own = real.filter(({ side }) => side === traced.senderSide)
  const peers = real.filter(({ side }) => side !== traced.senderSide)
  const end = (tcp.seq + tcp.payloadLength + syn(tcp) + fin(tcp)) | 0
  const copies = end === tcp.seq ? [] : own.filter((segment) => covers(segment, tcp.seq))
  const lastCopy = copies[0] ?? null
  return {
    original: copies.at(-1) ?? null,
    lastCopy,
    copies: copies.length,
    copyOf: copyOf(tcp, traced, own),
    acknowledges:
      (tcp.flags & ACK) === 0
        ? null
        : (peers.find((segment) => lengthOf(segment) > 0 && endOf(segment) === tcp.ack) ?? null),
    acknowledgedBy: peers.findLast((segment) => hasAck(segment) && isAtOrAfter(segment.ack, end)) ?? null,
    duplicates: duplicatesOf(tcp, peers, lastCopy),
    overtakenBy: overtaker(tcp, own),
    lastOfPeer: peers[0] ?? null,
    lastOfSender: own[0] ?? null,
    probe: peers.find(({ segmentClass }) => PROBES.includes(segmentClass)) ?? null,
  }
}

const PROBES: readonly number[] = [CLASS_KEEP_ALIVE, CLASS_ZERO_WINDOW_PROBE]

function syn({ flags }: Pick<TcpFacts, 'flags'>): number {
  return (flags & SYN) >> 1
}

function fin({ flags }: Pick<TcpFacts, 'flags'>): number {
  return flags & FIN
}

function lengthOf(segment: PassedSegment): number {
  return segment.payloadLength + syn(segment) + fin(segment)
}

function endOf(segment: PassedSegment): number {
  return (segment.seq + lengthOf(segment)) | 0
}

function hasAck({ flags }: PassedSegment): boolean {
  return (flags & ACK) !== 0
}

function covers(segment: PassedSegment, seq: number): boolean {
  if (segment.segmentClass === CLASS_PENDING_SYN) return false
  return isAtOrBefore(segment.seq, seq) && isBefore(seq, endOf(segment))
}

/** The frame is known by when it passed, and is alike in all that a copy keeps. */
function copyOf(tcp: TcpFacts, traced: TracedPacket, own: readonly PassedSegment[]): PassedSegment | null {
  const step = traced.steps.find(({ question, answer }) => question === 'equal-frame' && answer)
  if (step === undefined) return null
  const age = (step.numbers[0] ?? 0) / 1e3
  const moment = microseconds(traced.time) - age
  return (
    own.find(
      (segment) =>
        segment.seq === tcp.seq &&
        segment.ack === tcp.ack &&
        segment.flags === tcp.flags &&
        segment.payloadLength === tcp.payloadLength &&
        segment.checksum === tcp.checksum &&
        ((microseconds(segment.time) - moment) | 0) === 0,
    ) ?? null
  )
}

function microseconds(time: number): number {
  return (time * 1e-3) | 0
}

function duplicatesOf(
  tcp: TcpFacts,
  peers: readonly PassedSegment[],
  lastCopy: PassedSegment | null,
): PassedSegment[] {
  if (lastCopy === null) return []
  const since = peers.filter((segment) => segment.packet > lastCopy.packet)
  const asking = since.filter((segment) => hasAck(segment) && segment.ack === tcp.seq)
  const bare = asking.filter((segment) => lengthOf(segment) === 0)
  // The first that asks may be the one that acknowledged all before.
  const before = peers.find((segment) => segment.packet < lastCopy.packet && hasAck(segment))
  const isFirstNew = before !== undefined && isAfter(tcp.seq, before.ack)
  return (isFirstNew ? bare.slice(0, -1) : bare).reverse()
}

/** Going back from the newest: the oldest of those that begin behind it and have none before it among them. */
function overtaker(tcp: TcpFacts, own: readonly PassedSegment[]): PassedSegment | null {
  let found: PassedSegment | null = null
  for (const segment of own) {
    if (lengthOf(segment) === 0) continue
    if (distance(segment.seq, tcp.seq) <= 0) break
    found = segment
  }
  return found
}
