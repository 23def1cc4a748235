import type { Segment } from '../decode/segment.ts'
import { TcpOptions } from '../decode/tcp-options.ts'
import { vlanMark } from './note-vlan.ts'

/**
 * A SYN that met a live connection, with all a new connection needs if a SYN-ACK shows that it opened one. Its numbers
 * and options must not touch the live connection's.
 */
export class PendingSyn {
  /** The endpoint it claims to come from, 0 or 1. */
  side = 0
  packet = 0
  ordinal = 0
  time = -0
  seq = 0
  flags = 0
  window = 0
  payloadLength = 0
  ttl = 0
  ipBytes = 0
  /** What tells its VLAN tags from others; 0 for none. */
  vlanMark = 0
  /** Copies of it seen, and when the last passed. */
  copies = 1
  lastTime = -0
  /** Wireshark's stream number of its packet. */
  stream = 0
  readonly options = new TcpOptions()

  /** Takes over a segment that was first seen at `time`. */
  fill(segment: Segment, side: number, stream: number, time: number): this {
    this.side = side
    this.copies = 1
    this.packet = segment.packet
    this.ordinal = segment.ordinal
    this.time = time
    this.lastTime = time
    this.seq = segment.seq
    this.flags = segment.flags
    this.window = segment.window
    this.payloadLength = segment.payloadLength
    this.ttl = segment.ttl
    this.ipBytes = segment.ipEnd - segment.ipStart
    this.vlanMark = vlanMark(segment)
    this.stream = stream
    const { options } = segment
    this.options.present = options.present
    this.options.mss = options.mss
    this.options.windowScale = options.windowScale
    this.options.tsVal = options.tsVal
    this.options.tsEcr = options.tsEcr
    this.options.fastOpenCookieLength = options.fastOpenCookieLength
    return this
  }
}
