import { printable } from './text-layout.ts'

/** What begins something anywhere in GitHub's Markdown: emphasis, code, links, HTML, cells, references, formulas. */
const MARKUP = /[\\`*_[\]<>#|~&$]/g
/** What does so at the beginning of a line: a list, a heading's underline. */
const AT_START = /^(\s*)([-+=]|\d+[.)](?=\s|$))/
const CODE = /`([^`\n]+)`/

/** Foreign text in the running text or in the cell of a table: shown as it is, on one line. */
export function markdownText(text: string): string {
  return inline(text).replace(
    AT_START,
    (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
  )
}

/** The same for what begins no line. */
function inline(text: string): string {
  const escaped = printable(text).replace(MARKUP, '\\$&')
  // Links of `https://` and `www.`, and emoji.
  const broken = escaped
    .replace(/:(?=\/|[\w+\\-]+:)/g, '\\:')
    .replace(/www\./gi, (word) => word.replace('.', '\\.'))
  // Addresses and mentions are found in what is left when markup is gone: only a comment comes between.
  return broken.replaceAll('@', '@<!-- -->')
}

/** Sentences of ours, whatever names are in them: what they have between backticks is code. Not for tables. */
export function markdownProse(text: string): string {
  return text
    .split(CODE)
    .map((part, index) => {
      if (index % 2 === 1) return `\`${printable(part)}\``
      return index === 0 ? markdownText(part) : inline(part)
    })
    .join('')
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
