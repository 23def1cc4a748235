import { describe, expect, it } from 'vitest'
import { READ_END, READ_STOPPED } from '../../src/capture/capture-source.ts'
import { hexBytes } from '../support/frame-builder.ts'
import { type CapturedFrame, writePcap } from '../support/pcap-writer.ts'
import { readBytes } from '../support/read-packets.ts'

const EPOCH = 1_700_000_000_123_456_000n

const frames: CapturedFrame[] = [
  { time: EPOCH, data: Uint8Array.of(1, 2, 3) },
  { time: EPOCH + 1000n, data: new Uint8Array(0), originalLength: 60 },
  { time: EPOCH - 5_000_000n, data: new Uint8Array(1500).fill(7), originalLength: 9000 },
  { time: EPOCH + 86_400_000_000_000n, data: Uint8Array.of(9) },
]

const packets = [
  { data: Uint8Array.of(1, 2, 3), originalLength: 3, linkType: 1, packet: 1, time: 0 },
  { data: new Uint8Array(0), originalLength: 60, linkType: 1, packet: 2, time: 1000 },
  { data: new Uint8Array(1500).fill(7), originalLength: 9000, linkType: 1, packet: 3, time: -5_000_000 },
  { data: Uint8Array.of(9), originalLength: 1, linkType: 1, packet: 4, time: 86_400_000_000_000 },
]

const formats = ['pcap', 'pcap-ns', 'pcap-modified'] as const
const byteOrders = ['little', 'big'] as const
const variants = formats.flatMap((format) => byteOrders.map((byteOrder) => ({ format, byteOrder })))

describe.each(variants)('$format in $byteOrder-endian order', ({ format, byteOrder }) => {
  const bytes = writePcap(frames, { format, byteOrder, snaplen: 65535 })

  it('gives every field of every packet', async () => {
    const { source, packets: read, status } = await readBytes(bytes)
    expect(read).toEqual(packets)
    expect(status).toBe(READ_END)
    expect(source.epoch).toBe(EPOCH)
    expect(source.format).toBe(format)
    expect(source.linkTypes).toEqual([1])
    expect(source.snaplen).toBe(65535)
    expect(source.stoppedAt).toBeUndefined()
  })

  it.each([1, 7, 64])('gives the same in reads of %i bytes', async (chunkLength) => {
    const { packets: read, status } = await readBytes(bytes, chunkLength)
    expect(read).toEqual(packets)
    expect(status).toBe(READ_END)
  })
})

/** Little-endian microseconds: file header with the given fields, as hex. */
const header = (version = '0200 0400', linkType = '01000000') =>
  `d4c3b2a1 ${version} 00000000 00000000 ffff0000 ${linkType}`

describe('the bytes of a record', () => {
  it('are seconds, microseconds, captured and original length', async () => {
    const { source, packets: read } = await readBytes(
      hexBytes(`${header()} | 00f15365 40e20100 02000000 03000000 | abcd`),
    )
    expect(source.epoch).toBe(1_700_000_000_123_456_000n)
    expect(read).toEqual([
      { data: Uint8Array.of(0xab, 0xcd), originalLength: 3, linkType: 1, packet: 1, time: 0 },
    ])
  })

  it('may hold a fraction of a second beyond its unit, which is added all the same', async () => {
    const { packets: read } = await readBytes(
      hexBytes(`${header()} | 01000000 00000000 00000000 00000000 | 01000000 80841e00 00000000 00000000`),
    )
    expect(read.map(({ time }) => time)).toEqual([0, 2_000_000_000])
  })

  it('count seconds without a sign until 2106', async () => {
    const { source } = await readBytes(hexBytes(`${header()} | ffffffff 00000000 00000000 00000000`))
    expect(source.epoch).toBe(4_294_967_295_000_000_000n)
  })
})

describe('the link type', () => {
  it('is the low 16 bits of its field: above them stands the length of the frame check sequence', async () => {
    const { source } = await readBytes(hexBytes(header('0200 0400', '71000044')))
    expect(source.linkTypes).toEqual([113])
  })
})

describe('a capture without packets', () => {
  it('ends at once', async () => {
    const { source, packets: read, status } = await readBytes(writePcap([]))
    expect(read).toEqual([])
    expect(status).toBe(READ_END)
    expect(source.epoch).toBe(0n)
  })
})

describe('a file that ends inside packet 2', () => {
  const bytes = writePcap([
    { time: EPOCH, data: new Uint8Array(10) },
    { time: EPOCH, data: new Uint8Array(10) },
  ])
  const second = 24 + 16 + 10

  it.each(Array.from({ length: 25 }, (_, index) => index + 1))(
    'stops there with %i bytes of it',
    async (present) => {
      const { source, packets: read, status } = await readBytes(bytes.slice(0, second + present), 32)
      expect(read.length).toBe(1)
      expect(status).toBe(READ_STOPPED)
      const needed = present < 16 ? 16 : 26
      expect(source.stoppedAt).toEqual({
        offset: second,
        packet: 1,
        reason: `the file ends inside packet 2: ${present} of ${needed} bytes are there`,
      })
    },
  )
})

describe('a record that lies about its length', () => {
  it('stops the reading, and does not wait for bytes', async () => {
    const {
      source,
      packets: read,
      status,
    } = await readBytes(
      hexBytes(`${header()} | 01000000 00000000 00000000 00000000 | 01000000 00000000 efbeadde 00000000`),
    )
    expect(read.length).toBe(1)
    expect(status).toBe(READ_STOPPED)
    expect(source.stoppedAt).toEqual({
      offset: 40,
      packet: 1,
      reason:
        'packet 2 claims 3,735,928,559 captured bytes, more than the 262,144 that capture programs write',
    })
  })

  it('may claim 262,144 bytes and no more', async () => {
    const largest = writePcap([{ time: EPOCH, data: new Uint8Array(262_144) }], { snaplen: 300_000 })
    expect((await readBytes(largest, 4096)).status).toBe(READ_END)
    const larger = writePcap([{ time: EPOCH, data: new Uint8Array(262_145) }], { snaplen: 300_000 })
    expect((await readBytes(larger, 4096)).status).toBe(READ_STOPPED)
  })
})

describe('a header that is not understood', () => {
  it.each(['0200 0200', '0200 0500', '0300 0400', '0000 0000'])('is refused: version %s', async (version) => {
    await expect(readBytes(hexBytes(header(version)))).rejects.toMatchObject({ code: 'unsupported-format' })
  })

  it.each(['0200 0300', '0200 0400'])('is not one of version %s', async (version) => {
    expect((await readBytes(hexBytes(header(version)))).status).toBe(READ_END)
  })

  it('is refused: a link type without a decoder', async () => {
    await expect(readBytes(writePcap([], { linkType: 105 }))).rejects.toMatchObject({
      code: 'unsupported-link-type',
      message: expect.stringContaining('link type 105 (IEEE 802.11)'),
    })
  })
})
