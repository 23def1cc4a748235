import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RowStore } from '../../src/tracker/row-store.ts'

const ROW_WORDS = 4

function cursor() {
  return { words: new Int32Array(0), doubles: new Float64Array(0), base: -1 }
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
    for (let row = 0; row < count; row++) {
      expect(rows.allocate()).toBe(row)
      const place = cursor()
      rows.place(place, row, 0)
      if (row === 0) rows.place(first, row, 0)
      for (let word = 0; word < ROW_WORDS; word++) place.words[place.base + word] = row * ROW_WORDS + word
    }
    for (let row = 0; row < count; row++) {
      const words = rows.words(row)
      const at = rows.offset(row)
      const held = [...words.subarray(at, at + ROW_WORDS)]
      expect(held).toEqual([0, 1, 2, 3].map((word) => row * ROW_WORDS + word))
    }
    // A cursor placed before the growth still stands on its row.
    expect(first.words).toBe(rows.words(0))
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
