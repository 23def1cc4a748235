import { describe, expect, it } from 'vitest'
import { HostDirectory } from '../../src/audit/host-places.ts'
import type { HostEnd } from '../../src/tracker/host-totals.ts'

const end = (word: number, port = 80): HostEnd => ({ ipVersion: 4, address: [word, 0, 0, 0], port })

class Names {
  names: string[] = []

  clear(): void {
    this.names.length = 0
  }
}

/** One set of sixteen places: whoever comes seventeenth needs the room of another. */
function twoRules() {
  const clock = { event: 0 }
  const directory = new HostDirectory('listener', 16, clock)
  const one = directory.rows(2, () => new Names())
  const other = directory.rows(1)
  const of = (rows: typeof one | typeof other, word: number, port?: number): number => {
    clock.event++
    return rows.of(end(word, port))
  }
  return { one, other, of, clock }
}

describe('rows of places', () => {
  it('are 0 for a new place, and stay with it', () => {
    const { one, other, of } = twoRules()
    const at = of(one, 1)
    expect([...one.numbers.subarray(at, at + 2)]).toEqual([0, 0])
    one.numbers.set([5, 6], at)
    other.numbers[of(other, 1)] = 7
    expect(of(one, 1, 81)).not.toBe(at)
    expect(of(one, 1)).toBe(at)
    expect([...one.numbers.subarray(at, at + 2)]).toEqual([5, 6])
    expect(other.numbers[of(other, 1)]).toBe(7)
    expect(one.entries().map((entry) => [entry.end.port, entry.value])).toEqual([
      [80, at],
      [81, of(one, 1, 81)],
    ])
  })

  it('are known to the rule that asked for them alone', () => {
    const { one, other, of, clock } = twoRules()
    const at = of(one, 1)
    clock.event++
    expect(one.known(end(1))).toBe(at)
    expect(other.known(end(1))).toBe(-1)
    expect(one.known(end(2))).toBe(-1)
    expect(other.entries()).toEqual([])
  })

  it('are 0 again, and without extra, for a place that gets the room of another', () => {
    const { one, of } = twoRules()
    for (let word = 0; word < 16; word++) {
      const at = of(one, word)
      one.numbers.fill(9, at, at + 2)
      one.extra(at).names.push(String(word))
    }
    const at = of(one, 100)
    expect([...one.numbers.subarray(at, at + 2)]).toEqual([0, 0])
    expect(one.knownExtra(at)).toBeUndefined()
    expect(one.extra(at).names).toEqual([])
    expect(one.knownExtra(of(one, 15))?.names).toEqual(['15'])
    expect(one.entries().some((entry) => entry.end.address[0] === 0)).toBe(false)
  })

  it('stay if a rule keeps them, until it does no more', () => {
    const { one, other, of } = twoRules()
    for (let word = 0; word < 16; word++) of(one, word)
    const [kept, given] = [of(one, 0), of(one, 1)]
    one.keep(kept)
    one.keep(given)
    other.keep(of(other, 1), false)
    one.keep(given, false)
    for (let word = 2; word < 16; word++) of(one, word)
    of(one, 100)
    const words = one.entries().map((entry) => entry.end.address[0])
    expect(words).toContain(0)
    expect(words).not.toContain(1)
    expect(words).toContain(2)
  })

  it('are one for both directions of a path, and listed with the smaller address first', () => {
    const clock = { event: 0 }
    const paths = new HostDirectory('path', 16, clock).rows(1)
    const at = paths.of(end(2, 50_000), end(1, 80))
    expect(paths.of(end(1, 81), end(2, 50_001))).toBe(at)
    clock.event++
    expect(paths.known(end(1), end(2))).toBe(at)
    expect(paths.known(end(1), end(3))).toBe(-1)
    expect(paths.entries((numbers) => numbers[at] === 0)).toEqual([
      { end: end(1, 0), other: end(2, 0), value: at },
    ])
    expect(paths.entries((numbers) => numbers[at] !== 0)).toEqual([])
  })
})
