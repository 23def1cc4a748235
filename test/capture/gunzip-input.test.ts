import { constants, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { READ_END, READ_STOPPED } from '../../src/capture/capture-source.ts'
import { openInput } from '../../src/capture/open-capture.ts'
import { concatBytes } from '../support/frame-builder.ts'
import { MemoryInput } from '../support/memory-input.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { readPackets } from '../support/read-packets.ts'

/** Packets of 100 bytes that do not repeat each other, so that they compress to something like their size. */
function capture(packets: number): Uint8Array {
  let state = 1
  const byte = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return (state >>> 16) & 0xff
  }
  const header = writePcap([])
  const records = Array.from({ length: packets }, (_, index) =>
    writePcap([{ time: BigInt(index) * 1_000_000n, data: Uint8Array.from({ length: 100 }, byte) }]).subarray(
      header.length,
    ),
  )
  return Buffer.concat([header, ...records])
}

async function read(bytes: Uint8Array, chunkLength?: number, maxExpansion?: number) {
  const input = new MemoryInput(bytes, chunkLength)
  return readPackets(await openInput('x', input, { readLength: 65_536, maxExpansion }))
}

describe('gzip', () => {
  it.each([1, 7, 1000, 1_000_000])('gives what was compressed, in reads of %i bytes', async (chunkLength) => {
    const plain = capture(30)
    const { packets, status, source } = await read(gzipSync(plain), chunkLength)
    expect(status).toBe(READ_END)
    expect(packets).toEqual((await read(plain)).packets)
    expect(source.format).toBe('pcap')
  })

  it('gives a capture longer than any buffer', async () => {
    const plain = capture(30_000)
    const { packets, status } = await read(gzipSync(plain, { level: 1 }))
    expect(status).toBe(READ_END)
    expect(packets).toEqual((await read(plain)).packets)
  })

  it('takes concatenated members for one file, wherever they were divided', async () => {
    const plain = capture(30)
    const cuts = [0, 10, 24, 1000, plain.length]
    const members = cuts.slice(1).map((end, index) => gzipSync(plain.subarray(cuts[index], end)))
    const { packets, status } = await read(concatBytes(...members), 50)
    expect(status).toBe(READ_END)
    expect(packets.length).toBe(30)
  })

  it('knows how much of the file itself has been read', async () => {
    const bytes = gzipSync(capture(30))
    expect((await read(bytes)).source.bytesRead).toBe(bytes.length)
  })

  it('that is cut gives every packet before the cut', async () => {
    const plain = capture(500)
    const bytes = gzipSync(plain)
    for (const share of [0.3, 0.7, 0.95]) {
      const length = Math.floor(bytes.length * share)
      const { packets, source, status } = await read(bytes.subarray(0, length))
      expect(status).toBe(READ_STOPPED)
      // What another decompressor makes of the same bytes: Huffman coding alone keeps bytes in step with their data.
      expect(packets.length).toBeGreaterThan(500 * share - 12)
      expect(packets.length).toBeLessThan(500)
      expect(source.stoppedAt?.reason).toContain(
        `its gzip data are cut after ${length.toLocaleString('en-US')} bytes`,
      )
      expect(source.stoppedAt?.packet).toBe(packets.length)
    }
  })

  it.each([8, 5, 4, 1])(
    'that lacks its last %i bytes is cut, whole though its packets are',
    async (missing) => {
      const bytes = gzipSync(capture(20))
      const { packets, source, status } = await read(bytes.subarray(0, bytes.length - missing))
      expect(status).toBe(READ_STOPPED)
      expect(packets.length).toBe(20)
      expect(source.stoppedAt?.reason).toContain('are cut')
    },
  )

  it.each([
    ['checksum', 8],
    ['length', 4],
  ])('with a wrong %s gives all it has, and says so', async (_name, fromEnd) => {
    const bytes = Uint8Array.from(gzipSync(capture(20_000)))
    const at = bytes.length - fromEnd
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const { packets, source, status } = await read(bytes)
    expect(status).toBe(READ_STOPPED)
    expect(packets.length).toBe(20_000)
    expect(source.stoppedAt?.reason).toContain('the gzip checksum of what was read is wrong')
  })

  it('with a wrong checksum in the first of two members stops there', async () => {
    const plain = capture(40)
    const first = Uint8Array.from(gzipSync(plain.subarray(0, 2344)))
    first[first.length - 8] = (first[first.length - 8] ?? 0) ^ 1
    const { packets, status } = await read(concatBytes(first, gzipSync(plain.subarray(2344))))
    expect(status).toBe(READ_STOPPED)
    expect(packets.length).toBe(20)
  })

  it('that is damaged gives what precedes the damage', async () => {
    // Stored blocks, so that the place of each byte is known: the second block's length is spoilt.
    const first = gzipSync(capture(10), { level: 0, finishFlush: constants.Z_SYNC_FLUSH })
    const { packets, source, status } = await read(concatBytes(first, [0x06, 0xff, 0xff], new Uint8Array(40)))
    expect(status).toBe(READ_STOPPED)
    expect(packets.length).toBe(10)
    expect(source.stoppedAt?.reason).toMatch(
      /its gzip data are damaged within the first [\d,]+ bytes \(invalid/,
    )
  })

  it('followed by something else gives its packets and says so', async () => {
    const { packets, status } = await read(concatBytes(gzipSync(capture(10)), Buffer.from('something else')))
    expect(status).toBe(READ_STOPPED)
    expect(packets.length).toBe(10)
  })

  it('followed by zeros ends there, as gzip(1) has it', async () => {
    const { packets, status } = await read(concatBytes(gzipSync(capture(10)), new Uint8Array(500)))
    expect(status).toBe(READ_END)
    expect(packets.length).toBe(10)
  })
})

describe('a decompression bomb', () => {
  /** Empty packets without end: 1,000 to 1. */
  const bomb = gzipSync(Buffer.concat([capture(1), Buffer.alloc(40_000_000)]))

  it('is stopped, and what came before is there', async () => {
    const { packets, source, status } = await read(bomb)
    expect(status).toBe(READ_STOPPED)
    expect(packets.length).toBeGreaterThan(1_000_000)
    expect(packets.length).toBeLessThan(2_500_000)
    expect(source.stoppedAt?.reason).toMatch(
      /unpack to more than 250 times as many \(--max-expansion allows more\)/,
    )
  })

  it('is read to its end if the user allows it', async () => {
    const { packets, status } = await read(bomb, undefined, 2000)
    expect(status).toBe(READ_END)
    expect(packets.length).toBe(2_500_001)
  })
})
