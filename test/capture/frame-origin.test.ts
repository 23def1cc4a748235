import { describe, expect, it } from 'vitest'
import { type CaptureSource, READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { MergedCapture } from '../../src/capture/merged-capture.ts'
import { openInput } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { concatBytes } from '../support/frame-builder.ts'
import { MemoryInput } from '../support/memory-input.ts'
import { type CapturedFrame, type PcapOptions, pcapngBlocks, writePcap } from '../support/pcap-writer.ts'

const SECOND = 1_000_000_000n

interface Origin {
  readonly linkType: number
  readonly snaplen: number
  readonly resolution: number
  readonly offset: bigint
  readonly ticks: bigint
  readonly name?: string | undefined
}

async function origins(source: CaptureSource): Promise<Origin[]> {
  const record = new PacketRecord()
  const found: Origin[] = []
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) await source.fill()
    else if (status !== READ_PACKET || source.frameOrigin === undefined) return found
    else {
      const { interface: from, ticks } = source.frameOrigin(record)
      const { linkType, snaplen, timestampResolution, timestampOffset, name } = from
      found.push({ linkType, snaplen, resolution: timestampResolution, offset: timestampOffset, ticks, name })
    }
  }
}

const opened = (bytes: Uint8Array, name = 'memory') =>
  openInput(name, new MemoryInput(bytes, 1000), { readLength: 4096 })

const frame = (time: bigint): CapturedFrame => ({ time, data: new Uint8Array(60) })
const START = 1_763_672_591n * SECOND

describe('the origin of a frame', () => {
  const FORMATS: readonly (readonly [string, PcapOptions, resolution: number, perSecond: bigint])[] = [
    ['pcap', { format: 'pcap' }, 6, 1_000_000n],
    ['pcap, big-endian', { format: 'pcap', byteOrder: 'big' }, 6, 1_000_000n],
    ['pcap of nanoseconds', { format: 'pcap-ns' }, 9, SECOND],
    ['modified pcap', { format: 'pcap-modified' }, 6, 1_000_000n],
    ['pcapng of nanoseconds', { format: 'pcapng' }, 9, SECOND],
    ['pcapng of milliseconds', { format: 'pcapng', timestampResolution: 3 }, 3, 1000n],
    ['pcapng of 2^-20 s', { format: 'pcapng', byteOrder: 'big', timestampResolution: 0x94 }, 0x94, 1n << 20n],
  ]

  it.each(FORMATS)('has the times of %s as they are', async (_name, options, resolution, perSecond) => {
    // Half a year apart: more than a double of nanoseconds holds exactly.
    const times = [START, START + 123_456_789n, START + 15_000_000n * SECOND + 987_654_321n]
    const found = await origins(await opened(writePcap(times.map(frame), { snaplen: 96, ...options })))
    const ticks = times.map((time) => (time * perSecond) / SECOND)
    expect(found).toMatchObject(
      ticks.map((tick) => ({ ticks: tick, resolution, linkType: 1, snaplen: 96, offset: 0n })),
    )
  })

  it('has the offset of an interface, and does not add it to the time', async () => {
    const bytes = writePcap([frame(START)], { format: 'pcapng', timestampOffset: 1000n })
    expect(await origins(await opened(bytes))).toMatchObject([
      { offset: 1000n, ticks: START - 1000n * SECOND },
    ])
  })

  it('has picoseconds, which no double of nanoseconds holds', async () => {
    const { sectionHeader, interfaceDescription, enhancedPacket } = pcapngBlocks()
    const ticks = 15_000_000_000_000_000_123n
    const bytes = concatBytes(
      sectionHeader(),
      interfaceDescription(1, 0, 12, 1_763_672_591n),
      enhancedPacket(0, 7n, new Uint8Array(60)),
      enhancedPacket(0, ticks, new Uint8Array(60)),
    )
    expect(await origins(await opened(bytes))).toMatchObject([{ ticks: 7n, resolution: 12 }, { ticks }])
  })

  it('tells interfaces apart, by link type, name and clock', async () => {
    const { sectionHeader, interfaceDescription, enhancedPacket, simplePacket, block, option } =
      pcapngBlocks()
    const named = concatBytes(
      [101, 0, 0, 0, 0, 0, 0, 0],
      option(2, Buffer.from('tun0')),
      option(0, new Uint8Array(0)),
    )
    const bytes = concatBytes(
      sectionHeader(),
      interfaceDescription(1, 0, 9),
      block(1, named),
      enhancedPacket(1, 5_000_000n, new Uint8Array(40)),
      enhancedPacket(0, 5_000_000_001n, new Uint8Array(60)),
      simplePacket(new Uint8Array(60)),
    )
    expect(await origins(await opened(bytes))).toMatchObject([
      { linkType: 101, resolution: 6, ticks: 5_000_000n, name: 'tun0' },
      { linkType: 1, resolution: 9, ticks: 5_000_000_001n, name: undefined },
      // Without a time of its own it has that of the packet before it.
      { linkType: 1, resolution: 9, ticks: 5_000_000_001n, name: undefined },
    ])
  })

  it('is that of its own capture where several are merged', async () => {
    const one = writePcap([frame(START), frame(START + 2n * SECOND)], { format: 'pcap' })
    const other = writePcap([frame(START + SECOND)], { format: 'pcapng', timestampResolution: 9 })
    const merged = new MergedCapture([await opened(one, 'one'), await opened(other, 'other')])
    expect(await origins(merged)).toMatchObject([
      { resolution: 6, ticks: START / 1000n },
      { resolution: 9, ticks: START + SECOND },
      { resolution: 6, ticks: (START + 2n * SECOND) / 1000n },
    ])
  })
})
