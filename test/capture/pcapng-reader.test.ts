import { describe, expect, it } from 'vitest'
import { READ_END, READ_STOPPED } from '../../src/capture/capture-source.ts'
import { concatBytes, hexBytes } from '../support/frame-builder.ts'
import { type CapturedFrame, pcapngBlocks, writePcap } from '../support/pcap-writer.ts'
import { readBytes } from '../support/read-packets.ts'

const EPOCH = 1_700_000_000_123_456_789n

const frames: CapturedFrame[] = [
  { time: EPOCH, data: Uint8Array.of(1, 2, 3) },
  { time: EPOCH + 1n, data: new Uint8Array(0), originalLength: 60 },
  { time: EPOCH - 5_000_000n, data: new Uint8Array(1500).fill(7), originalLength: 9000, linkType: 113 },
  { time: EPOCH + 86_400_000_000_000n, data: Uint8Array.of(9) },
]

const packets = [
  { data: Uint8Array.of(1, 2, 3), originalLength: 3, linkType: 1, packet: 1, time: 0 },
  { data: new Uint8Array(0), originalLength: 60, linkType: 1, packet: 2, time: 1 },
  { data: new Uint8Array(1500).fill(7), originalLength: 9000, linkType: 113, packet: 3, time: -5_000_000 },
  { data: Uint8Array.of(9), originalLength: 1, linkType: 1, packet: 4, time: 86_400_000_000_000 },
]

const one = Uint8Array.of(1)

describe.each(['little', 'big'] as const)('pcapng in %s-endian order', (byteOrder) => {
  const bytes = writePcap(frames, { format: 'pcapng', byteOrder, snaplen: 65535 })

  it('gives every field of every packet', async () => {
    const { source, packets: read, status } = await readBytes(bytes)
    expect(read).toEqual(packets)
    expect(status).toBe(READ_END)
    expect(source.epoch).toBe(EPOCH)
    expect(source.format).toBe('pcapng')
    expect(source.linkTypes).toEqual([1, 113])
    expect(source.snaplen).toBe(65535)
    expect(source.stoppedAt).toBeUndefined()
  })

  it.each([1, 7, 64])('gives the same in reads of %i bytes', async (chunkLength) => {
    const { packets: read, status } = await readBytes(bytes, chunkLength)
    expect(read).toEqual(packets)
    expect(status).toBe(READ_END)
  })

  it('gives the same as classic nanosecond pcap', async () => {
    const ethernet = frames.filter(({ linkType }) => linkType === undefined)
    const classic = await readBytes(writePcap(ethernet, { format: 'pcap-ns', byteOrder }))
    const modern = await readBytes(writePcap(ethernet, { format: 'pcapng', byteOrder }))
    expect(modern.packets).toEqual(classic.packets)
    expect(modern.source.epoch).toBe(classic.source.epoch)
  })
})

describe('the bytes of blocks', () => {
  it('are read as the draft lays them out', async () => {
    const { source, packets: read } = await readBytes(
      hexBytes(`
        0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
        00000001 00000020 0001 0000 00000100 0009 0001 06 000000 0000 0000 00000020
        00000006 00000024 00000000 00060a24 181e4000 00000002 00000005 abcd0000 00000024
      `),
    )
    expect(source.epoch).toBe(0x00060a24181e4000n * 1000n)
    expect(source.snaplen).toBe(256)
    expect(read).toEqual([
      { data: Uint8Array.of(0xab, 0xcd), originalLength: 5, linkType: 1, packet: 1, time: 0 },
    ])
  })
})

const blocks = pcapngBlocks()

/** A section with one Ethernet interface in microseconds, then these blocks. */
const section = (...rest: readonly Uint8Array[]) =>
  concatBytes(blocks.sectionHeader(), blocks.interfaceDescription(), ...rest)

