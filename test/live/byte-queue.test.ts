import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteQueue } from '../../src/live/byte-queue.ts'

describe('a queue of bytes', () => {
  it('gives what it got, in order, whatever the pieces', () => {
    const lengths = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(2 ** 20, 2 ** 20 + 1)),
      {
        maxLength: 12,
      },
    )
    fc.assert(
      fc.property(
        lengths,
        fc.array(fc.integer({ min: 1, max: 2 ** 20 }), { maxLength: 30 }),
        (pushed, taken) => {
          const queue = new ByteQueue(1)
          let next = 0
          let expected = 0
          const target = new Uint8Array(2 ** 20 + 7)
          const steps = Math.max(pushed.length, taken.length)
          for (let step = 0; step < steps; step++) {
            const bytes = Uint8Array.from({ length: pushed[step] ?? 0 }, () => next++ % 251)
            queue.push(bytes)
            const length = queue.take(target, 7, taken[step] ?? 0)
            expect(length).toBe(Math.min(taken[step] ?? 0, length + queue.length))
            for (let at = 0; at < length; at++) if (target[7 + at] !== expected++ % 251) return false
          }
          return queue.length === next - expected
        },
      ),
      { numRuns: 10 },
    )
  })

  it('is full when it holds what it may', () => {
    const queue = new ByteQueue(100)
    queue.push(new Uint8Array(99))
    expect(queue.isFull).toBe(false)
    queue.push(new Uint8Array(1))
    expect(queue.isFull).toBe(true)
    queue.take(new Uint8Array(1), 0, 1)
    expect(queue.isFull).toBe(false)
  })
})
