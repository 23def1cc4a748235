import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentileOf, Samples } from '../../src/check/samples.ts'

describe('samples', () => {
  it('have the percentile of nearest rank, exactly', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 3000 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 99 }), (all, percent) => {
        const samples = new Samples(true)
        for (const [index, value] of all.entries()) samples.add(value, index)
        const share = percentileOf(`p${percent}`) ?? 0
        const found = samples.percentile(share)
        const notAbove = all.filter((value) => value <= found).length
        const below = all.filter((value) => value < found).length
        expect(100 * notAbove).toBeGreaterThanOrEqual(percent * all.length)
        expect(100 * below).toBeLessThan(percent * all.length)
      }),
      { numRuns: 200 },
    )
  })

  it('name the extremes, of equals those that began first, whatever order they come in', () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 })
    fc.assert(
      fc.property(orders, (order) => {
        const samples = new Samples(false)
        for (const id of order) samples.add(id < 4 ? 9 : id, id)
        expect(samples.largest.map(({ connection }) => connection)).toEqual([0, 1, 2])
        expect(samples.smallest.map(({ connection }) => connection)).toEqual([4, 5, 6])
      }),
    )
  })

  it('weigh shares by what they are shares of', () => {
    const samples = new Samples(false)
    samples.addShare(1, 2, 1)
    samples.addShare(0, 998, 2)
    expect(samples.parts / samples.whole).toBe(0.001)
    expect(samples.largest[0]).toEqual({ value: 0.5, connection: 1 })
  })
})
