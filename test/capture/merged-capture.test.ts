import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READ_END, READ_STOPPED } from '../../src/capture/capture-source.ts'
import { MergedCapture } from '../../src/capture/merged-capture.ts'
import { openInput } from '../../src/capture/open-capture.ts'
import { MemoryInput } from '../support/memory-input.ts'
import { type PcapOptions, writePcap } from '../support/pcap-writer.ts'
import { readPackets } from '../support/read-packets.ts'

const START = 1_700_000_000_000_000_000n

/** A capture with a packet of one byte, its label, at each of these times. */
function capture(times: readonly number[], label: number, options: PcapOptions = {}): Uint8Array {
  return writePcap(
    times.map((time, index) => ({ time: START + BigInt(time), data: Uint8Array.of(label, index) })),
    { format: 'pcap-ns', ...options },
  )
}

async function merge(files: readonly Uint8Array[], chunkLength?: number) {
  const parts = []
  for (const [index, bytes] of files.entries()) {
    parts.push(await openInput(`capture ${index}`, new MemoryInput(bytes, chunkLength), { readLength: 4096 }))
  }
  const merged = new MergedCapture(parts)
  return { merged, ...(await readPackets(merged)) }
}

describe('captures merged', () => {
  it('come in order of time, counted from the first packet of all', async () => {
    const { merged, packets, status } = await merge([
      capture([100, 400, 900], 0),
      capture([50, 500], 1),
      capture([], 2),
      capture([450], 3),
    ])
    expect(status).toBe(READ_END)
    expect(merged.epoch).toBe(START + 50n)
    expect(packets.map(({ time }) => time)).toEqual([0, 50, 350, 400, 450, 850])
    expect(packets.map(({ data }) => data[0])).toEqual([1, 0, 0, 3, 1, 0])
    expect(packets.map(({ packet }) => packet)).toEqual([1, 2, 3, 4, 5, 6])
    expect(
      packets.map(({ packet }) => [merged.origins.source(packet), merged.origins.packet(packet)]),
    ).toEqual([
      [1, 1],
      [0, 1],
      [0, 2],
      [3, 1],
      [1, 2],
      [0, 3],
    ])
  })

  it('keep the order in which they were given where times are equal', async () => {
    const { packets } = await merge([capture([7, 7], 0), capture([7, 7], 1), capture([7], 2)])
    expect(packets.map(({ data }) => [...data])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ])
  })

  it('keep the order of a capture whose clock runs backwards', async () => {
    const { packets } = await merge([capture([300, 100, 500], 0), capture([200, 400], 1)])
    expect(packets.map(({ data }) => [...data])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 1],
      [0, 2],
    ])
  })

  it('have clocks and formats of their own', async () => {
    const { packets } = await merge([
      capture([1000, 3000], 0, { format: 'pcapng', byteOrder: 'big', timestampResolution: 6 }),
      capture([2000, 4000], 1, { format: 'pcap', linkType: 101 }),
    ])
    expect(packets.map(({ time, linkType }) => [time, linkType])).toEqual([
      [0, 1],
      [1000, 101],
      [2000, 1],
      [3000, 101],
    ])
  })

  it('go on when one of them is cut, and say which', async () => {
    const cut = capture([20, 60], 1)
    const { merged, packets, status } = await merge([
      capture([10, 50, 90], 0),
      cut.slice(0, cut.length - 1),
      capture([70], 2),
    ])
    expect(status).toBe(READ_STOPPED)
    expect(packets.map(({ data }) => data[0])).toEqual([0, 1, 0, 2, 0])
    expect(merged.parts.map(({ stoppedAt }) => stoppedAt?.packet)).toEqual([undefined, 1, undefined])
    expect(merged.stoppedAt?.reason).toContain('the file ends inside packet 2')
  })

  it('are those that a stable sort by time gives, in reads of any length', async () => {
    const times = fc.array(fc.nat({ max: 30 }), { maxLength: 12 }).map((list) => list.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        async (lists, chunkLength) => {
          const { packets } = await merge(
            lists.map((list, label) => capture(list, label)),
            chunkLength,
          )
          const expected = lists
            .flatMap((list, label) => list.map((time, index) => ({ time, label, index })))
            .sort((a, b) => a.time - b.time || a.label - b.label || a.index - b.index)
          expect(packets.map(({ data }) => [...data])).toEqual(
            expected.map(({ label, index }) => [label, index]),
          )
        },
      ),
      { numRuns: 40 },
    )
  })
})
