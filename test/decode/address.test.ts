import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from '../../src/decode/address.ts'

describe('formatAddress', () => {
  it('writes IPv4 with dots', () => {
    expect(formatAddress(4, 0, 0, 0, 0)).toBe('0.0.0.0')
    expect(formatAddress(4, 0x0a000001, 0, 0, 0)).toBe('10.0.0.1')
    expect(formatAddress(4, 0xfffefdfc | 0, 0, 0, 0)).toBe('255.254.253.252')
  })

  it.each([
    ['leading zeros of a group go', [0x20010db8, 0x00000001, 0x00020003, 0x00040005], '2001:db8:0:1:2:3:4:5'],
    ['the longest run of zeros goes', [0x20010000, 0x00000001, 0, 1], '2001:0:0:1::1'],
    ['of two equal runs the first goes', [0x20010db8, 0, 0x00010000, 1], '2001:db8::1:0:0:1'],
    ['a single zero group stays', [0x20010db8, 0x00000001, 0x00010001, 0x00010001], '2001:db8:0:1:1:1:1:1'],
    [
      'letters are small',
      [0xabcdef01, 0xabcdef01, 0xabcdef01, 0xabcdef01].map((word) => word | 0),
      undefined,
    ],
    ['all zeros', [0, 0, 0, 0], '::'],
    ['zeros at the start', [0, 0, 0, 1], '::1'],
    ['zeros at the end', [0x20010db8, 0, 0, 0], '2001:db8::'],
    ['IPv4-mapped', [0, 0, 0xffff, 0x0a000001], '::ffff:10.0.0.1'],
  ] as const)('writes IPv6 as RFC 5952 asks: %s', (_name, words, text) => {
    const [word0 = 0, word1 = 0, word2 = 0, word3 = 0] = words
    const expected = text ?? 'abcd:ef01:abcd:ef01:abcd:ef01:abcd:ef01'
    expect(formatAddress(6, word0, word1, word2, word3)).toBe(expected)
  })
})

describe('parseAddress', () => {
  it.each([
    ['10.0.0.1', 4, [0x0a000001, 0, 0, 0]],
    ['255.255.255.255', 4, [-1, 0, 0, 0]],
    ['::', 6, [0, 0, 0, 0]],
    ['::1', 6, [0, 0, 0, 1]],
    ['fe80::', 6, [0xfe800000 | 0, 0, 0, 0]],
    ['2001:DB8:0:0:8:800:200C:417A', 6, [0x20010db8, 0, 0x00080800, 0x200c417a]],
    ['::ffff:10.0.0.1', 6, [0, 0, 0xffff, 0x0a000001]],
    ['64:ff9b::192.0.2.33', 6, [0x0064ff9b, 0, 0, 0xc0000221 | 0]],
  ])('reads %s', (text, version, words) => {
    expect(parseAddress(text)).toEqual({ version, words })
  })

  it.each(['', 'host', '10.0.0', '10.0.0.256', '1::2::3', 'fe80::1%eth0', '10.0.0.1:80', ':::'])(
    'refuses "%s"',
    (text) => {
      expect(parseAddress(text)).toBeUndefined()
    },
  )

  it('reads what formatAddress writes', () => {
    const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }), fc.integer())
    fc.assert(
      fc.property(word, word, word, word, (word0, word1, word2, word3) => {
        const words = [word0, word1, word2, word3]
        expect(parseAddress(formatAddress(6, word0, word1, word2, word3))).toEqual({ version: 6, words })
        expect(parseAddress(formatAddress(4, word0, 0, 0, 0))).toEqual({
          version: 4,
          words: [word0, 0, 0, 0],
        })
      }),
    )
  })
})
