import { wrapWords } from '../report/text-layout.ts'
import type { ScreenStyle } from './screen-style.ts'

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['q, Ctrl-C', 'end, and print the report'],
  ['Tab, ← →', 'the other list: findings or connections'],
  ['↑ ↓, j k', 'choose an entry; Page Up and Down, Home and End go further'],
  ['Enter', 'open it: a finding in full, a connection as a ladder'],
  ['Esc', 'back; in a list: the first entry again'],
  ['s, S', 'the next order of the list, the one before'],
  ['i', 'list remarks (findings of severity info) too'],
  ['f, Space', 'freeze what is seen, or let it go on; packets are taken in all the same'],
  ['Ctrl-L', 'draw everything anew'],
  ['Ctrl-Z', 'suspend; while it is, packets that the buffer cannot hold are lost, and counted'],
]

const NOTES: readonly string[] = [
  'Findings: age since first seen, then since last seen. What another finding explains is folded into that one: +2 are two of them.',
  'States: ~ is assumed, put there by what it was sent and not yet shown by what it sent; * by the passing of time. No mark: sent or acknowledged.',
  'States per host are counted about once a second; with very many connections a count takes longer, and says so.',
  'A ladder begins when the connection is opened here: earlier segments are not kept, earlier states are.',
]

/** Keys, and what the marks mean. */
export function helpPage({ width, colors }: ScreenStyle): string[] {
  const column = Math.max(...KEYS.map(([keys]) => keys.length)) + 2
  const room = Math.max(1, width - column)
  const keys = KEYS.flatMap(([names, does]) =>
    wrapWords(does, room).map((line, index) => (index === 0 ? names : '').padEnd(column) + line),
  )
  const notes = NOTES.flatMap((note) => ['', ...wrapWords(note, Math.max(1, width))])
  return [colors.bold('Keys'), ...keys, ...notes]
}
