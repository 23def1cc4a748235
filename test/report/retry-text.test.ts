import { describe, expect, it } from 'vitest'
import {
  effectiveOrphanRetries,
  givenUpAfter,
  handshakeKept,
  handshakeSeconds,
} from '../../src/report/retry-text.ts'

describe('what numbers of retries come to', () => {
  it('is, with Linux’s defaults, what was measured and is documented', () => {
    expect(handshakeKept(5)).toBe('63 s (tcp_synack_retries = 5: 1 + 2 + 4 + 8 + 16 + 32 s)')
    expect(givenUpAfter(15)).toBeCloseTo(924.6)
    expect(givenUpAfter(effectiveOrphanRetries(0))).toBeCloseTo(102.2)
  })

  it('follows the setting', () => {
    expect(handshakeKept(0)).toBe('1 s (tcp_synack_retries = 0)')
    expect(handshakeKept(8)).toBe('367 s (tcp_synack_retries = 8)')
    expect(handshakeSeconds(1)).toBe(3)
    expect(givenUpAfter(4)).toBeCloseTo(6.2)
    expect(givenUpAfter(9)).toBeCloseTo(204.6)
    expect(givenUpAfter(10)).toBeCloseTo(324.6)
    expect(effectiveOrphanRetries(3)).toBe(3)
  })
})