describe('interfaces', () => {
  it('have clocks of their own, one time line', async () => {
    const { source, packets: read } = await readBytes(
      concatBytes(
        blocks.sectionHeader(),
        blocks.interfaceDescription(1, 0, 6),
        blocks.interfaceDescription(1, 0, 9),
        blocks.interfaceDescription(1, 0, 3, 1_700_000_000n),
        blocks.interfaceDescription(1, 0, 0x80 + 32),
        blocks.interfaceDescription(1, 0, 12),
        blocks.enhancedPacket(1, 1_700_000_000_000_000_001n, one),
        blocks.enhancedPacket(0, 1_700_000_000_000_001n, one),
        blocks.enhancedPacket(2, 2n, one),
        blocks.enhancedPacket(3, (1_700_000_000n << 32n) | 0x8000_0000n, one),
        blocks.enhancedPacket(4, 1_700_000_000_000_000_007_999n, one),
      ),
    )
    expect(source.epoch).toBe(1_700_000_000_000_000_001n)
    // 10^-12 wraps 64 bits in 2^64 ps = 213 days; the writer keeps the low 64 bits.
    const wrapped = Number((1_700_000_000_000_000_007_999n % 2n ** 64n) / 1000n - source.epoch)
    expect(read.map(({ time }) => time)).toEqual([0, 999, 1_999_999, 499_999_999, wrapped])
  })

  it('may appear between packets', async () => {
    const { source, packets: read } = await readBytes(
      section(
        blocks.enhancedPacket(0, 1_000_000n, one),
        blocks.interfaceDescription(101, 0, 9),
        blocks.enhancedPacket(1, 1_000_000_500n, one),
      ),
    )
    expect(read.map(({ time, linkType }) => [time, linkType])).toEqual([
      [0, 1],
      [500, 101],
    ])
    expect(source.linkTypes).toEqual([1, 101])
  })

  it('belong to their section, which may have another byte order', async () => {
    const big = pcapngBlocks('big')
    const { packets: read, status } = await readBytes(
      concatBytes(
        section(blocks.enhancedPacket(0, 1_000_000n, one)),
        big.sectionHeader(),
        big.interfaceDescription(113, 0, 9),
        big.enhancedPacket(0, 2_000_000_000n, one),
      ),
    )
    expect(read.map(({ time, linkType, packet }) => [time, linkType, packet])).toEqual([
      [0, 1, 1],
      [1_000_000_000, 113, 2],
    ])
    expect(status).toBe(READ_END)
  })

  it('that no packet may name stop the reading', async () => {
    const { source, status } = await readBytes(section(blocks.enhancedPacket(3, 0n, one)))
    expect(status).toBe(READ_STOPPED)
    expect(source.stoppedAt).toEqual({
      offset: 48,
      packet: 0,
      reason: 'packet 1 names interface 3, and the section has described 1',
    })
  })

  it('of a link type without a decoder deliver their packets beside others', async () => {
    const { packets: read } = await readBytes(
      concatBytes(
        blocks.sectionHeader(),
        blocks.interfaceDescription(105),
        blocks.interfaceDescription(1),
        blocks.enhancedPacket(0, 0n, one),
        blocks.enhancedPacket(1, 0n, one),
      ),
    )
    expect(read.map(({ linkType }) => linkType)).toEqual([105, 1])
  })

  it('are refused if none before the first packet has a decoder', async () => {
    const bytes = concatBytes(blocks.sectionHeader(), blocks.interfaceDescription(105))
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'unsupported-link-type' })
  })
})

describe('if_tsoffset', () => {
  it.each([1_600_000_000n, -5n])('of %i seconds is added', async (timestampOffset) => {
    const bytes = writePcap(frames, { format: 'pcapng', timestampOffset })
    const { source, packets: read } = await readBytes(bytes)
    expect(source.epoch).toBe(EPOCH)
    expect(read.map(({ time }) => time)).toEqual(packets.map(({ time }) => time))
  })
})

describe('a Simple Packet Block', () => {
  it('repeats the time of the packet before it', async () => {
    const { packets: read } = await readBytes(
      section(
        blocks.simplePacket(one),
        blocks.enhancedPacket(0, 5n, one),
        blocks.enhancedPacket(0, 7n, one),
        blocks.simplePacket(one),
      ),
    )
    expect(read.map(({ time, packet }) => [packet, time])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2000],
      [4, 2000],
    ])
  })

  it('has as many bytes as the snaplen and the wire length allow', async () => {
    const { packets: read } = await readBytes(
      concatBytes(
        blocks.sectionHeader(),
        blocks.interfaceDescription(1, 4),
        blocks.simplePacket(Uint8Array.of(1, 2, 3, 4), 100),
        blocks.simplePacket(Uint8Array.of(1, 2, 3)),
      ),
    )
    expect(read.map(({ data, originalLength }) => [data.length, originalLength])).toEqual([
      [4, 100],
      [3, 3],
    ])
  })
})

describe('an obsolete Packet Block', () => {
  it('is a packet', async () => {
    const { packets: read } = await readBytes(
      section(blocks.packet(0, 1_000_000n, Uint8Array.of(1, 2), 9), blocks.packet(0, 1_000_001n, one)),
    )
    expect(read).toEqual([
      { data: Uint8Array.of(1, 2), originalLength: 9, linkType: 1, packet: 1, time: 0 },
      { data: one, originalLength: 1, linkType: 1, packet: 2, time: 1000 },
    ])
  })
})

