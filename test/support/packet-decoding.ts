import { PacketRecord } from '../../src/capture/packet-record.ts'
import { type DecoderOptions, PacketDecoder } from '../../src/decode/packet-decoder.ts'
import { type PacketKind, Segment } from '../../src/decode/segment.ts'

/** A decoder that is fed whole frames, one after the other; times are seconds since the first. */
export class FrameFeed {
  readonly decoder: PacketDecoder
  readonly segment = new Segment()
  #packet = 0

  constructor(options: DecoderOptions = { separateVlans: false }) {
    this.decoder = new PacketDecoder(options)
  }

  take(frame: Uint8Array, { linkType = 1, time = 0, capturedLength = frame.length } = {}): PacketKind {
    const record = new PacketRecord()
    const bytes = Uint8Array.from(frame.subarray(0, capturedLength))
    record.view = new DataView(bytes.buffer)
    record.start = 0
    record.end = bytes.length
    record.originalLength = frame.length
    record.linkType = linkType
    record.time = time * 1e9
    record.packet = ++this.#packet
    return this.decoder.decode(record, this.segment)
  }
}
