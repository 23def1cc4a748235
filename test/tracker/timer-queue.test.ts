import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimerQueue } from '../../src/tracker/timer-queue.ts'

interface Entry {
  readonly time: number
  readonly row: number
}

/** Few times, so that many entries fall due together; and some of nanosecond size. */
const ANY_TIME = fc.oneof(fc.nat(20), fc.double({ min: 0, max: 1e18, noNaN: true }))

describe('TimerQueue', () => {
  it('gives the entries as a sorted list does', () => {
    fc.assert(
      fc.property(fc.array(fc.option(ANY_TIME), { maxLength: 400 }), (commands) => {
        const queue = new TimerQueue()
        const model: Entry[] = []
        for (const [row, time] of commands.entries()) {
          if (time !== null) {
            queue.add(time, row)
            model.push({ time, row })
          } else if (model.length > 0) {
            const earliest = Math.min(...model.map((entry) => entry.time))
            const taken = queue.take()
            const at = model.findIndex((entry) => entry.row === taken)
            expect(model[at]?.time).toBe(earliest)
            model.splice(at, 1)
          }
          expect(queue.size).toBe(model.length)
          expect(queue.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.map((entry) => entry.time)))
        }
      }),
    )
  })

  it('holds more entries than it began with', () => {
    const queue = new TimerQueue()
    const count = 5000
    // A stride prime to the count visits every time once.
    for (let i = 0; i < count; i++) queue.add((i * 1777) % count, (i * 1777) % count)
    const order = Array.from({ length: count }, () => queue.take())
    expect(order).toEqual(Array.from({ length: count }, (_, index) => index))
    expect([queue.size, queue.next]).toEqual([0, Number.POSITIVE_INFINITY])
  })
})
