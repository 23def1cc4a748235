import { printable } from './text-layout.ts'

/** What begins something in GitHub's Markdown, tables, links, mentions and HTML included. */
const MARKUP = /[\\`*_{}[\]<>()#+!|~&$:-]/g

/** Foreign text in the running text or in the cell of a table: shown as it is, on one line. */
export function markdownText(text: string): string {
  const escaped = printable(text).replace(MARKUP, '\\$&')
  // A dot makes a link of what begins with `www.`, and a list of what begins with a number.
  const broken = escaped
    .replace(/www\./gi, (word) => word.replace('.', '\\.'))
    .replace(/^(\s*\d+)\./, '$1\\.')
  // Addresses and mentions are found in what is left when markup is gone: only a comment comes between.
  return broken.replaceAll('@', '@<!-- -->')
}

/** A block of code: the fence is longer than any in it. */
export function markdownCode(lines: readonly string[], language = ''): string {
  const text = lines.map(printable).join('\n')
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}\n`
}

/** A table; the cells are Markdown. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('')
}
