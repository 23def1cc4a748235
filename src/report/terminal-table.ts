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

const OPEN_TOP = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' }
const OPEN_BOTTOM = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' }
const ROWS_PER_TABLE = 500

/**
 * A table drawn with lines, no rule between rows; as wide as `widths` say, longer text is cut. In pieces, so that a table
 * of a million rows is never one string.
 */
export function* terminalTable(
  columns: readonly Column[],
  widths: readonly number[],
  rows: Iterable<Row>,
  paintTitle: (text: string) => string,
): Generator<string, void, void> {
  let batch: Row[] = []
  let isFirst = true
  for (const row of rows) {
    if (batch.length === ROWS_PER_TABLE) {
      yield drawBatch(columns, widths, batch, isFirst ? paintTitle : undefined, false)
      isFirst = false
      batch = []
    }
    batch.push(row)
  }
  yield drawBatch(columns, widths, batch, isFirst ? paintTitle : undefined, true)
}

function drawBatch(
  columns: readonly Column[],
  widths: readonly number[],
  rows: readonly Row[],
  paintTitle: ((text: string) => string) | undefined,
  isLast: boolean,
): string {
  const table = new CliTable3({
    head:
      paintTitle === undefined
        ? []
        : columns.map((column, index) => paintTitle(fitToWidth(column.title, widths[index] ?? 0, column))),
    chars: { ...(paintTitle === undefined && OPEN_TOP), ...(!isLast && OPEN_BOTTOM) },
    colWidths: widths.map((width) => width + 2),
    // The library's own colours stay off: whether there are any is decided in one place, not here.
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) {
    table.push(
      row.map((cell, index) => {
        const column = columns[index] ?? { title: '' }
        const lines = cell.lines.map((line) => fitToWidth(line, widths[index] ?? 0, column))
        return lines.map((line) => cell.paint?.(line) ?? line).join('\n')
      }),
    )
  }
  return `${table.toString()}\n`
}

function fitToWidth(text: string, width: number, column: Column): string {
  const cut = column.cut === 'middle' ? cutMiddle(text, width) : cutEnd(text, width)
  return column.align === 'right' ? padStart(cut, width) : padEnd(cut, width)
}
