import {
  type CaptureSource,
  READ_NEEDS_DATA,
  READ_PACKET,
  type ReadStatus,
} from '../../src/capture/capture-source.ts'
import { openInput } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { MemoryInput } from './memory-input.ts'

/** A packet record with its bytes copied. */
export interface ReadPacket {
  readonly data: Uint8Array
  readonly originalLength: number
  readonly linkType: number
  readonly packet: number
  readonly time: number
}

export interface ReadCapture {
  readonly source: CaptureSource
  readonly packets: readonly ReadPacket[]
  /** READ_END or READ_STOPPED. */
  readonly status: ReadStatus
}

/** Reads a capture in memory to its end; `chunkLength` bytes per read make records straddle reads. */
export async function readBytes(bytes: Uint8Array, chunkLength?: number): Promise<ReadCapture> {
  return readPackets(await openInput('memory', new MemoryInput(bytes, chunkLength), { readLength: 65_536 }))
}

/** Reads a source to its end and closes it. */
export async function readPackets(source: CaptureSource): Promise<ReadCapture> {
  const record = new PacketRecord()
  const packets: ReadPacket[] = []
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) {
      await source.fill()
    } else if (status === READ_PACKET) {
      packets.push(copyOf(record))
    } else {
      await source.close()
      return { source, packets, status }
    }
  }
}

function copyOf(record: PacketRecord): ReadPacket {
  const { view, start, end, originalLength, linkType, packet, time } = record
  const data = Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset + start, end - start))
  return { data, originalLength, linkType, packet, time }
}
