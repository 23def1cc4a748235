import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  distance,
  earlier,
  isAfter,
  isAtOrAfter,
  isAtOrBefore,
  isBefore,
  isInWindow,
  later,
} from '../../src/tracker/sequence.ts'

const HALF = 0x8000_0000
const MODULUS = 0x1_0000_0000

/** Numbers from anywhere in the circle, but often next to where int32 changes sign and where the circle closes. */
const sequenceNumber = fc.oneof(
  fc.integer({ min: -HALF, max: HALF - 1 }),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.integer({ min: HALF - 70_000, max: HALF + 70_000 }).map((value) => value | 0),
)
const step = fc.oneof(fc.integer({ min: 1, max: HALF - 1 }), fc.integer({ min: 1, max: 70_000 }))

/** The same question asked of exact integers: the position of `a` seen from `b`, 0 to 2^32 - 1. */
function forward(a: number, b: number): bigint {
  return BigInt.asUintN(32, BigInt(a) - BigInt(b))
}

describe('order', () => {
  it.each([
    ['small numbers', 100, 101],
    ['across 2^31', 0x7fff_ffff, 0x8000_0000 | 0],
    ['across 2^32', 0xffff_ffff | 0, 0],
    ['across 2^32 by a window', 0xffff_ff00 | 0, 0xff],
    ['the farthest comparable pair', 0, 0x7fff_ffff],
  ])('%s', (_name, early, late) => {
    expect(isBefore(early, late)).toBe(true)
    expect(isAfter(late, early)).toBe(true)
    expect(isBefore(late, early)).toBe(false)
    expect(isAfter(early, late)).toBe(false)
    expect(isAtOrBefore(early, late)).toBe(true)
    expect(isAtOrAfter(early, late)).toBe(false)
    expect(later(early, late)).toBe(late)
    expect(later(late, early)).toBe(late)
    expect(earlier(early, late)).toBe(early)
    expect(earlier(late, early)).toBe(early)
  })

  it('agrees with exact integers', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, (a, b) => {
        const ahead = forward(b, a)
        const isAhead = ahead > 0n && ahead <= BigInt(HALF)
        expect(isAfter(b, a)).toBe(isAhead)
        expect(isBefore(a, b)).toBe(isAhead)
      }),
    )
  })

  it('puts every number before all of the following 2^31 - 1', () => {
    fc.assert(
      fc.property(sequenceNumber, step, (start, count) => {
        const end = add(start, count)
        expect(isBefore(start, end)).toBe(true)
        expect(isAfter(end, start)).toBe(true)
        expect(later(start, end)).toBe(end)
        expect(earlier(start, end)).toBe(start)
        expect(distance(end, start)).toBe(count)
        expect(distance(start, end)).toBe(-count)
      }),
    )
  })

  it('has one answer of three for numbers less than 2^31 apart', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, (a, b) => {
        fc.pre(distance(a, b) !== -HALF)
        expect([isBefore(a, b), a === b, isAfter(a, b)].filter(Boolean)).toHaveLength(1)
        expect(isAtOrBefore(a, b)).toBe(isBefore(a, b) || a === b)
        expect(isAtOrAfter(a, b)).toBe(isAfter(a, b) || a === b)
      }),
    )
  })

  it('does not depend on where the circle is cut', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, sequenceNumber, (a, b, shift) => {
        expect(isBefore(add(a, shift), add(b, shift))).toBe(isBefore(a, b))
        expect(distance(add(a, shift), add(b, shift))).toBe(distance(a, b))
        expect(later(add(a, shift), add(b, shift))).toBe(add(later(a, b), shift))
      }),
    )
  })

  it('puts two numbers exactly 2^31 apart both before and after each other, as Linux does', () => {
    for (const [a, b] of [
      [0, -HALF],
      [-HALF, 0],
    ] as const) {
      expect(isBefore(a, b)).toBe(true)
      expect(isAfter(a, b)).toBe(true)
      expect(isAtOrBefore(a, b)).toBe(false)
      expect(isAtOrAfter(a, b)).toBe(false)
    }
  })
})

describe('add', () => {
  it('closes the circle at 2^32 and stays an int32', () => {
    expect(add(0xffff_ffff | 0, 1)).toBe(0)
    expect(add(0x7fff_ffff, 1)).toBe(-HALF)
    expect(add(0, -1) >>> 0).toBe(0xffff_ffff)
  })

  it('is undone by distance', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, (a, b) => {
        expect(add(b, distance(a, b))).toBe(a)
      }),
    )
  })

  it('reads signed and unsigned spellings alike', () => {
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, (a, b) => {
        expect(distance(a >>> 0, b)).toBe(distance(a, b))
        expect(isBefore(a, b >>> 0)).toBe(isBefore(a, b))
        expect(isInWindow(a >>> 0, b, 65_535)).toBe(isInWindow(a, b >>> 0, 65_535))
        expect(later(a >>> 0, b >>> 0)).toBe(later(a, b))
      }),
    )
  })
})

describe('isInWindow', () => {
  it.each([
    ['its left edge', 1000, 1000, 1, true],
    ['its last number', 1099, 1000, 100, true],
    ['its right edge', 1100, 1000, 100, false],
    ['one below', 999, 1000, 100, false],
    ['nothing in an empty window', 1000, 1000, 0, false],
    ['the far side of 2^32', 5, 0xffff_fff0 | 0, 32, true],
    ['the right edge past 2^32', 16, 0xffff_fff0 | 0, 32, false],
    ['a window larger than 2^31', 0x9000_0000 | 0, 0, 0xffff_ffff, true],
  ])('%s', (_name, seq, left, size, inside) => {
    expect(isInWindow(seq, left, size)).toBe(inside)
  })

  it('holds exactly the numbers of which it has room for', () => {
    const size = fc.integer({ min: 0, max: MODULUS - 1 })
    fc.assert(
      fc.property(sequenceNumber, sequenceNumber, size, (seq, left, room) => {
        expect(isInWindow(seq, left, room)).toBe(forward(seq, left) < BigInt(room))
      }),
    )
  })
})
