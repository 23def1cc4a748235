import type { Segment } from '../decode/segment.ts'
import { SYN } from '../decode/tcp-flags.ts'
import {
  beginningOf,
  DATA_ALIKE,
  DATA_BEGIN_OTHERWISE,
  DATA_DIFFER,
  DATA_SUM_OTHERWISE,
  type DataVerdict,
  type EarlierData,
  firstBytesOf,
  isPlainData,
  payloadSum,
} from './payload-marks.ts'

/** What a frame is to those that passed shortly before. */
export const FRAME_NEW = 0
/** The very same frame: the capture saw it twice in one place, or on both sides of a bridge. */
export const FRAME_AGAIN = 1
/** The same packet one hop further: on both sides of a router. */
export const FRAME_ROUTED = 2
/** The same packet in another VLAN. */
export const FRAME_OTHER_VLAN = 3
export type FrameVerdict =
  | typeof FRAME_NEW
  | typeof FRAME_AGAIN
  | typeof FRAME_ROUTED
  | typeof FRAME_OTHER_VLAN

/** A power of two: a copy behind a router may follow some hundred frames later. */
const SLOTS = 4096
/** An entry: sequence number, connection and direction; what else tells one frame from another, and the data beside it. */
const NUMBER = 0
const TUPLE = 1
const MARKS = 2
const MICROSECONDS = 3
/** TTL in the low 8 bits, VLAN in 13, and of the source MAC address what there is room for. */
const LIFE_VLAN_MAC = 4
const MAC_SHIFT = 21
const PACKET = 5
/** Bytes of payload above, their sum below. */
const LENGTH_AND_SUM = 6
const BEGINNING = 7
const ENTRY = 8
/** A slot: the two frames that came to it last. */
const SLOT = 2 * ENTRY

/** Copies from one box lie this close together, those from behind a router this close; µs. */
const SAME_BOX_TIME = 2_000
const ROUTER_TIME = 20_000

/**
 * Knows a frame that the capture holds a second time, if not too many others lie between, and data that are not those
 * which their sender was seen to send before. One table for all connections: to look and to write is one cache line.
 */
export class RecentFrames {
  readonly #entries = new Int32Array(SLOTS * SLOT)
  /** Of the last frame that was like one before: how long after that it came, µs, at how many hops less, and what it is. */
  comparedAge = -1
  comparedHops = 0
  comparedVerdict: FrameVerdict = FRAME_NEW

  /**
   * Looks the segment up, and remembers it if it is new. `tuple` tells its connection and direction; `answeredAt` is
   * when the other end last sent: what came after that may be an answer to it, alike though it be. `isDoubled` says that
   * a frame of the connection was a copy beyond doubt: then others that look like copies are. `keepsData`: what tells
   * its data from others is remembered too.
   */
  look(
    segment: Segment,
    tuple: number,
    now: number,
    answeredAt: number,
    isDoubled: boolean,
    keepsData: boolean,
  ): FrameVerdict {
    const entries = this.#entries
    const hasData = segment.payloadLength > 0
    let marks = marksOf(segment)
    let lengthAndSum = segment.payloadLength << 16
    let beginning = 0
    if (hasData && keepsData && isPlainData(segment)) {
      marks = (marks & ~0xffff) | firstBytesOf(segment)
      lengthAndSum |= payloadSum(segment)
      beginning = beginningOf(segment)
    }
    const tuple32 = tuple | 0
    const at = SLOT * slotOf(tuple, hasData ? segment.seq : segment.seq ^ marks)
    const time = microseconds(now)
    const lifeVlanMac =
      segment.ttl | ((segment.outerVlan + 1) << 8) | (Math.imul(segment.sourceMacLow, 0x9e3779b1) & MAC_MASK)
    for (let entry = at; entry < at + SLOT; entry += ENTRY) {
      if (entries[entry + NUMBER] !== segment.seq || entries[entry + TUPLE] !== tuple32) continue
      if (entries[entry + MARKS] !== marks || entries[entry + LENGTH_AND_SUM] !== lengthAndSum) continue
      const verdict = this.#compare(segment, entry, time, lifeVlanMac, answeredAt, isDoubled)
      this.comparedAge = (time - (entries[entry + MICROSECONDS] as number)) | 0
      this.comparedHops = ((entries[entry + LIFE_VLAN_MAC] as number) & 0xff) - segment.ttl
      this.comparedVerdict = verdict
      if (verdict !== FRAME_NEW) return verdict
    }
    // Of the two the older one gives way, without a branch that nobody could predict.
    const isSecondOlder =
      ((entries[at + ENTRY + MICROSECONDS] as number) - (entries[at + MICROSECONDS] as number)) >>> 31
    const entry = at + isSecondOlder * ENTRY
    entries[entry + NUMBER] = segment.seq
    entries[entry + TUPLE] = tuple32
    entries[entry + MARKS] = marks
    entries[entry + MICROSECONDS] = time
    entries[entry + LIFE_VLAN_MAC] = lifeVlanMac
    entries[entry + PACKET] = segment.packet
    entries[entry + LENGTH_AND_SUM] = lengthAndSum
    entries[entry + BEGINNING] = beginning
    return FRAME_NEW
  }

