import { printable, textWidth } from '../report/text-layout.ts'

const ELLIPSIS = '…'
const ESCAPE = String.fromCharCode(0x1b)
/** Colours and such, which alone of all a terminal acts on may stay in a line. */
const COLOR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`)
const PLAIN = /^[ -~]*$/

/**
 * A line as it may go to a terminal: at most so many cells wide, and nothing in it but text and colours. Foreign text has
 * its own colours made visible where it enters (`printable`), so those that are left are ours.
 */
export function fitLine(line: string, width: number): string {
  if (PLAIN.test(line)) return cutPlain(line, width)
  const parts = line.split(COLOR).map((part, index) => (index % 2 === 1 ? part : printable(part)))
  const total = parts.reduce((sum, part, index) => sum + (index % 2 === 1 ? 0 : textWidth(part)), 0)
  if (total <= width) return parts.join('')
  if (width < 1) return ''
  let left = width - 1
  let fitted = ''
  let isCut = false
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) fitted += part
    else if (!isCut) {
      const kept = fitting(part, left)
      left -= textWidth(kept)
      isCut = kept.length < part.length
      fitted += isCut ? kept + ELLIPSIS : kept
    }
  }
  return fitted
}

function cutPlain(line: string, width: number): string {
  if (line.length <= width) return line
  return width < 1 ? '' : line.slice(0, width - 1) + ELLIPSIS
}

function fitting(text: string, width: number): string {
  let kept = ''
  let used = 0
  for (const character of text) {
    used += textWidth(character)
    if (used > width) break
    kept += character
  }
  return kept
}
