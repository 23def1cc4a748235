import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cutEnd,
  cutMiddle,
  joinParts,
  padEnd,
  padStart,
  printable,
  textWidth,
  wrapParts,
  wrapWords,
} from '../../src/report/text-layout.ts'

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['┌─→…', 4],
    ['日本', 4],
    ['한글', 4],
    ['🙂', 2],
    ['e\u0301', 1],
  ])('of %j is %i', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('cutting', () => {
  it('leaves alone what fits', () => {
    expect(cutEnd('abc', 3)).toBe('abc')
    expect(cutMiddle('abc', 3)).toBe('abc')
  })

  it('marks where text is missing', () => {
    expect(cutEnd('abcdef', 4)).toBe('abc…')
    expect(cutMiddle('[2001:db8::1234]:443', 11)).toBe('[2001…]:443')
  })

  it('never exceeds the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        expect(textWidth(cutEnd(text, width))).toBeLessThanOrEqual(width)
        expect(textWidth(cutMiddle(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('does not split a character that takes two code units', () => {
    expect(cutEnd('🙂🙂🙂', 5)).toBe('🙂🙂…')
    expect(cutMiddle('🙂🙂🙂🙂', 6)).toBe('🙂…🙂')
  })
})

describe('padding', () => {
  it('counts terminal cells', () => {
    expect(padEnd('日', 4)).toBe('日  ')
    expect(padStart('日', 4)).toBe('  日')
    expect(padEnd('long', 2)).toBe('long')
  })
})

describe('wrapWords', () => {
  it('breaks between words', () => {
    expect(wrapWords('SYN sent, never answered', 12)).toEqual(['SYN sent,', 'never', 'answered'])
  })

  it('keeps a number with its unit', () => {
    expect(wrapWords('reset by server after 1.20 s', 26)).toEqual(['reset by server after', '1.20 s'])
  })

  it('breaks a word that is longer than a line', () => {
    expect(wrapWords('ab abcdefgh c', 4)).toEqual(['ab', 'abcd', 'efgh', 'c'])
  })

  it('loses nothing', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,9}$/), { minLength: 1 })
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 20 }), (list, width) => {
        const lines = wrapParts(list, width)
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''))
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('joinParts', () => {
  it('breaks between parts and drops a dot there', () => {
    expect(joinParts(['aaaa', 'bbbb', 'cc'], ' · ', 11)).toEqual(['aaaa · bbbb', '  cc'])
  })

  it('keeps a comma at the end of the line', () => {
    expect(joinParts(['aaaa', 'bbbb', 'cc'], ', ', 11)).toEqual(['aaaa, bbbb,', '  cc'])
  })
})

describe('printable', () => {
  it('shows what a terminal would act on', () => {
    expect(printable('a\x1b[31mb\r\n\tc\x9b\u202e.pcap')).toBe('a\\x1b[31mb\\x0d\\n\\tc\\x9b\\u202e.pcap')
  })

  it('leaves ordinary names of any script alone', () => {
    expect(printable('Messung 3 – größer 日本.pcap')).toBe('Messung 3 – größer 日本.pcap')
  })
})
