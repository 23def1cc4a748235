import { padEnd, textWidth } from '../report/text-layout.ts'
import type { ScreenStyle } from './screen-style.ts'

/** `▸ Findings, newest first ──────── 3 of 12`: a title across the screen, its list marked if keys go to it. */
export function titleLine(
  title: string,
  note: string,
  isFocused: boolean,
  { colors, width }: ScreenStyle,
): string {
  const head = `${isFocused ? '▸ ' : ''}${title} `
  const tail = note === '' ? '' : ` ${note}`
  const rule = '─'.repeat(Math.max(0, width - textWidth(head) - textWidth(tail)))
  const line = rule.length < 2 ? (note === '' ? head.trimEnd() : `${head}· ${note}`) : `${head}${rule}${tail}`
  return isFocused ? colors.bold(line) : line
}

/** The line of an entry; the chosen one is marked, and set off across the whole width. */
export function entryLine(text: string, isChosen: boolean, { colors, width }: ScreenStyle): string {
  return isChosen ? colors.inverse(padEnd(`> ${text}`, width)) : `  ${text}`
}

/** As much of a list as there is room for, around the entry that is chosen: the index of the first. */
export function firstShown(chosen: number, length: number, room: number): number {
  return Math.max(0, Math.min(chosen - (room >> 1), length - room))
}

/** The list that keys go to comes first where there is little room. */
export function leastRoom(most: number, isFocused: boolean): number {
  return Math.min(most, isFocused ? 5 : 3)
}

/** What a section of the screen asks for: at least, and at most. */
export interface RoomWish {
  readonly least: number
  readonly most: number
}

/** Shares lines out: each gets its least in turn, and what is left goes one by one to who has least of what it wants. */
export function shareRoom(room: number, wishes: readonly RoomWish[]): number[] {
  let left = Math.max(0, room)
  const shares = wishes.map(({ least, most }) => {
    const share = Math.min(left, least, most)
    left -= share
    return share
  })
  while (left > 0) {
    let poorest = -1
    for (const [index, { most }] of wishes.entries()) {
      const own = shares[index] ?? 0
      if (own < most && (poorest === -1 || own < (shares[poorest] ?? 0))) poorest = index
    }
    if (poorest === -1) break
    shares[poorest] = (shares[poorest] ?? 0) + 1
    left--
  }
  return shares
}
