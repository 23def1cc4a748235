import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asOfTime, parseAsOf } from '../../src/cli/as-of.ts'
import { UsageError } from '../../src/cli/usage-error.ts'

describe('parseAsOf', () => {
  it.each([
    ['+12.5', 'first-packet', 12_500_000_000n],
    ['+0', 'first-packet', 0n],
    ['+0.000000001', 'first-packet', 1n],
    ['1763672591', 'epoch', 1_763_672_591_000_000_000n],
    ['1763672591.123456789', 'epoch', 1_763_672_591_123_456_789n],
    ['1763672591.1234567899', 'epoch', 1_763_672_591_123_456_789n],
    ['2025-11-20T21:03:11Z', 'epoch', 1_763_672_591_000_000_000n],
    ['2025-11-20T21:03:11.25Z', 'epoch', 1_763_672_591_250_000_000n],
    ['2025-11-20t21:03:11.123456789z', 'epoch', 1_763_672_591_123_456_789n],
    ['2025-11-20 21:03:11Z', 'epoch', 1_763_672_591_000_000_000n],
    ['2025-11-20T22:33:11+01:30', 'epoch', 1_763_672_591_000_000_000n],
    ['2025-11-20T13:03:11-08:00', 'epoch', 1_763_672_591_000_000_000n],
    ['2024-02-29T00:00:00Z', 'epoch', 1_709_164_800_000_000_000n],
    ['2016-12-31T23:59:60Z', 'epoch', 1_483_228_800_000_000_000n],
  ] as const)('reads %s', (text, from, nanoseconds) => {
    expect(parseAsOf(text)).toEqual({ from, nanoseconds })
  })

  it.each([
    '',
    'now',
    '12:30',
    '-5',
    '+',
    '+1.',
    '.5',
    '1e9',
    '0x10',
    '2025-11-20',
    '2025-11-20T21:03:11',
    '2025-13-20T21:03:11Z',
    '2025-02-29T21:03:11Z',
    '2025-11-20T24:00:00Z',
    '2025-11-20T21:60:00Z',
    '2025-11-20T21:03:11+25:00',
    '2025-11-20T21:03:11Z ',
  ])('refuses %j and says what it takes', (text) => {
    expect(() => parseAsOf(text)).toThrow(UsageError)
    expect(() => parseAsOf(text)).toThrow(/give \+SECONDS after the first packet, epoch seconds, or 2026-/)
  })

  it('reads back what Date writes', () => {
    const dates = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        const nanoseconds = BigInt(date.getTime()) * 1_000_000n
        expect(parseAsOf(date.toISOString())).toEqual({ from: 'epoch', nanoseconds })
      }),
    )
  })
})

describe('asOfTime', () => {
  const epoch = 1_763_672_591_123_456_789n

  it('counts from the first packet', () => {
    expect(asOfTime(parseAsOf('+1.5'), epoch)).toBe(1_500_000_000)
    expect(asOfTime(parseAsOf('1763672592.123456790'), epoch)).toBe(1_000_000_001)
    expect(asOfTime(parseAsOf('1763672591'), epoch)).toBe(-123_456_789)
  })
})
