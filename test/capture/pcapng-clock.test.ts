import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PcapngClock } from '../../src/capture/pcapng-clock.ts'

const high = (ticks: bigint) => Number(ticks >> 32n)
const low = (ticks: bigint) => Number(ticks & 0xffff_ffffn)

/** Units per second by if_tsresol: a power of 10, or with the top bit of 2. */
const unitsPerSecond = (resolution: number) =>
  resolution >= 0x80 ? 2n ** BigInt(resolution - 0x80) : 10n ** BigInt(resolution)

const floorDivide = (dividend: bigint, divisor: bigint) => {
  const quotient = dividend / divisor
  return quotient * divisor > dividend ? quotient - 1n : quotient
}

describe('PcapngClock', () => {
  it('is exact for every resolution, offset and epoch, 104 days around the epoch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }),
        (timestampResolution, timestampOffset, ticks, distance) => {
          const clock = new PcapngClock({ timestampResolution, timestampOffset })
          const exact =
            floorDivide(ticks * 1_000_000_000n, unitsPerSecond(timestampResolution)) +
            timestampOffset * 1_000_000_000n
          expect(clock.absolute(high(ticks), low(ticks))).toBe(exact)
          clock.startAt(exact - distance)
          expect(BigInt(clock.since(high(ticks), low(ticks)))).toBe(distance)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
