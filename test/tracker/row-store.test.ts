import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bankOf, LIVE_BANK, PARKED_BANK, RowStore } from '../../src/tracker/row-store.ts'

const ROW_WORDS = 4

function cursor() {
  return { words: new Int32Array(0), doubles: new Float64Array(0), base: -1 }
}

function content(row: number): number[] {
  return [0, 1, 2, 3].map((word) => row * ROW_WORDS + word)
}

function held(rows: RowStore, row: number): number[] {
  const at = rows.offset(row)
  return [...rows.words(row).subarray(at, at + ROW_WORDS)]
}

describe('RowStore', () => {
  it('never hands out a row that is in use, and uses freed ones again before it grows', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat()), { maxLength: 200 }), (commands) => {
        const rows = new RowStore(ROW_WORDS)
        const used: number[] = []
        let highest = -1
        for (const command of commands) {
          if (command === null || used.length === 0) {
            const freed = highest + 1 - used.length
            const row = rows.allocate()
            expect(used).not.toContain(row)
            if (freed > 0) expect(row).toBeLessThanOrEqual(highest)
            else expect(row).toBe(highest + 1)
            highest = Math.max(highest, row)
            used.push(row)
          } else {
            const [row] = used.splice(command % used.length, 1)
            rows.free(row as number)
          }
          expect(rows.size).toBe(used.length)
        }
      }),
    )
  })

  it('keeps what every row holds while it grows by chunks', () => {
    const rows = new RowStore(ROW_WORDS)
    const count = 3 * 8192 + 5
    const first = cursor()
    const numbers: number[] = []
    for (let i = 0; i < count; i++) {
      const row = rows.allocate()
      numbers.push(row)
      const place = cursor()
      rows.place(place, row, 0)
      if (i === 0) rows.place(first, row, 0)
      for (let word = 0; word < ROW_WORDS; word++) place.words[place.base + word] = i * ROW_WORDS + word
    }
    expect(new Set(numbers).size).toBe(count)
    for (const [i, row] of numbers.entries()) expect(held(rows, row)).toEqual(content(i))
    // A cursor placed before the growth still stands on its row.
    expect(first.words).toBe(rows.words(numbers[0] as number))
  })

  it('moves a row to the other bank and back with all it holds, and uses its old place again', () => {
    const rows = new RowStore(ROW_WORDS)
    const [kept, moving] = [rows.allocate(), rows.allocate()]
    for (const [i, row] of [kept, moving].entries()) rows.words(row).set(content(i), rows.offset(row))
    const parked = rows.move(moving)
    expect([kept, moving, parked].map(bankOf)).toEqual([LIVE_BANK, LIVE_BANK, PARKED_BANK])
    expect(held(rows, parked)).toEqual(content(1))
    expect(rows.allocate()).toBe(moving)
    const back = rows.move(parked)
    expect(bankOf(back)).toBe(LIVE_BANK)
    expect([held(rows, kept), held(rows, back)]).toEqual([content(0), content(1)])
    expect(rows.size).toBe(3)
    expect(rows.allocate(PARKED_BANK)).toBe(parked)
  })

  it('places a cursor at a word of the row, over the same bytes for words and doubles', () => {
    const rows = new RowStore(ROW_WORDS)
    for (let i = 0; i < 3; i++) rows.allocate()
    const place = cursor()
    rows.place(place, 2, 2)
    expect(place.base).toBe(rows.offset(2) + 2)
    place.doubles[place.base / 2] = 1.5
    expect([place.words[place.base], place.words[place.base + 1]]).toEqual([0, 0x3ff80000])
  })
})
