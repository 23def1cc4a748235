import { expect, it } from 'vitest'
import { grown } from '../../src/live/kernel-counts.ts'

it('goes on counting when the kernel’s 32 bits begin again', () => {
  let count = 0
  for (const low of [5, 5, 4_000_000_000, 3, 4_294_967_295, 0]) count = grown(count, low)
  expect(count).toBe(3 * 2 ** 32 - 2 ** 32)
})
