import { cutEnd, cutMiddle, padEnd, padStart, textWidth } from '../report/text-layout.ts'

export interface ScreenColumn {
  readonly title: string
  readonly align?: 'right'
  /** Which part to keep of text that does not fit; the beginning, if it does not say. */
  readonly cut?: 'middle'
  /** Cells it can be cut down to; without it it is never cut. */
  readonly least?: number
  /** Where there is no room, the column with the highest goes first; without it it stays. */
  readonly spare?: number
  /** It is there only if nothing has to be cut for it. */
  readonly isExtra?: true
}

const GAP = 2

/** Titles and rows set in columns that fit the width, as far as columns can be cut or left out. */
export function columnLines(
  columns: readonly ScreenColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): { readonly title: string; readonly rows: readonly string[] } {
  const widths = fittingWidths(columns, rows, width)
  const line = (cells: readonly string[]): string =>
    columns
      .flatMap((column, index) => {
        const room = widths[index] ?? 0
        return room === 0 ? [] : [fitCell(cells[index] ?? '', room, column)]
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  return { title: line(columns.map(({ title }) => title)), rows: rows.map(line) }
}

/** 0 for a column that is left out. */
function fittingWidths(
  columns: readonly ScreenColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const natural = columns.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[index] ?? '')), textWidth(title)),
  )
  // Without a title and without text it is not there.
  const widths = natural.slice()
  for (const [index, { isExtra }] of [...columns.entries()].reverse()) {
    if (isExtra && totalWidth(widths) > width) widths[index] = 0
  }
  const least = widths.map((own, index) => Math.min(own, columns[index]?.least ?? own))
  while (totalWidth(least) > width) {
    const spare = columns.map((column, index) => (least[index] === 0 ? -1 : (column.spare ?? -1)))
    const most = Math.max(...spare)
    if (most < 0) break
    const leaving = spare.indexOf(most)
    widths[leaving] = 0
    least[leaving] = 0
  }
  for (let over = totalWidth(widths) - width; over > 0; over--) {
    // The one that gives up most easily: what it has above its least.
    let widest = -1
    for (const [index, own] of widths.entries()) {
      const room = own - (least[index] ?? 0)
      if (room > 0 && (widest === -1 || own > (widths[widest] ?? 0))) widest = index
    }
    if (widest === -1) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function totalWidth(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0)
  return shown.reduce((sum, width) => sum + width, GAP * Math.max(0, shown.length - 1))
}

function fitCell(text: string, width: number, column: ScreenColumn): string {
  const cut = column.cut === 'middle' ? cutMiddle(text, width) : cutEnd(text, width)
  return column.align === 'right' ? padStart(cut, width) : padEnd(cut, width)
}
