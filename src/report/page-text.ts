import type { ReportStyle } from './report-style.ts'
import { padEnd, textWidth, wrapWords } from './text-layout.ts'

/** Around what was code, while lines are wrapped: they take no width. */
const CODE_BEGINS = '\u2061'
const CODE_ENDS = '\u2062'

type Block =
  | { readonly kind: 'title' | 'heading' | 'paragraph' | 'point'; readonly text: string }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }

/** A page of docs/, Markdown of a simple kind, for the terminal: wrapped, without marks and links. */
export function* pageText(markdown: string, style: ReportStyle): Generator<string, void, void> {
  let before: Block['kind'] | undefined
  for (const block of blocks(markdown)) {
    const isListed = before === 'point' && block.kind === 'point'
    if (before !== undefined && !isListed) yield '\n'
    for (const line of rendered(block, style)) yield `${line}\n`
    before = block.kind
  }
}

function* blocks(markdown: string): Generator<Block> {
  const lines = markdown.replace(/<!--.*?-->/gs, '').split('\n')
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    const [first] = line
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', at + 1)
      yield { kind: 'code', lines: lines.slice(at + 1, end) }
      at = end + 1
    } else if (first === '#') {
      yield { kind: line.startsWith('# ') ? 'title' : 'heading', text: line.replace(/^#+ /, '') }
      at++
    } else if (first === '|') {
      const rows = taken(lines, at, (next) => next.startsWith('|'))
      yield { kind: 'table', rows: rows.filter((row) => !/^[|\s-]+$/.test(row)).map(cells) }
      at += rows.length
    } else if (line.trim() === '') at++
    else {
      const isPoint = line.startsWith('- ')
      const more = taken(lines, at + 1, (next) => /^(?!- |#|\||```)\s*\S/.test(next))
      const text = [line.replace(/^- /, ''), ...more].map((part) => part.trim()).join(' ')
      yield { kind: isPoint ? 'point' : 'paragraph', text }
      at += 1 + more.length
    }
  }
}

function taken(lines: readonly string[], from: number, belongs: (line: string) => boolean): string[] {
  let to = from
  while (to < lines.length && belongs(lines[to] ?? '')) to++
  return lines.slice(from, to)
}

function cells(row: string): string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => plain(cell.trim()))
}

function rendered(block: Block, { width, colors }: ReportStyle): string[] {
  const styled = (line: string): string =>
    line.replace(/\u2061([^\u2062]*)\u2062/g, (_, code: string) => colors.cyan(code))
  switch (block.kind) {
    case 'title':
    case 'heading':
      return [colors.bold(plain(block.text))]
    case 'paragraph':
      return wrapWords(plain(block.text), width).map(styled)
    case 'point':
      return wrapWords(plain(block.text), width - 2).map(
        (line, at) => (at === 0 ? '- ' : '  ') + styled(line),
      )
    case 'code':
      return block.lines.map((line) => `  ${line}`.trimEnd())
    case 'table':
      return tableLines(block.rows, width).map(styled)
  }
}

/** The last column is wrapped. */
function tableLines(rows: readonly (readonly string[])[], width: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => {
    return Math.max(...rows.map((row) => textWidth(row[column] ?? '')))
  })
  const indent = widths.slice(0, -1).reduce((sum, own) => sum + own + 2, 0)
  return rows.flatMap((row) => {
    const left = row.slice(0, -1).map((cell, column) => padEnd(cell, (widths[column] ?? 0) + 2))
    const [first = '', ...rest] = wrapWords(row.at(-1) ?? '', Math.max(20, width - indent))
    return [left.join('') + first, ...rest.map((line) => ' '.repeat(indent) + line)]
  })
}

/** Text without marks; each word of code keeps its own pair of them. */
function plain(text: string): string {
  return text
    .replace(/`([^`]+)`/g, (_, code: string) => {
      return code.replace(/\S+/g, (word) => CODE_BEGINS + word + CODE_ENDS)
    })
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
}
