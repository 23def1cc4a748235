import { describe, expect, it } from 'vitest'
import { isOf, ordinalText, parseEnd } from '../../src/check/selection.ts'
import { parseAddress } from '../../src/decode/address.ts'

function end(address: string, port: number) {
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new Error(address)
  return { ipVersion: parsed.version, address: parsed.words, port }
}

describe('a pattern of ends', () => {
  it.each([
    ['10.0.0.9', '10.0.0.9', 443, true],
    ['10.0.0.9', '10.0.0.8', 443, false],
    ['10.0.0.9:443', '10.0.0.9', 443, true],
    ['10.0.0.9:443', '10.0.0.9', 80, false],
    [':443', '192.0.2.1', 443, true],
    [':443', '2001:db8::1', 444, false],
    ['10.0.0.0/9:443', '10.127.255.255', 443, true],
    ['10.0.0.0/9:443', '10.128.0.0', 443, false],
    ['10.0.0.0/8', '2001:db8::1', 1, false],
    ['2001:db8::9', '2001:db8::9', 5, true],
    ['[2001:db8::9]:443', '2001:db8::9', 443, true],
    ['[2001:db8::/33]:443', '2001:db8:7fff::1', 443, true],
    ['[2001:db8::/33]:443', '2001:db8:8000::1', 443, false],
    ['2001:db8::/64', '2001:db8:0:0:ffff::1', 443, true],
    ['2001:db8::/64', '2001:db8:0:1::1', 443, false],
    ['0.0.0.0/0', '203.0.113.7', 9, true],
  ])('%s and %s port %i: %s', (text, address, port, is) => {
    const pattern = parseEnd(text)
    if (pattern === undefined) return expect.fail('was not understood')
    expect(isOf(pattern, end(address, port))).toBe(is)
  })

  it('takes an address without brackets whole, port-like group or not', () => {
    expect(parseEnd('2001:db8::443')).toMatchObject({ port: null })
  })

  it.each([
    '',
    '443',
    ':0x1',
    ':65536',
    '10.0.0.256',
    '10.0.0.9:',
    'web:80',
    '10.0.0.0/33',
    '2001:db8::9:',
    'default',
    '[10.0.0.9',
  ])('is not %j', (text) => {
    expect(parseEnd(text)).toBeUndefined()
  })
})

it('numbers are told as people tell them', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(ordinalText)).toEqual(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th'.split(' '),
  )
})
