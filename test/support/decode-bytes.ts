import { PacketRecord } from '../../src/capture/packet-record.ts'
import { decodePacket } from '../../src/decode/decode-packet.ts'
import { type PacketKind, Segment } from '../../src/decode/segment.ts'

export interface DecodeOptions {
  /** Default 1, Ethernet. */
  linkType?: number
  originalLength?: number
  /** Bytes kept, as with a snapshot length. */
  capturedLength?: number
  /** Bytes of this value stand before and behind the packet in its buffer. Default 0xa5. */
  neighbour?: number
  /** How many of them before it; offsets in the segment count from there. Default 0. */
  lead?: number
  /** How many behind it. Default 64. */
  trail?: number
  /** Decode into this one, whatever it holds. */
  segment?: Segment
}

/** Decodes one packet that stands between neighbouring bytes, which the decoders must not read. */
export function decodeBytes(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): { kind: PacketKind; segment: Segment } {
  const lead = options.lead ?? 0
  const captured = bytes.subarray(0, options.capturedLength ?? bytes.length)
  const buffer = new Uint8Array(lead + captured.length + (options.trail ?? 64)).fill(
    options.neighbour ?? 0xa5,
  )
  buffer.set(captured, lead)
  const record = new PacketRecord()
  record.view = new DataView(buffer.buffer)
  record.start = lead
  record.end = lead + captured.length
  record.originalLength = options.originalLength ?? bytes.length
  record.linkType = options.linkType ?? 1
  record.packet = 1
  const segment = options.segment ?? new Segment()
  return { kind: decodePacket(record, segment), segment }
}

/** Every field of a segment but the buffer, as plain data to compare. */
export function fieldsOf(segment: Segment): Record<string, unknown> {
  const { view: _view, options, ...fields } = segment
  const { sackEdges, ...optionFields } = options
  return {
    ...fields,
    options: { ...optionFields, sackEdges: [...sackEdges.subarray(0, 2 * options.sackCount)] },
  }
}
