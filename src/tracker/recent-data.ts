import type { Segment } from '../decode/segment.ts'
import type { Machine } from './machine.ts'
import {
  beginningOf,
  beginOtherwise,
  DATA_ALIKE,
  DATA_BEGIN_OTHERWISE,
  DATA_DIFFER,
  DATA_SUM_OTHERWISE,
  type DataVerdict,
  type EarlierData,
  firstBytesOf,
  payloadSum,
} from './payload-marks.ts'
import { microseconds } from './recent-frames.ts'

/** A power of two. Data and what is to take their place mostly lie some ten segments apart. */
const SLOTS = 4096
const NUMBER = 0
const TUPLE = 1
const MICROSECONDS = 2
const PACKET = 3
/** Bytes of payload above, their sum below. */
const LENGTH_AND_SUM = 4
/** A hash of the first four bytes above, the TTL below. */
const FIRST_AND_LIFE = 5
const BEGINNING = 6
const SLOT = 8
const LOW = 0xffff

/**
 * What tells the data of a segment from others, of those that passed lately: one table for all connections, 128 KiB, one
 * segment a slot, found by connection, direction and number. The newest stays, so what comes from a number is
 * compared with what came from it last.
 */
export class RecentData {
  readonly #entries = new Int32Array(SLOTS * SLOT)

  /**
   * Remembers the data at hand, and tells how they differ from others that came from their number before, since their
   * connection began: then `earlier` says which these were. DATA_ALIKE if nothing is known.
   */
  look(segment: Segment, tuple: number, machine: Machine, earlier: EarlierData): DataVerdict {
    const entries = this.#entries
    const at = SLOT * slotOf(tuple, segment.seq)
    const time = microseconds(machine.now)
    const lengthAndSum = (segment.payloadLength << 16) | payloadSum(segment)
    const firstAndLife = (firstBytesOf(segment) << 16) | segment.ttl
    const beginning = beginningOf(segment)
    let verdict: DataVerdict = DATA_ALIKE
    if (entries[at + NUMBER] === segment.seq && entries[at + TUPLE] === tuple) {
      const before = (time - (entries[at + MICROSECONDS] as number)) | 0
      earlier.packet = entries[at + PACKET] as number
      earlier.ttl = (entries[at + FIRST_AND_LIFE] as number) & LOW
      earlier.age = before * 1e3
      earlier.length = (entries[at + LENGTH_AND_SUM] as number) >>> 16
      // What came before the connection began was of another one on its tuple.
      if (before >= 0 && earlier.age <= machine.now - machine.connection.start) {
        verdict = this.#compare(at, lengthAndSum, firstAndLife, beginning)
      }
    }
    entries[at + NUMBER] = segment.seq
    entries[at + TUPLE] = tuple
    entries[at + MICROSECONDS] = time
    entries[at + PACKET] = segment.packet
    entries[at + LENGTH_AND_SUM] = lengthAndSum
    entries[at + FIRST_AND_LIFE] = firstAndLife
    entries[at + BEGINNING] = beginning
    return verdict
  }

  #compare(at: number, lengthAndSum: number, firstAndLife: number, beginning: number): DataVerdict {
    const entries = this.#entries
    const other = entries[at + LENGTH_AND_SUM] as number
    const beginsOtherwise =
      differ(firstAndLife >>> 16, (entries[at + FIRST_AND_LIFE] as number) >>> 16) ||
      beginOtherwise(beginning, entries[at + BEGINNING] as number)
    if (other >>> 16 !== lengthAndSum >>> 16) return beginsOtherwise ? DATA_BEGIN_OTHERWISE : DATA_ALIKE
    // The same checksum for other bytes: damaged on the way, or made unreadable afterwards.
    if (!differ(other & LOW, lengthAndSum & LOW)) return DATA_ALIKE
    return beginsOtherwise ? DATA_DIFFER : DATA_SUM_OTHERWISE
  }
}

/** Both are known, and not the same. */
function differ(one: number, other: number): boolean {
  return one !== other && one !== 0 && other !== 0
}

function slotOf(tuple: number, number: number): number {
  const hash = Math.imul(Math.imul(tuple, 0x27d4eb2f) ^ Math.imul(number, 0x9e3779b1), 0x2c1b3c6d)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}
