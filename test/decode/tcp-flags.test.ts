import { describe, expect, it } from 'vitest'
import { ACK, AE, CWR, ECE, FIN, formatFlags, PSH, RST, SYN, URG } from '../../src/decode/tcp-flags.ts'

describe('formatFlags', () => {
  it.each([
    [0, 'none'],
    [SYN, 'S'],
    [ACK, '.'],
    [SYN | ACK, 'S.'],
    [FIN | PSH | ACK, 'FP.'],
    [RST | ACK, 'R.'],
    [SYN | ECE | CWR, 'SEW'],
    [FIN | SYN | RST | PSH | ACK | URG | ECE | CWR | AE, 'FSRPUEWe.'],
  ])('%i is %s', (flags, text) => {
    expect(formatFlags(flags)).toBe(text)
  })
})
