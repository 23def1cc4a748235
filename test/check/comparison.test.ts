import { describe, expect, it } from 'vitest'
import {
  comparisonText,
  holds,
  parseComparison,
  seenText,
  type ValueKind,
} from '../../src/check/comparison.ts'

const PASSING: readonly (readonly [
  ValueKind,
  unknown,
  string,
  right: readonly number[],
  wrong: readonly number[],
])[] = [
  ['count', 3, '3', [3], [2, 4]],
  ['count', 0, '0', [0], [1]],
  ['count', '3', '3', [3], [2.5]],
  ['count', '= 3', '3', [3], [4]],
  ['count', '< 5', 'less than 5', [0, 4], [5]],
  ['count', '<=5', 'at most 5', [5], [6]],
  ['count', '> 0', 'more than 0', [1], [0]],
  ['count', '>= 1', 'at least 1', [1, 1e9], [0]],
  ['count', '2..4', '2 to 4', [2, 4], [1, 5]],
  ['count', '>= 2, < 4', 'at least 2, less than 4', [2, 3], [4, 1]],
  ['seconds', 0.05, '50 ms', [0.05], [0.0501]],
  ['seconds', '< 0.05', 'less than 50 ms', [0.049], [0.05]],
  ['seconds', '<200ms', 'less than 200 ms', [0.1999], [0.2]],
  ['seconds', '0.1..0.5', '100 ms to 500 ms', [0.1, 0.5], [0.0999]],
  ['seconds', '< 2 min', 'less than 2 min', [119], [120]],
  ['share', '< 1%', 'less than 1 %', [0.0099], [0.01]],
  ['share', 0.5, '50 %', [0.5], [0.49]],
  ['bytes', '>= 10 kB', 'at least 10 kB', [10_000], [9999]],
]

describe('a comparison', () => {
  it.each(PASSING)('of a %s: %j is %s', (kind, written, text, right, wrong) => {
    const comparison = parseComparison(kind, written)
    if (comparison === undefined) return expect.fail('was not understood')
    expect(comparisonText(kind, comparison)).toBe(text)
    expect(right.filter((value) => !holds(comparison, value))).toEqual([])
    expect(wrong.filter((value) => holds(comparison, value))).toEqual([])
  })

  it.each([
    ['count', 'many'],
    ['count', '< 5 s'],
    ['count', '5..2'],
    ['count', '< 2, > 4'],
    ['count', '< 2, >= 2'],
    ['count', -1],
    ['count', Number.NaN],
    ['count', null],
    ['count', true],
    ['count', '1, 2, 3'],
    ['seconds', '< 5 parsecs'],
    ['seconds', '< 1%'],
    ['share', 1.5],
    ['bytes', '10 kb'],
  ] as const)('of a %s is not %j', (kind, written) => {
    expect(parseComparison(kind, written)).toBeUndefined()
  })

  it('is not shown as met by a number that rounding moved onto its bound', () => {
    const comparison = parseComparison('seconds', '< 0.05')
    if (comparison === undefined) return expect.fail('was not understood')
    expect(seenText('seconds', 0.0500001, comparison)).toBe('0.0500001 s')
    expect(seenText('seconds', 0.07, comparison)).toBe('70.0 ms')
  })
})