describe('other blocks', () => {
  it('are skipped without a number', async () => {
    const { packets: read, status } = await readBytes(
      section(
        blocks.block(5, new Uint8Array(20)),
        blocks.enhancedPacket(0, 0n, one),
        blocks.block(0x80000001, new Uint8Array(3)),
        blocks.enhancedPacket(0, 0n, one),
        blocks.block(4, new Uint8Array(0)),
      ),
    )
    expect(read.map(({ packet }) => packet)).toEqual([1, 2])
    expect(status).toBe(READ_END)
  })

  it('are skipped however long they are', async () => {
    const { packets: read, status } = await readBytes(
      section(blocks.block(0x0bad, new Uint8Array(9_000_000)), blocks.enhancedPacket(0, 0n, one)),
      65_536,
    )
    expect(read.length).toBe(1)
    expect(status).toBe(READ_END)
  })

  it('stop the reading where they began if the file ends in them', async () => {
    const { source, status } = await readBytes(
      section(blocks.enhancedPacket(0, 0n, one), hexBytes('ad0b0000 00000010 00000000 00000000')),
    )
    expect(status).toBe(READ_STOPPED)
    expect(source.stoppedAt).toEqual({
      offset: 84,
      packet: 1,
      reason: 'the file ends 268,435,440 bytes before the end of a block',
    })
  })
})

describe('a packet block with very long options', () => {
  const comment = blocks.option(1, new Uint8Array(65_532))
  const options = concatBytes(...Array.from({ length: 10 }, () => comment))
  const body = concatBytes(hexBytes('00000000 00000000 00000000 04000000 04000000 01020304'), options)

  it('is read without them', async () => {
    const { packets: read, status } = await readBytes(
      section(blocks.block(6, body), blocks.enhancedPacket(0, 1n, one)),
      10_000,
    )
    expect(read.map(({ data, time }) => [[...data], time])).toEqual([
      [[1, 2, 3, 4], 0],
      [[1], 1000],
    ])
    expect(status).toBe(READ_END)
  })
})

describe('a packet block with very long options that are cut', () => {
  it('gives its packet, then says where it began', async () => {
    const body = concatBytes(
      hexBytes('00000000 00000000 00000000 04000000 04000000 01020304'),
      new Uint8Array(600_000),
    )
    const bytes = section(blocks.enhancedPacket(0, 0n, one), blocks.block(6, body)).slice(0, -100)
    const { source, packets: read, status } = await readBytes(bytes)
    expect(read.length).toBe(2)
    expect(status).toBe(READ_STOPPED)
    expect(source.stoppedAt).toEqual({
      offset: 84,
      packet: 2,
      reason: 'the file ends 100 bytes before the end of a block',
    })
  })
})

describe('damage', () => {
  it.each([
    ['a length below 12', '06000000 08000000 08000000', 'a block claims a length of 8 bytes'],
    [
      'a length that is no multiple of 4',
      '06000000 21000000 00000000',
      'a block claims a length of 33 bytes',
    ],
    [
      'two lengths that differ',
      '06000000 20000000 00000000 00000000 00000000 00000000 00000000 24000000',
      "a block's two lengths differ: 32 and 36 bytes",
    ],
    [
      'a packet block without room',
      '06000000 10000000 00000000 10000000',
      'the block of packet 2 is too short',
    ],
    [
      'more captured bytes than room',
      '06000000 20000000 00000000 00000000 00000000 08000000 08000000 20000000',
      'packet 2 claims 8 captured bytes in a block with room for 0',
    ],
    [
      'more captured bytes than any program writes',
      '06000000 20000000 00000000 00000000 00000000 ffffffff 08000000 20000000',
      'packet 2 claims 4,294,967,295 captured bytes, more than the 262,144 that capture programs write',
    ],
    ['an interface without room', '01000000 0c000000 0c000000', 'impossible length: 12 bytes'],
    ['an interface of gigabytes', '01000000 000000f0 0c000000', 'impossible length: 4,026,531,840 bytes'],
    ['a section without byte order', '0a0d0d0a 1c000000 00000000', 'without a byte-order magic'],
    [
      'a section of another version',
      '0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffff ffffffff 1c000000',
      'unknown pcapng version 2',
    ],
  ])('stops the reading: %s', async (_name, hex, reason) => {
    const {
      source,
      packets: read,
      status,
    } = await readBytes(section(blocks.enhancedPacket(0, 0n, one), hexBytes(hex)))
    expect(read.length).toBe(1)
    expect(status).toBe(READ_STOPPED)
    expect(source.stoppedAt).toEqual({ offset: 84, packet: 1, reason: expect.stringContaining(reason) })
  })

  const bytes = section(blocks.enhancedPacket(0, 0n, one), blocks.enhancedPacket(0, 0n, one))
  it.each(Array.from({ length: 35 }, (_, index) => index + 1))(
    'stops the reading: a file that ends %i bytes into a packet block',
    async (present) => {
      const { source, packets: read, status } = await readBytes(bytes.slice(0, 84 + present), 32)
      expect(read.length).toBe(1)
      expect(status).toBe(READ_STOPPED)
      expect(source.stoppedAt).toEqual({
        offset: 84,
        packet: 1,
        reason: `the file ends inside the block after packet 1: ${present} of ${present < 12 ? 12 : 36} bytes are there`,
      })
    },
  )
})

