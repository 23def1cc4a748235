import type { SegmentClass } from './segment-class.ts'

/** One segment of a watched connection, kept for the ladder of `--connection`. */
export interface LoggedSegment {
  readonly packet: number
  /** Nanoseconds since the first packet. */
  readonly time: number
  readonly fromClient: boolean
  readonly flags: number
  /** int32, absolute. */
  readonly seq: number
  readonly ack: number
  /** The window field, scaled where the scale is known, in bytes. */
  readonly window: number
  readonly payloadLength: number
  readonly segmentClass: SegmentClass
  /** For a challenge ACK: the packet that drew it and why (CAUSE_*). */
  readonly cause: number
  readonly causePacket: number | null
  /** SACK blocks, int32 pairs left, right. */
  readonly sackEdges: readonly number[]
  readonly mss: number | null
  readonly windowScale: number | null
}
