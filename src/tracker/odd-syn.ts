import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import {
  OPTION_MSS,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
} from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import { OFFERED_MSS, OFFERED_SACK, OFFERED_SCALE, OFFERED_TIMESTAMPS } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'

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
export function noteSynOptions(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  segment: Segment,
): void {
  const { options } = segment
  if (options.padding > MOST_ALIGNING) note(machine, sender, { padding: options.padding })
  if (sender.isn !== segment.seq || !isSecondCopy(machine, connection, segment)) return
  const before = offered(sender.flags)
  if ((options.present & ~before & OFFERS) !== 0) return
  let lost = before & ~options.present
  const { mssScaleAndTtl } = sender
  const scale = (mssScaleAndTtl >> 16) & 0xff
  if ((before & options.present & OPTION_WINDOW_SCALE) !== 0 && scale !== options.windowScale)
    lost |= OPTION_WINDOW_SCALE
  const mssBefore = mssScaleAndTtl & 0xffff
  const isClamped = (before & options.present & OPTION_MSS) !== 0 && options.mss < mssBefore
  if (lost === 0 && !isClamped) return
  note(machine, sender, {
    lost,
    mssBefore: isClamped ? mssBefore : 0,
    mssAfter: isClamped ? options.mss : 0,
  })
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

/** It is the second copy, and follows the first too soon to have been sent again. */
function isSecondCopy(machine: Machine, connection: Connection, segment: Segment): boolean {
  if ((segment.flags & ACK) === 0)
    return connection.synCopies === 2 && machine.now - connection.start < COPY_TIME
  return connection.synAckCopies === 2 && machine.now - connection.synAckTime < COPY_TIME
}

function note(machine: Machine, sender: Endpoint, found: Partial<OddSyn>): void {
  const extra = machine.ensureExtra(sender)
  const known = extra.oddSyn ?? { padding: 0, lost: 0, mssBefore: 0, mssAfter: 0 }
  extra.oddSyn = { ...known, ...found, packet: machine.packet, time: machine.now }
}
