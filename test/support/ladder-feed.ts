import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CaptureSource, READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import type { LadderStep } from './ladder-steps.ts'
import { type PcapOptions, writePcap } from './pcap-writer.ts'

/** The captured frames of a ladder, one after the other. */
export interface FrameFeed {
  /** Borrowed until the next call. */
  next(): Promise<PacketRecord>
  close(): Promise<void>
}

/** From memory, or through a capture file in the temporary folder that is removed on `close`. */
export async function openFrameFeed(
  steps: readonly LadderStep[],
  file: PcapOptions | undefined,
): Promise<FrameFeed> {
  const frames = steps.flatMap(({ frame, time }) => (frame === undefined ? [] : [{ data: frame, time }]))
  return file === undefined ? memoryFeed(frames) : fileFeed(frames, file)
}

interface TimedFrame {
  readonly data: Uint8Array
  readonly time: number
}

function memoryFeed(frames: readonly TimedFrame[]): FrameFeed {
  const record = new PacketRecord()
  return {
    next: async () => {
      const { data, time } = frames[record.packet] ?? { data: new Uint8Array(0), time: 0 }
      record.view = new DataView(data.buffer, data.byteOffset, data.length)
      record.end = data.length
      record.originalLength = data.length
      record.linkType = 1
      record.packet++
      record.time = time
      return record
    },
    close: async () => {},
  }
}

const EPOCH = 1_700_000_000_000_000_000n

async function fileFeed(frames: readonly TimedFrame[], file: PcapOptions): Promise<FrameFeed> {
  const folder = await mkdtemp(join(tmpdir(), 'tcpaudit-ladder-'))
  const path = join(folder, 'ladder')
  const captured = frames.map(({ data, time }) => ({ data, time: EPOCH + BigInt(time) }))
  await writeFile(path, writePcap(captured, file))
  const source = await openCapture(path)
  const record = new PacketRecord()
  return {
    next: async () => {
      const status = await readNext(source, record)
      if (status !== READ_PACKET) throw new Error(`read status ${status} instead of a packet`)
      return record
    },
    close: async () => {
      await source.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function readNext(source: CaptureSource, record: PacketRecord): Promise<number> {
  let status = source.next(record)
  while (status === READ_NEEDS_DATA) {
    await source.fill()
    status = source.next(record)
  }
  return status
}