  /**
   * Compares the data at hand, which were looked up last, with those that their sender was seen to send from the same
   * number, within `age` ns. Fills `earlier` with these and tells how they differ, DATA_*; DATA_ALIKE if nothing is known.
   */
  compareData(segment: Segment, tuple: number, age: number, earlier: EarlierData): DataVerdict {
    const entries = this.#entries
    const at = SLOT * slotOf(tuple, segment.seq)
    const own = entries[at + PACKET] === segment.packet ? at : at + ENTRY
    const other = 2 * at + ENTRY - own
    if (entries[own + PACKET] !== segment.packet) return DATA_ALIKE
    if (entries[other + NUMBER] !== segment.seq || entries[other + TUPLE] !== (tuple | 0)) return DATA_ALIKE
    const microsecondsBefore =
      ((entries[own + MICROSECONDS] as number) - (entries[other + MICROSECONDS] as number)) | 0
    if (microsecondsBefore < 0 || microsecondsBefore * 1e3 > age) return DATA_ALIKE
    earlier.packet = entries[other + PACKET] as number
    earlier.ttl = (entries[other + LIFE_VLAN_MAC] as number) & 0xff
    earlier.age = microsecondsBefore * 1e3
    earlier.length = (entries[other + LENGTH_AND_SUM] as number) >>> 16
    const beginsOtherwise =
      differ((entries[own + MARKS] as number) & 0xffff, (entries[other + MARKS] as number) & 0xffff) ||
      differ(entries[own + BEGINNING] as number, entries[other + BEGINNING] as number)
    if (earlier.length !== segment.payloadLength) return beginsOtherwise ? DATA_BEGIN_OTHERWISE : DATA_ALIKE
    const sum = (entries[own + LENGTH_AND_SUM] as number) & 0xffff
    const otherSum = (entries[other + LENGTH_AND_SUM] as number) & 0xffff
    // The same checksum for other bytes: damaged on the way, or made unreadable afterwards.
    if (!differ(sum, otherSum)) return DATA_ALIKE
    return beginsOtherwise ? DATA_DIFFER : DATA_SUM_OTHERWISE
  }

  #compare(
    segment: Segment,
    at: number,
    time: number,
    lifeVlanMac: number,
    answeredAt: number,
    isDoubled: boolean,
  ): FrameVerdict {
    const entries = this.#entries
    const age = (time - (entries[at + MICROSECONDS] as number)) | 0
    if (age < 0 || age >= ROUTER_TIME) return FRAME_NEW
    const before = entries[at + LIFE_VLAN_MAC] as number
    if ((before & 0xff) > segment.ttl) return FRAME_ROUTED
    if (((before ^ lifeVlanMac) & VLAN_MASK) !== 0) return FRAME_OTHER_VLAN
    const isFromElsewhere = ((before ^ lifeVlanMac) & MAC_MASK) !== 0
    if (!isFromElsewhere && age >= SAME_BOX_TIME) return FRAME_NEW
    if (segment.ipId > 0 || isFromElsewhere) return FRAME_AGAIN
    // Without an IP identification bare ACKs may rightly follow each other unchanged, and answers to what came between:
    // unless the capture holds frames of this connection twice.
    const hasLength = segment.payloadLength > 0 || (segment.flags & SYN) !== 0
    const isUnanswered = ((microseconds(answeredAt) - (entries[at + MICROSECONDS] as number)) | 0) <= 0
    return isDoubled || (hasLength && isUnanswered) ? FRAME_AGAIN : FRAME_NEW
  }
}

const MAC_MASK = -1 << MAC_SHIFT
const VLAN_MASK = ~MAC_MASK & ~0xff

/** Both are known, and not the same. */
function differ(one: number, other: number): boolean {
  return one !== other && one !== 0 && other !== 0
}

function slotOf(tuple: number, number: number): number {
  const hash = Math.imul(Math.imul(tuple, 0x27d4eb2f) ^ Math.imul(number, 0x9e3779b1), 0x2c1b3c6d)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}

/** A hash of what tells one packet from another beside its number, the same on its whole way. */
function marksOf(segment: Segment): number {
  let hash = Math.imul(segment.ack, 0x85ebca6b) ^ (segment.checksum << 16) ^ segment.ipId
  hash = Math.imul(hash, 0xc2b2ae35) ^ (segment.flags << 16) ^ segment.payloadLength ^ segment.window
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

/** Of a time in ns, its low 32 bits: differences are right up to half an hour. */
function microseconds(time: number): number {
  return (time * 1e-3) | 0
}
