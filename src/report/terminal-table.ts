import CliTable3 from 'cli-table3'
import { cutEnd, cutMiddle, padEnd, padStart, textWidth } from './text-layout.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Which part to keep of text that does not fit; `end` cuts the end. */
  readonly cut?: 'end' | 'middle'
}

/** A cell of one or more lines, and the colour that goes over each of them once they have their width. */
export interface Cell {
  readonly lines: readonly string[]
  readonly paint?: ((text: string) => string) | undefined
}

export type Row = readonly Cell[]

/** Box lines and one space either side of each cell. */
export function tableWidth(columnWidths: readonly number[]): number {
  return columnWidths.reduce((sum, width) => sum + width + 3, 1)
}

/** The width each column needs to show everything. */
export function naturalWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  const widths = columns.map((column) => textWidth(column.title))
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      for (const line of cell.lines) widths[index] = Math.max(widths[index] ?? 0, textWidth(line))
    }
  }
  return widths
}

/**
 * A table drawn with lines, no rule between rows; as wide as `widths` say, longer text is cut. In pieces, so that a table
 * of a million rows is never one string.
 *
 * cli-table3 lays out the frame and the titles. Rows are set into its frame here: it would take 0.6 ms for each (it
 * measures every cell with a regular expression of all emoji, built anew each time), minutes for a large `--all`.
 */
export function* terminalTable(
  columns: readonly Column[],
  widths: readonly number[],
  rows: Iterable<Row>,
  paintTitle: (text: string) => string,
): Generator<string, void, void> {
  const fitted = (text: string, index: number): string =>
    fitToWidth(text, widths[index] ?? 0, columns[index] ?? { title: '' })
  const frame = new CliTable3({
    head: columns.map((column, index) => paintTitle(fitted(column.title, index))),
    colWidths: widths.map((width) => width + 2),
    // The library's own colours stay off: whether there are any is decided in one place, not here.
    style: { head: [], border: [], compact: true },
  })
  frame.push(columns.map(() => ''))
  const drawn = frame.toString().split('\n')
  const bottom = drawn.pop() ?? ''
  drawn.pop()
  yield `${drawn.join('\n')}\n`
  const { left, middle, right } = frame.options.chars
  for (const row of rows) {
    const height = Math.max(1, ...row.map((cell) => cell.lines.length))
    for (let line = 0; line < height; line++) {
      const cells = row.map((cell, index) => {
        const text = fitted(cell.lines[line] ?? '', index)
        return cell.paint?.(text) ?? text
      })
      yield `${left} ${cells.join(` ${middle} `)} ${right}\n`
    }
  }
  yield `${bottom}\n`
}

function fitToWidth(text: string, width: number, column: Column): string {
  const cut = column.cut === 'middle' ? cutMiddle(text, width) : cutEnd(text, width)
  return column.align === 'right' ? padStart(cut, width) : padEnd(cut, width)
}
