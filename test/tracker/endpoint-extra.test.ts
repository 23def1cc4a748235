import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addRange, removeRange } from '../../src/tracker/endpoint-extra.ts'

/** Ranges live in a stretch of this many numbers, placed anywhere in the sequence space. */
const STRETCH = 64
const MAX_RANGES = 32

const ANY_BASE = fc.constantFrom(0, 1000, 0x7fffffe0, -0x80000000, -32, -1)
const ANY_RANGE = fc
  .tuple(fc.nat(STRETCH - 1), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]) => ({ from, to: Math.min(STRETCH, from + length) }))
const COMMAND = fc.record({ action: fc.constantFrom('add', 'add', 'remove'), range: ANY_RANGE })

/** The numbers that ordered ranges cover, relative to `base`. */
function numbersIn(ranges: readonly number[], base: number): number[] {
  const numbers: number[] = []
  for (let at = 0; at < ranges.length; at += 2) {
    const from = ((ranges[at] as number) - base) | 0
    const to = ((ranges[at + 1] as number) - base) | 0
    for (let number = from; number < to; number++) numbers.push(number)
  }
  return numbers
}

describe('addRange and removeRange', () => {
  it('do what a set of numbers does, wherever the sequence space wraps', () => {
    fc.assert(
      fc.property(ANY_BASE, fc.array(COMMAND, { maxLength: 60 }), (base, commands) => {
        const ranges: number[] = []
        const model = new Set<number>()
        for (const { action, range } of commands) {
          const left = (base + range.from) | 0
          const right = (base + range.to) | 0
          const inside = Array.from({ length: range.to - range.from }, (_, index) => range.from + index)
          if (action === 'add') {
            addRange(ranges, left, right)
            for (const number of inside) model.add(number)
          } else {
            expect(removeRange(ranges, left, right)).toBe(inside.some((number) => model.has(number)))
            for (const number of inside) model.delete(number)
          }
          expect(numbersIn(ranges, base)).toEqual([...model].sort((a, b) => a - b))
        }
      }),
    )
  })

  it('keep as few ranges as there are: what touches is joined', () => {
    fc.assert(
      fc.property(ANY_BASE, fc.array(COMMAND, { maxLength: 60 }), (base, commands) => {
        const ranges: number[] = []
        for (const { action, range } of commands) {
          const change = action === 'add' ? addRange : removeRange
          change(ranges, (base + range.from) | 0, (base + range.to) | 0)
        }
        for (let at = 0; at + 1 < ranges.length; at++) {
          expect(((ranges[at + 1] as number) - (ranges[at] as number)) | 0).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('keep int32 numbers whatever spelling comes in', () => {
    const ranges: number[] = []
    addRange(ranges, 0x7ffffff0 | 0, 0x80000010 | 0)
    addRange(ranges, 0x80000010 | 0, 0x80000020 | 0)
    expect(ranges).toEqual([0x7ffffff0, -0x7fffffe0])
  })
})

describe('past the bound', () => {
  it('the last range swallows what is too much: nothing added is lost, and no more is kept', () => {
    const ranges: number[] = []
    for (let index = 0; index < 3 * MAX_RANGES; index++) addRange(ranges, 10 * index, 10 * index + 1)
    expect(ranges).toHaveLength(2 * MAX_RANGES)
    expect(ranges.at(-2)).toBe(10 * (MAX_RANGES - 1))
    expect(ranges.at(-1)).toBe(10 * (3 * MAX_RANGES - 1) + 1)
  })

  it('a range in the middle goes to the last one as well', () => {
    const ranges: number[] = []
    for (let index = 0; index < MAX_RANGES; index++) addRange(ranges, 10 * index, 10 * index + 1)
    addRange(ranges, 5, 6)
    const covered = new Set(numbersIn(ranges, 0))
    expect(ranges).toHaveLength(2 * MAX_RANGES)
    expect(covered.has(5)).toBe(true)
    for (let index = 0; index < MAX_RANGES; index++) expect(covered.has(10 * index)).toBe(true)
  })

  it('is not passed by taking numbers out of the middle either', () => {
    const ranges: number[] = []
    addRange(ranges, 0, 10_000)
    for (let index = 0; index < 100; index++) removeRange(ranges, 100 * index + 50, 100 * index + 51)
    expect(ranges.length).toBeLessThanOrEqual(2 * MAX_RANGES)
  })
})
