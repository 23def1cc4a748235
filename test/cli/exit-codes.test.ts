import { describe, expect, it } from 'vitest'
import {
  EXIT_DONE,
  EXIT_FAULT,
  EXIT_FINDINGS,
  EXIT_INCOMPLETE,
  EXIT_NO_INTERFACE,
  EXIT_UNREADABLE,
  EXIT_USAGE,
  exitCode,
} from '../../src/cli/exit-codes.ts'

describe('exitCode', () => {
  it('is 0 when nothing applies', () => {
    expect(exitCode([])).toBe(EXIT_DONE)
    expect(exitCode([EXIT_DONE])).toBe(EXIT_DONE)
  })

  it('prefers in the order 70, 2, 3, 5, 4, 1', () => {
    const order = [70, 2, 3, 5, 4, 1]
    expect([
      EXIT_FAULT,
      EXIT_USAGE,
      EXIT_UNREADABLE,
      EXIT_NO_INTERFACE,
      EXIT_INCOMPLETE,
      EXIT_FINDINGS,
    ]).toEqual(order)
    for (const [index, code] of order.entries()) expect(exitCode(order.slice(index).reverse())).toBe(code)
  })
})
