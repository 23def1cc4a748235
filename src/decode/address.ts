import { isIPv4, isIPv6 } from 'node:net'

/** An address in the form that `Segment` holds: for IPv4 word 0 alone. */
export interface Address {
  readonly version: 4 | 6
  readonly words: readonly [number, number, number, number]
}

/**
 * Text of an address: dotted for IPv4; for IPv6 as RFC 5952 asks (lower case, the longest run of two or more zero
 * groups as `::`, the first of equal ones, IPv4-mapped addresses with a dotted end).
 */
export function formatAddress(
  version: number,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): string {
  if (version === 4) return formatIpv4(word0)
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return `::ffff:${formatIpv4(word3)}`
  const groups = [word0, word1, word2, word3].flatMap((word) => [word >>> 16, word & 0xffff])
  const run = longestZeroRun(groups)
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (run.length < 2) return text(groups)
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`
}

/** The address that `text` writes, in any legal spelling without a zone; undefined if it writes none. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { version: 4, words: [parseIpv4(text), 0, 0, 0] }
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::')
  const left = parseGroups(head)
  const right = parseGroups(tail ?? '')
  const zeros = new Array<number>(8 - left.length - right.length).fill(0)
  const groups = [...left, ...zeros, ...right]
  const word = (index: number) => ((groups[2 * index] ?? 0) << 16) | (groups[2 * index + 1] ?? 0)
  return { version: 6, words: [word(0), word(1), word(2), word(3)] }
}

function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

function parseIpv4(text: string): number {
  return text.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0)
}

function parseGroups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const word = parseIpv4(group)
    return [word >>> 16, word & 0xffff]
  })
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 }
  let length = 0
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > longest.length) longest = { start: index - length + 1, length }
  }
  return longest
}
