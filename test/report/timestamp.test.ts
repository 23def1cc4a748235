import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timestamp } from '../../src/report/timestamp.ts'

const EPOCH = 1_763_672_591_123_456_789n

describe('Timestamp', () => {
  it('gives every nanosecond in RFC 3339', () => {
    expect(new Timestamp(EPOCH).rfc3339(0)).toBe('2025-11-20T21:03:11.123456789Z')
    expect(new Timestamp(EPOCH).rfc3339(876_543_210)).toBe('2025-11-20T21:03:11.999999999Z')
    expect(new Timestamp(EPOCH).rfc3339(876_543_211)).toBe('2025-11-20T21:03:12.000000000Z')
  })

  it('goes back before the first packet when the clock did', () => {
    expect(new Timestamp(EPOCH).rfc3339(-123_456_790)).toBe('2025-11-20T21:03:10.999999999Z')
    expect(new Timestamp(0n).rfc3339(-1)).toBe('1969-12-31T23:59:59.999999999Z')
    expect(new Timestamp(-1n).rfc3339(0)).toBe('1969-12-31T23:59:59.999999999Z')
  })

  it('is exact where a division by 10^9 rounds to the next second', () => {
    const time = 9_000_000 * 1e9 - 1
    expect(new Timestamp(0n).rfc3339(time)).toBe('1970-04-15T03:59:59.999999999Z')
  })

  it('gives seconds since 1970 to the microsecond, the rest cut off', () => {
    expect(new Timestamp(EPOCH).seconds(0)).toBe('1763672591.123456')
    expect(new Timestamp(EPOCH).seconds(876_543_210)).toBe('1763672591.999999')
    expect(new Timestamp(EPOCH).seconds(876_543_211)).toBe('1763672592.000000')
    expect(new Timestamp(0n).seconds(1_000)).toBe('0.000001')
    expect(new Timestamp(0n).seconds(-1_500_000_000)).toBe('-1.500000')
    expect(new Timestamp(0n).seconds(-500_000_000)).toBe('-0.500000')
    expect(new Timestamp(0n).seconds(-2_000_000_000)).toBe('-2.000000')
  })

  it('survives times that no calendar has', () => {
    expect(new Timestamp(2n ** 63n).rfc3339(0)).toMatch(/Z$/)
    expect(new Timestamp(2n ** 80n).rfc3339(0)).toMatch(/^\+275760-09-13T00:00:00\.\d{9}Z$/)
  })

  it('agrees with bigint arithmetic', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 4_000_000_000n * 10n ** 9n), fc.maxSafeNat(), (epoch, time) => {
        const total = epoch + BigInt(time)
        const text = new Date(Number(total / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
        const fraction = String(total % 1_000_000_000n).padStart(9, '0')
        expect(new Timestamp(epoch).rfc3339(time)).toBe(`${text}.${fraction}Z`)
      }),
    )
  })

  it('has as many decimals for people as asked', () => {
    const timestamp = new Timestamp(EPOCH)
    expect(timestamp.utc(0)).toBe('2025-11-20 21:03:11 UTC')
    expect(timestamp.utc(0, 6)).toBe('2025-11-20 21:03:11.123456 UTC')
  })
})
