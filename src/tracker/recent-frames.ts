import type { Segment } from '../decode/segment.ts'
import { SYN } from '../decode/tcp-flags.ts'

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
const SLOTS = 8192
/** An entry: fingerprint, microseconds, TTL and VLAN, low word of the source MAC address. */
const FINGERPRINT = 0
const MICROSECONDS = 1
const LIFE_AND_VLAN = 2
const MAC = 3
const ENTRY = 4
/** A slot: the two frames that came to it last. */
const SLOT = 2 * ENTRY

/** Copies from one box lie this close together, those from behind a router this close; µs. */
const SAME_BOX_TIME = 2_000
const ROUTER_TIME = 20_000

/**
 * Knows a frame that the capture holds a second time, if not too many others lie between. One table for all
 * connections, each frame in the slot that its fingerprint gives it: to look and to write is half a cache line.
 */
export class RecentFrames {
  readonly #entries = new Int32Array(SLOTS * SLOT)
  /** Of the last frame that was like one before: how long after that it came, µs, at how many hops less, and what it is. */
  comparedAge = -1
  comparedHops = 0
  comparedVerdict: FrameVerdict = FRAME_NEW

  /**
   * Looks the segment up at `time`, and remembers it if it is new. `tuple` tells its connection and direction; `answeredAt`
   * is when the other end last sent: what came after that may be an answer to it, alike though it be. `isDoubled` says that
   * a frame of the connection was a copy beyond doubt: then others that look like copies are. Both times by `microseconds`:
   * numbers that are no small integers would be put on the heap to be handed over.
   */
  look(segment: Segment, tuple: number, time: number, answeredAt: number, isDoubled: boolean): FrameVerdict {
    const entries = this.#entries
    const fingerprint = fingerprintOf(segment, tuple)
    const at = (fingerprint & (SLOTS - 1)) * SLOT
    const lifeAndVlan = segment.ttl | ((segment.outerVlan + 1) << 8)
    if (entries[at] === fingerprint || entries[at + ENTRY] === fingerprint) {
      const verdict = this.#compareBoth(segment, fingerprint, at, time, lifeAndVlan, answeredAt, isDoubled)
      if (verdict !== FRAME_NEW) return verdict
    }
    // Of the two the older one gives way, without a branch that nobody could predict.
    const isSecondOlder =
      ((entries[at + ENTRY + MICROSECONDS] as number) - (entries[at + MICROSECONDS] as number)) >>> 31
    const entry = at + isSecondOlder * ENTRY
    entries[entry + FINGERPRINT] = fingerprint
    entries[entry + MICROSECONDS] = time
    entries[entry + LIFE_AND_VLAN] = lifeAndVlan
    entries[entry + MAC] = segment.sourceMacLow
    return FRAME_NEW
  }

  /** The same of a frame that was compared elsewhere; `age` in ns. */
  noteCompared(age: number, hops: number, verdict: FrameVerdict): void {
    this.comparedAge = microseconds(age)
    this.comparedHops = hops
    this.comparedVerdict = verdict
  }

  #compareBoth(
    segment: Segment,
    fingerprint: number,
    at: number,
    time: number,
    lifeAndVlan: number,
    answeredAt: number,
    isDoubled: boolean,
  ): FrameVerdict {
    for (let entry = at; entry < at + SLOT; entry += ENTRY) {
      if (this.#entries[entry + FINGERPRINT] !== fingerprint) continue
      const verdict = this.#compare(segment, entry, time, lifeAndVlan, answeredAt, isDoubled)
      this.comparedAge = (time - (this.#entries[entry + MICROSECONDS] as number)) | 0
      this.comparedHops = ((this.#entries[entry + LIFE_AND_VLAN] as number) & 0xff) - segment.ttl
      this.comparedVerdict = verdict
      if (verdict !== FRAME_NEW) return verdict
    }
    return FRAME_NEW
  }

  #compare(
    segment: Segment,
    at: number,
    time: number,
    lifeAndVlan: number,
    answeredAt: number,
    isDoubled: boolean,
  ): FrameVerdict {
    const entries = this.#entries
    const age = (time - (entries[at + MICROSECONDS] as number)) | 0
    if (age < 0 || age >= ROUTER_TIME) return FRAME_NEW
    const before = entries[at + LIFE_AND_VLAN] as number
    if ((before & 0xff) > segment.ttl) return FRAME_ROUTED
    if (before >>> 8 !== lifeAndVlan >>> 8) return FRAME_OTHER_VLAN
    const isFromElsewhere = entries[at + MAC] !== segment.sourceMacLow
    if (!isFromElsewhere && age >= SAME_BOX_TIME) return FRAME_NEW
    if (segment.ipId > 0 || isFromElsewhere) return FRAME_AGAIN
    // Without an IP identification bare ACKs may rightly follow each other unchanged, and answers to what came between:
    // unless the capture holds frames of this connection twice.
    const hasLength = segment.payloadLength > 0 || (segment.flags & SYN) !== 0
    const isUnanswered = ((answeredAt - (entries[at + MICROSECONDS] as number)) | 0) <= 0
    return isDoubled || (hasLength && isUnanswered) ? FRAME_AGAIN : FRAME_NEW
  }
}

/** A hash of what tells one packet from another, the same on its whole way. */
function fingerprintOf(segment: Segment, tuple: number): number {
  let hash = Math.imul(segment.seq, 0x9e3779b1) ^ Math.imul(segment.ack, 0x85ebca6b)
  hash ^= (segment.checksum << 16) ^ segment.ipId ^ Math.imul(tuple, 0x27d4eb2f)
  hash = Math.imul(hash, 0xc2b2ae35) ^ (segment.flags << 16) ^ segment.payloadLength ^ segment.window
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}

/** Of a time in ns, its low 32 bits: differences are right up to half an hour. */
export function microseconds(time: number): number {
  return (time * 1e-3) | 0
}
