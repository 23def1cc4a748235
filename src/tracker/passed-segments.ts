import type { Segment } from '../decode/segment.ts'
import { windowOf } from './classify-segment.ts'
import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'
import type { PendingSyn } from './pending-syn.ts'
import type { SegmentClass } from './segment-class.ts'

/** A segment that passed before the one to be explained. */
export interface PassedSegment {
  /** Id of its connection. */
  readonly connection: number
  readonly side: number
  readonly packet: number
  /** Nanoseconds since the first packet. */
  readonly time: number
  readonly flags: number
  readonly seq: number
  readonly ack: number
  readonly payloadLength: number
  readonly ipId: number
  readonly checksum: number
  /** In bytes where the scale is known. */
  readonly window: number
  readonly segmentClass: SegmentClass
}

/** Most segments kept: what a packet repeats, answers or copies seldom lies further back. */
const MOST_KEPT = 1 << 17

/** The segments of all connections that passed lately. Only where a packet is to be explained. */
export class PassedSegments {
  #older: PassedSegment[] = []
  #newer: PassedSegment[] = []
  /** Some that passed are not kept any more. */
  isIncomplete = false

  add(
    machine: Machine,
    connection: Connection,
    sender: Endpoint,
    receiver: Endpoint,
    segment: Segment,
  ): void {
    this.#keep({
      connection: connection.id,
      side: sender.index & 1,
      packet: segment.packet,
      time: machine.now,
      flags: segment.flags,
      seq: segment.seq,
      ack: segment.ack,
      payloadLength: segment.payloadLength,
      ipId: segment.ipId,
      checksum: segment.checksum,
      window: windowOf(sender, receiver, segment),
      segmentClass: machine.segmentClass,
    })
  }

  /** The SYN a connection began with was taken in when it passed. */
  addPending(_syn: PendingSyn): void {}

  /** Those of a connection before a packet, the newest first. */
  before(connection: number, packet: number, most: number): PassedSegment[] {
    const found: PassedSegment[] = []
    for (const part of [this.#newer, this.#older]) {
      for (let at = part.length - 1; at >= 0 && found.length < most; at--) {
        const segment = part[at] as PassedSegment
        if (segment.connection === connection && segment.packet < packet) found.push(segment)
      }
    }
    return found
  }

  #keep(segment: PassedSegment): void {
    if (this.#newer.length === MOST_KEPT / 2) {
      this.isIncomplete ||= this.#older.length > 0
      this.#older = this.#newer
      this.#newer = []
    }
    this.#newer.push(segment)
  }
}