describe('interface statistics', () => {
  it.each(['little', 'big'] as const)('tell the drops, in %s-endian order', async (byteOrder) => {
    const { sectionHeader, interfaceDescription, statistics } = pcapngBlocks(byteOrder)
    const { source } = await readBytes(
      concatBytes(
        sectionHeader(),
        interfaceDescription(),
        interfaceDescription(),
        statistics(0, { ifdrop: 5n, osdrop: 2n }),
        statistics(1, { osdrop: 10n }),
        // Totals since the capture began: the newer replaces the older, and one that went back does not.
        statistics(0, { ifdrop: 6n, osdrop: 2n }),
        statistics(0, { ifdrop: 1n }),
        // Of no interface of this section.
        statistics(7, { ifdrop: 1000n }),
        sectionHeader(),
        interfaceDescription(),
        statistics(0, { ifdrop: 100n }),
      ),
    )
    expect(source.kernelDrops).toBe(8 + 10 + 100)
  })

  it('that know of no drops say 0, and those without counters nothing', async () => {
    const { sectionHeader, interfaceDescription, statistics } = pcapngBlocks()
    const start = concatBytes(sectionHeader(), interfaceDescription())
    expect((await readBytes(concatBytes(start, statistics(0, { ifdrop: 0n })))).source.kernelDrops).toBe(0)
    expect((await readBytes(concatBytes(start, statistics(0, {})))).source.kernelDrops).toBeUndefined()
    expect((await readBytes(start)).source.kernelDrops).toBeUndefined()
  })

  it('may straddle reads', async () => {
    const { sectionHeader, interfaceDescription, statistics } = pcapngBlocks()
    const bytes = concatBytes(sectionHeader(), interfaceDescription(), statistics(0, { osdrop: 3n }))
    expect((await readBytes(bytes, 5)).source.kernelDrops).toBe(3)
  })
})

describe('comments', () => {
  const { block, option, sectionHeader, interfaceDescription, enhancedPacket } = pcapngBlocks()
  const comment = (text: string) => option(1, Uint8Array.from(Buffer.from(text)))

  it('on the file are kept as they are, the first sixteen, none longer than a thousand characters', async () => {
    const texts = ['firewall, inside', 'ünïcode \u001b[31m', 'x'.repeat(5000)]
    const many = Array.from({ length: 20 }, (_, index) => `number ${index}`)
    const { source } = await readBytes(
      concatBytes(sectionHeader(concatBytes(...[...texts, ...many].map(comment))), interfaceDescription()),
    )
    expect(source.comments).toEqual([
      'firewall, inside',
      'ünïcode \u001b[31m',
      'x'.repeat(1000),
      ...many.slice(0, 13),
    ])
  })

  it('on packets are counted, whatever options stand before them', async () => {
    const packet = enhancedPacket(0, 1n, Uint8Array.of(1, 2, 3))
    const body = packet.slice(8, packet.length - 4)
    const flags = option(2, new Uint8Array(4))
    const { source, packets } = await readBytes(
      concatBytes(
        sectionHeader(),
        interfaceDescription(),
        packet,
        block(6, concatBytes(body, flags, comment('first'), comment('second'), option(0, new Uint8Array(0)))),
        block(6, concatBytes(body, flags)),
        block(6, concatBytes(body, comment('last'))),
        // A comment behind the end of the options, and one that its block cuts, are none.
        block(6, concatBytes(body, option(0, new Uint8Array(0)), comment('behind'))),
        block(6, concatBytes(body, comment('much longer than its block').slice(0, 8))),
      ),
    )
    expect(packets.length).toBe(6)
    expect(source.packetComments).toBe(2)
  })
})
