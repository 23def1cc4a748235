import type { Segment } from '../decode/segment.ts'
import { ACK, FIN } from '../decode/tcp-flags.ts'
import {
  OPTION_MSS,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
} from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import { HAS_ISN, OFFERED_MSS, OFFERED_SACK, OFFERED_SCALE, OFFERED_TIMESTAMPS } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import {
  FRAME_AGAIN,
  FRAME_NEW,
  FRAME_ROUTED,
  type FrameVerdict,
  type RecentFrames,
} from './recent-frames.ts'

/** A SYN or SYN-ACK whose options somebody on the way seems to have changed. */
export interface OddSyn {
  readonly packet: number
  /** ns since the first packet. */
  readonly time: number
  /** NOPs in a row, where there are more than any stack writes; else 0. */
  readonly padding: number
  /** What a copy of it lacks that passed a moment before: OPTION_* bits. A scale that is another counts as lacking. */
  readonly lost: number
  /** The MSS of that copy, and its own; 0 if it was not lowered. */
  readonly mssBefore: number
  readonly mssAfter: number
}

/** Stacks align options with three NOPs at most; Wireshark too takes four for what is left of an option (tcp.nop). */
const MOST_ALIGNING = 3
/** Copies of one segment, before and behind a box, lie this close together, ns: nothing is repeated as soon. */
const COPY_TIME = 20e6

/** Looks at the options of the SYN or SYN-ACK at hand. */
export function noteSynOptions(machine: Machine, sender: Endpoint, { options }: Segment): void {
  if (options.padding > MOST_ALIGNING) note(machine, sender, { padding: options.padding })
}

/**
 * Whether the SYN or SYN-ACK at hand is the one before, captured again behind a box that changed it: it has passed a router
 * since, or offers less than it did, which is noted. RecentFrames tells those that nobody changed.
 */
export function changedCopy(
  machine: Machine,
  frames: RecentFrames,
  connection: Connection,
  sender: Endpoint,
  segment: Segment,
): FrameVerdict {
  if ((segment.flags & FIN) !== 0 || (sender.flags & HAS_ISN) === 0 || sender.isn !== segment.seq)
    return FRAME_NEW
  if (!isTooSoon(machine, connection, segment)) return FRAME_NEW
  const { options } = segment
  const before = offered(sender.flags)
  const both = before & options.present
  if ((options.present & ~before & OFFERS) !== 0) return FRAME_NEW
  if ((both & OPTION_TIMESTAMPS) !== 0 && options.tsVal !== sender.tsVal) return FRAME_NEW
  const { mssScaleAndTtl } = sender
  const lacking = before & ~options.present
  const isOtherScale =
    (both & OPTION_WINDOW_SCALE) !== 0 && ((mssScaleAndTtl >> 16) & 0xff) !== options.windowScale
  const mssBefore = mssScaleAndTtl & 0xffff
  const isClamped = (both & OPTION_MSS) !== 0 && options.mss < mssBefore
  const isLess = lacking !== 0 || isClamped
  if (isLess || isOtherScale) {
    note(machine, sender, {
      lost: isOtherScale ? lacking | OPTION_WINDOW_SCALE : lacking,
      mssBefore: isClamped ? mssBefore : 0,
      mssAfter: isClamped ? options.mss : 0,
    })
  }
  const hops = (mssScaleAndTtl >>> 24) - segment.ttl
  if (hops <= 0 && !isLess) return FRAME_NEW
  const verdict = hops > 0 ? FRAME_ROUTED : FRAME_AGAIN
  frames.noteCompared(machine.now - sender.lastTime, hops, verdict)
  return verdict
}

/** What a SYN offers that is looked at here. */
const OFFERS = OPTION_MSS | OPTION_WINDOW_SCALE | OPTION_SACK_PERMITTED | OPTION_TIMESTAMPS

function offered(flags: number): number {
  return (
    ((flags & OFFERED_MSS) === 0 ? 0 : OPTION_MSS) |
    ((flags & OFFERED_SCALE) === 0 ? 0 : OPTION_WINDOW_SCALE) |
    ((flags & OFFERED_SACK) === 0 ? 0 : OPTION_SACK_PERMITTED) |
    ((flags & OFFERED_TIMESTAMPS) === 0 ? 0 : OPTION_TIMESTAMPS)
  )
}

/** Too soon behind the first of its kind, and too early in the handshake, to have been sent again. */
function isTooSoon(machine: Machine, connection: Connection, { flags }: Segment): boolean {
  if ((flags & ACK) !== 0)
    return connection.synAckCopies === 1 && machine.now - connection.synAckTime < COPY_TIME
  return (
    connection.synCopies === 1 && connection.synAckCopies === 0 && machine.now - connection.start < COPY_TIME
  )
}

function note(machine: Machine, sender: Endpoint, found: Partial<OddSyn>): void {
  const extra = machine.ensureExtra(sender)
  const known = extra.oddSyn ?? { padding: 0, lost: 0, mssBefore: 0, mssAfter: 0 }
  extra.oddSyn = { ...known, ...found, packet: machine.packet, time: machine.now }
}
