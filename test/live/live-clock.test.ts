import { describe, expect, it } from 'vitest'
import { LiveClock } from '../../src/live/live-clock.ts'

/** Milliseconds since 1970 at which the source began. */
const EPOCH = 1_795_000_000_000

/** A clock that is looked at every 100 ms, with the system's clock set by `step` ms at `at` ms. */
function played(step: number, at: number) {
  const clock = new LiveClock()
  const system = (now: number) => EPOCH + now + (now >= at ? step : 0)
  const look = (now: number) => clock.look({ system: system(now), before: now, after: now }, EPOCH)
  /** What the kernel stamps a packet with at `now`, nanoseconds since the epoch. */
  const stamp = (now: number) => (system(now) - EPOCH) * 1e6
  return { clock, look, stamp }
}

describe('the clock of an interface', () => {
  it.each([3_600_000, -3_600_000, 2000, -2000])(
    'goes on evenly when the system’s is set by %i ms',
    (step) => {
      const { clock, look, stamp } = played(step, 1050)
      for (let now = 0; now <= 3000; now += 100) {
        look(now)
        // One packet was stamped 40 ms before it is read, one is new.
        for (const when of [now - 40, now - 1]) expect(clock.evenOfPacket(stamp(when))).toBe(when * 1e6)
        expect(clock.even(stamp(now))).toBe(now * 1e6)
      }
      expect(clock.stepped).toBe(step * 1e6)
      expect(clock.steps).toBe(1)
    },
  )

  it('takes packets from before the step for what they are, however late they are read', () => {
    const { clock, look, stamp } = played(60_000, 1000)
    look(900)
    look(2000)
    expect([500, 999, 1000, 1500, 2000].map((when) => clock.evenOfPacket(stamp(when)) / 1e6)).toEqual([
      500, 999, 1000, 1500, 2000,
    ])
  })

  it('adds up several steps', () => {
    const clock = new LiveClock()
    clock.look({ system: EPOCH, before: 0, after: 0 }, EPOCH)
    clock.look({ system: EPOCH + 10_100, before: 100, after: 100 }, EPOCH)
    clock.look({ system: EPOCH + 5200, before: 200, after: 200 }, EPOCH)
    expect(clock.evenOfPacket(5200e6)).toBe(200e6)
    expect(clock.stepped).toBe(5000e6)
  })

  it('follows a clock that is slewed', () => {
    const clock = new LiveClock()
    // 500 ppm, the most that NTP slews by, for an hour.
    for (let now = 0; now <= 3_600_000; now += 1000) {
      clock.look({ system: EPOCH + now * 1.0005, before: now, after: now }, EPOCH)
    }
    expect(clock.steps).toBe(0)
  })

  it('does not take a slow reading for a step', () => {
    const clock = new LiveClock()
    clock.look({ system: EPOCH, before: 0, after: 0 }, EPOCH)
    clock.look({ system: EPOCH + 900, before: 100, after: 900 }, EPOCH)
    clock.look({ system: EPOCH + 1000, before: 1000, after: 1000 }, EPOCH)
    expect(clock.steps).toBe(0)
  })

  it('does not mind steps before there is a first packet', () => {
    const clock = new LiveClock()
    clock.look({ system: EPOCH - 50_000, before: 0, after: 0 }, undefined)
    clock.look({ system: EPOCH, before: 10, after: 10 }, undefined)
    clock.look({ system: EPOCH + 5, before: 15, after: 15 }, EPOCH)
    expect(clock.evenOfPacket(5e6)).toBe(5e6)
    expect(clock.steps).toBe(0)
  })
})
