import type { Segment } from '../decode/segment.ts'
import { OPTION_MSS, OPTION_SACK, OPTION_WINDOW_SCALE } from '../decode/tcp-options.ts'
import { windowOf } from './classify-segment.ts'
import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import type { LoggedSegment } from './logged-segment.ts'
import type { Machine } from './machine.ts'
import type { PendingSyn } from './pending-syn.ts'
import { CAUSE_NONE, CLASS_NEW } from './segment-class.ts'

/** The segments of the one connection that is watched, for its ladder. */
export class SegmentLog {
  readonly entries: LoggedSegment[] = []
  /** Of more than twice as many only the newest stay. */
  limit = Number.POSITIVE_INFINITY

  clear(): void {
    this.entries.length = 0
  }

  /** The segment the machine has at hand. */
  add(
    machine: Machine,
    connection: Connection,
    sender: Endpoint,
    receiver: Endpoint,
    segment: Segment,
  ): void {
    if (this.entries.length >= 2 * this.limit) this.entries.splice(0, this.limit)
    const { options } = segment
    this.entries.push({
      packet: segment.packet,
      time: machine.now,
      fromClient: (sender.index & 1) === connection.clientSide,
      flags: segment.flags,
      seq: segment.seq,
      ack: segment.ack,
      window: windowOf(sender, receiver, segment),
      payloadLength: segment.payloadLength,
      segmentClass: machine.segmentClass,
      cause: machine.cause,
      causePacket: machine.causePacket === 0 ? null : machine.causePacket,
      sackEdges:
        (options.present & OPTION_SACK) === 0
          ? []
          : [...options.sackEdges.subarray(0, 2 * options.sackCount)],
      mss: (options.present & OPTION_MSS) === 0 ? null : options.mss,
      windowScale: (options.present & OPTION_WINDOW_SCALE) === 0 ? null : options.windowScale,
    })
  }

  /** The SYN a connection began with, known as such only now. */
  addPending(syn: PendingSyn): void {
    this.entries.push({
      packet: syn.packet,
      time: syn.time,
      fromClient: true,
      flags: syn.flags,
      seq: syn.seq,
      ack: 0,
      window: syn.window,
      payloadLength: syn.payloadLength,
      segmentClass: CLASS_NEW,
      cause: CAUSE_NONE,
      causePacket: null,
      sackEdges: [],
      mss: (syn.options.present & OPTION_MSS) === 0 ? null : syn.options.mss,
      windowScale: (syn.options.present & OPTION_WINDOW_SCALE) === 0 ? null : syn.options.windowScale,
    })
  }
}
