import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureError } from '../../src/capture/capture-error.ts'
import { READ_END, READ_STOPPED } from '../../src/capture/capture-source.ts'
import { writePcap } from '../support/pcap-writer.ts'
import { type ReadCapture, readBytes } from '../support/read-packets.ts'

const frames = fc.array(
  fc.record({
    time: fc.bigInt({ min: 0n, max: 2n ** 61n }),
    data: fc.uint8Array({ maxLength: 80 }),
    originalLength: fc.nat({ max: 9000 }),
  }),
  { maxLength: 6 },
)

/** A capture of any format with a few bytes changed and its end cut off. */
const damaged = fc
  .record({
    frames,
    format: fc.constantFrom('pcap' as const, 'pcap-ns' as const, 'pcap-modified' as const, 'pcapng' as const),
    byteOrder: fc.constantFrom('little' as const, 'big' as const),
    damage: fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 255 })), { maxLength: 4 }),
    length: fc.nat({ max: 600 }),
  })
  .map(({ frames, format, byteOrder, damage, length }) => {
    const bytes = writePcap(frames, { format, byteOrder })
    for (const [at, value] of damage) if (at < bytes.length) bytes[at] = value
    return bytes.slice(0, length)
  })

/** What reading shows: the packets and how it ended, or why the capture was refused. */
async function outcome(bytes: Uint8Array, chunkLength: number) {
  let capture: ReadCapture
  try {
    capture = await readBytes(bytes, chunkLength)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { refused: error.message }
  }
  const { source, packets, status } = capture
  const { epoch, stoppedAt, linkTypes, snaplen } = source
  return { packets, status, epoch, stoppedAt, linkTypes: [...linkTypes], snaplen }
}

describe('a damaged capture', () => {
  it('is refused or read up to the damage, in the same way however its bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.integer({ min: 1, max: 50 }), async (bytes, chunkLength) => {
        const whole = await outcome(bytes, 1000)
        expect(await outcome(bytes, chunkLength)).toEqual(whole)
        if ('refused' in whole) return
        expect([READ_END, READ_STOPPED]).toContain(whole.status)
        expect(whole.stoppedAt === undefined).toBe(whole.status === READ_END)
        if (whole.stoppedAt === undefined) return
        expect(whole.stoppedAt.packet).toBe(whole.packets.length)
        expect(whole.stoppedAt.offset).toBeLessThan(bytes.length)
      }),
      { numRuns: 500 },
    )
  })
})
