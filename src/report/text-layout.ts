const ELLIPSIS = '…'

/** Terminal cells of a text without colours: wide East Asian characters and emoji take two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (ZERO_WIDTH.test(character)) return 0
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return isWide ? 2 : 1
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function cutEnd(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return width < 1 ? '' : head(text, width - 1) + ELLIPSIS
}

/** The text, or its two ends around an ellipsis: what tells addresses apart is at the ends. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width < 3) return cutEnd(text, width)
  const tailWidth = Math.ceil((width - 1) / 2)
  const reversed = Array.from(text).reverse()
  const tail = Array.from(head(reversed.join(''), tailWidth))
    .reverse()
    .join('')
  return head(text, width - 1 - tailWidth) + ELLIPSIS + tail
}

function head(text: string, width: number): string {
  let used = 0
  let kept = ''
  for (const character of text) {
    used += characterWidth(character)
    if (used > width) break
    kept += character
  }
  return kept
}

/** Pads to a width in terminal cells; longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

/** Breaks at spaces, but not behind a digit: a number stays with its unit. */
export function wrapWords(text: string, width: number): string[] {
  return wrapParts(text.split(/(?<!\d) /), width)
}

/** Joins with spaces and breaks between parts; a part that is longer than a line is broken where the line ends. */
export function wrapParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of parts) {
    const joined = line === '' ? word : `${line} ${word}`
    if (textWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (textWidth(line) > width) {
      const piece = head(line, Math.max(1, width))
      if (piece === '') break
      lines.push(piece)
      line = line.slice(piece.length)
    }
  }
  lines.push(line)
  return lines
}

/**
 * Joins parts with a separator, breaking between parts where the width ends; later lines are indented by two. What of
 * the separator stands close to the part before it (a comma) stays there at the end of a line.
 */
export function joinParts(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = []
  const stop = separator.startsWith(' ') ? '' : separator.trimEnd()
  let line = ''
  const startLine = (part: string, indent: string): void => {
    const wrapped = wrapWords(part, Math.max(1, width - indent.length - stop.length)).map(
      (text) => indent + text,
    )
    lines.push(...wrapped.slice(0, -1))
    line = wrapped.at(-1) ?? ''
  }
  for (const part of parts) {
    if (line === '') startLine(part, '')
    else if (textWidth(line + separator + part) + stop.length <= width) line += separator + part
    else {
      lines.push(line + stop)
      startLine(part, '  ')
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** Control and bidirectional formatting characters, which could move the cursor, recolour or reorder a terminal's text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Foreign text (file names) made safe to print: what a terminal would act on is shown as an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    const code = character.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same for JSON text, which stays the same JSON: JSON.stringify lets through what is not below U+0020. */
export function printableJson(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return character
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
