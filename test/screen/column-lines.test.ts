import { describe, expect, it } from 'vitest'
import { columnLines, type ScreenColumn } from '../../src/screen/column-lines.ts'

const COLUMNS: readonly ScreenColumn[] = [
  { title: '#', align: 'right', spare: 1 },
  { title: 'who', cut: 'middle', least: 5 },
  { title: 'what', least: 4 },
  { title: 'more', isExtra: true },
]
const ROWS = [
  ['1', '10.0.0.1', 'something', 'x'],
  ['12', '10.0.0.250', '', 'yyy'],
]

function lines(width: number): string[] {
  const { title, rows } = columnLines(COLUMNS, ROWS, width)
  return [title, ...rows]
}

describe('columns', () => {
  it('are as wide as what is in them', () => {
    expect(lines(40)).toEqual([
      ' #  who         what       more',
      ' 1  10.0.0.1    something  x',
      '12  10.0.0.250             yyy',
    ])
  })

  it('are left out before others are cut for them, if they are extra', () => {
    expect(lines(30)).toEqual([' #  who         what', ' 1  10.0.0.1    something', '12  10.0.0.250'])
  })

  it('are cut, the widest first, down to their least', () => {
    expect(lines(20)).toEqual([' #  who      what', ' 1  10.…0.1  someth…', '12  10.…250'])
  })

  it('go one by one when even that is too wide', () => {
    expect(lines(12)).toEqual(['who    what', '10….1  some…', '10…50'])
  })
})
