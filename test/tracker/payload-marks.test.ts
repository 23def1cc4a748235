import { describe, expect, it } from 'vitest'
import type { Segment } from '../../src/decode/segment.ts'
import { beginningOf, beginOtherwise } from '../../src/tracker/payload-marks.ts'

/** As much of a segment as is looked at. */
function beginning(text: string, captured = text.length): number {
  const view = new DataView(new TextEncoder().encode(text).buffer)
  const segment = { view, payloadStart: 0, captureEnd: captured, payloadLength: text.length }
  return beginningOf(segment as Segment)
}

const TRUE_ANSWER = 'HTTP/1.1 200 OK\r\nServer: nginx/1.4.4\r\nContent-Length: 23\r\n\r\n'
const FORGED_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nBANG!'

describe('the beginnings of two payloads', () => {
  it('differ behind a status line that both have', () => {
    expect(beginOtherwise(beginning(TRUE_ANSWER), beginning(FORGED_ANSWER))).toBe(true)
  })

  it('are alike if only what follows 32 bytes is another', () => {
    expect(beginOtherwise(beginning(`${'a'.repeat(32)}bcd`), beginning(`${'a'.repeat(32)}efg`))).toBe(false)
  })

  it('are not compared if one is shorter', () => {
    expect(beginOtherwise(beginning(TRUE_ANSWER), beginning(TRUE_ANSWER.slice(0, 20)))).toBe(false)
    expect(beginOtherwise(beginning('b'.repeat(40)), beginning('a'.repeat(20)))).toBe(false)
  })

  it('are compared by 16 bytes if both are short', () => {
    expect(beginOtherwise(beginning('b'.repeat(20)), beginning('a'.repeat(20)))).toBe(true)
    expect(beginOtherwise(beginning('a'.repeat(20)), beginning('a'.repeat(20)))).toBe(false)
  })

  it('are unknown where too little was sent or captured', () => {
    expect(beginning('a'.repeat(15))).toBe(0)
    expect(beginning(TRUE_ANSWER, 15)).toBe(0)
    expect(beginOtherwise(0, beginning(TRUE_ANSWER))).toBe(false)
  })
})
