import { describe, expect, it } from 'vitest'
import {
  bytesText,
  countOf,
  countText,
  durationText,
  percentText,
  timesText,
} from '../../src/report/number-text.ts'

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1_000, '1.00 µs'],
    [12_340, '12.3 µs'],
    [999_499, '999 µs'],
    [999_500, '1.00 ms'],
    [12_300_000, '12.3 ms'],
    [999_499_999, '999 ms'],
    [999_500_000, '1.00 s'],
    [1_200_000_000, '1.20 s'],
    [9_994_000_000, '9.99 s'],
    [9_996_000_000, '10.0 s'],
    [63_200_000_000, '63.2 s'],
    [99_960_000_000, '100 s'],
    [119_400_000_000, '119 s'],
    [120_000_000_000, '2 min'],
    [200_000_000_000, '3 min 20 s'],
    [3_599_400_000_000, '59 min 59 s'],
    [3_600_000_000_000, '1 h'],
    [7_500_000_000_000, '2 h 5 min'],
    [86_400_000_000_000, '1 d'],
    [277_200_000_000_000, '3 d 5 h'],
    [-1_500_000_000, '-1.50 s'],
  ])('%i ns is %s', (nanoseconds, text) => {
    expect(durationText(nanoseconds)).toBe(text)
  })
})

describe('bytesText', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [4_210, '4.2 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [12_345_678, '12 MB'],
    [3.2e12, '3.2 TB'],
    [5e18, '5000 PB'],
  ])('%i is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })
})

describe('counts', () => {
  it('are grouped by thousands', () => {
    expect([0, 999, 1_000, 12_408, 1_234_567].map(countText)).toEqual([
      '0',
      '999',
      '1,000',
      '12,408',
      '1,234,567',
    ])
  })

  it('agree with their noun', () => {
    expect(countOf(1, 'packet')).toBe('1 packet')
    expect(countOf(0, 'packet')).toBe('0 packets')
    expect(countOf(2000, 'frame captured twice', 'frames captured twice')).toBe('2,000 frames captured twice')
  })

  it('say how often', () => {
    expect([1, 2, 3, 1200].map(timesText)).toEqual(['once', 'twice', '3 times', '1,200 times'])
  })

  it('do not round a small share to nothing', () => {
    expect([0, 0.000001, 0.0002, 0.045, 0.5].map(percentText)).toEqual([
      '0.00 %',
      '< 0.01 %',
      '0.02 %',
      '4.5 %',
      '50 %',
    ])
  })
})
