import { PacketRecord } from '../../src/capture/packet-record.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { KIND_TCP, Segment } from '../../src/decode/segment.ts'

/** Turns Ethernet frames in memory into segments, numbered from 1. */
export class FrameDecoder {
  readonly #record = new PacketRecord()
  readonly #segment = new Segment()

  /** Frames so far. */
  get frames(): number {
    return this.#record.packet
  }

  /** The TCP segment of the next frame, seen at `time` (ns). Borrowed until the next call. */
  next(frame: Uint8Array, time: number): Segment {
    const record = this.#record
    record.view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    record.end = frame.length
    record.originalLength = frame.length
    record.linkType = 1
    record.packet++
    record.time = time
    if (decodePacket(record, this.#segment) !== KIND_TCP) throw new Error(`frame ${record.packet} is not TCP`)
    this.#segment.ordinal = record.packet
    return this.#segment
  }
}
