import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketOrigins } from '../../src/capture/packet-origins.ts'

describe('PacketOrigins', () => {
  it.each([2, 3, 16, 17, 300])('knows source and number of every packet of %i sources', (sources) => {
    const origins = new PacketOrigins(sources)
    const counts = new Uint32Array(sources)
    const expected: [source: number, packet: number][] = []
    for (let index = 0; index < 20_000; index++) {
      // Long runs and quick changes, the last source among them.
      const source = index % 3000 < 1500 ? Math.floor(index / 1500) % sources : (index * 7919) % sources
      counts[source] = (counts[source] ?? 0) + 1
      expected.push([source, counts[source] ?? 0])
      expect(origins.add(source)).toBe(index + 1)
    }
    const found = expected.map((_, index) => [origins.source(index + 1), origins.packet(index + 1)])
    expect(found).toEqual(expected)
  })

  it('is right for any sequence', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 600 }), (sequence) => {
        const origins = new PacketOrigins(5)
        for (const source of sequence) origins.add(source)
        for (const [index, source] of sequence.entries()) {
          const before = sequence.slice(0, index + 1).filter((other) => other === source)
          expect(origins.source(index + 1)).toBe(source)
          expect(origins.packet(index + 1)).toBe(before.length)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('goes on beyond a chunk of memory', () => {
    const origins = new PacketOrigins(2)
    const length = (1 << 20) + 5
    for (let index = 0; index < length; index++) origins.add(index & 1)
    expect(origins.source(length)).toBe(0)
    expect(origins.packet(length)).toBe((length + 1) / 2)
    expect(origins.packet(1 << 20)).toBe(1 << 19)
  })
})
