import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyReader } from '../../src/screen/screen-key.ts'

const SENT: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1bOB': 'down',
  '\x1b[5~': 'page-up',
  '\x1b[6~': 'page-down',
  '\x1b[1~': 'home',
  '\x1bOF': 'end',
  '\x1b[Z': 'back-tab',
  '\r': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\x03': 'ctrl-c',
  '\x1a': 'ctrl-z',
  q: 'q',
  '?': '?',
  é: 'é',
  '👍': '👍',
}

describe('KeyReader', () => {
  it.each(Object.entries(SENT))('knows %j as %s', (sent, key) => {
    const reader = new KeyReader()
    expect(reader.read(sent)).toEqual([key])
    expect(reader.isWaiting).toBe(false)
  })

  it('knows them in whatever pieces they come', () => {
    const pieces = fc.array(fc.constantFrom(...Object.keys(SENT)), { maxLength: 20 })
    fc.assert(
      fc.property(pieces, fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 }), (sent, lengths) => {
        const text = sent.join('')
        const reader = new KeyReader()
        const keys: string[] = []
        // A character outside the BMP is never split: the terminal's text is decoded as UTF-8.
        const units = Array.from(text)
        for (let at = 0, turn = 0; at < units.length; turn++) {
          const length = 1 + (lengths[turn % lengths.length] ?? 0)
          keys.push(...reader.read(units.slice(at, at + length).join('')))
          at += length
        }
        expect(keys).toEqual(sent.map((piece) => SENT[piece]))
      }),
    )
  })

  it('takes an ESC that nothing follows for the key, once it is told so', () => {
    const reader = new KeyReader()
    expect(reader.read('\x1b')).toEqual([])
    expect(reader.isWaiting).toBe(true)
    expect(reader.flush()).toEqual(['escape'])
    expect(reader.flush()).toEqual([])
    expect(reader.read('\x1b\x1b')).toEqual(['escape'])
  })

  it('passes over what it does not know, and never waits for ever', () => {
    const reader = new KeyReader()
    expect(reader.read('\x1b[1;5C\x1b[200~q')).toEqual(['q'])
    expect(reader.read('\x1bx\x01j')).toEqual(['j'])
    expect(reader.read(`\x1b[${'1'.repeat(64)}`).length).toBeGreaterThan(0)
  })

  it('never fails', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const reader = new KeyReader()
        for (const text of texts) for (const key of reader.read(text)) expect(key).not.toBe('')
      }),
    )
  })
})
