import type { Colors } from 'picocolors/types.js'
import { connectionLines, connectionRoom } from './connection-lines.ts'
import { findingLines, findingRoom } from './finding-lines.ts'
import { findingPage } from './finding-page.ts'
import { fitLine } from './fit-line.ts'
import { headLines } from './head-lines.ts'
import { helpPage } from './help-page.ts'
import { ladderPage } from './ladder-page.ts'
import { listedFindings } from './listed-findings.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import type { KeyContext, LiveView, Page } from './live-view.ts'
import type { ScreenSize, ScreenStyle } from './screen-style.ts'
import { shareRoom } from './section-lines.ts'
import { stateLines, stateRoom } from './state-lines.ts'

/** From so many rows on the last line names the keys. */
const KEYS_FROM = 8
/** One line of head for so many rows. */
const ROWS_PER_HEAD_LINE = 6
/** From so many rows on a page has the line of what is listened on above it. */
const PAGE_TITLE_FROM = 10
/** What stands still above a page takes one of so many rows at most. */
const ROWS_PER_PAGE_HEAD = 3

const KEYS: Readonly<Record<Page['kind'] | 'lists', string>> = {
  lists: 'Tab list  ↑↓ choose  Enter open  s sort  f freeze  ? help  q quit',
  finding: '↑↓ scroll  Enter its connection  Esc back  ? help  q quit',
  ladder: '↑↓ scroll  End follow  Esc back  f freeze  ? help  q quit',
  help: '↑↓ scroll  Esc back  q quit',
}

/**
 * The whole screen: never more lines than it has rows, none wider than its columns. The last column stays empty, so that
 * a character that a terminal takes for wider than we do does not break the line.
 */
export function screenLines(
  snapshot: LiveSnapshot,
  view: LiveView,
  size: ScreenSize,
  colors: Colors,
): string[] {
  const style = styleOf(size, colors)
  const rows = Math.max(0, size.rows)
  if (rows === 0 || style.width === 0) return []
  const page = view.pages.at(-1)
  const room = rows - (rows < KEYS_FROM ? 0 : 1)
  let keys = KEYS[page?.kind ?? 'lists']
  let lines: readonly string[]
  if (page === undefined) lines = listsLines(snapshot, view, room, style)
  else {
    const parts = pageParts(page, snapshot, view, room, style)
    const first = Math.min(page.scroll ?? scrollEnd(parts), scrollEnd(parts))
    lines = [...parts.head, ...parts.body.slice(first, first + parts.room)]
    if (scrollEnd(parts) > 0) keys = `${first + parts.room} of ${parts.body.length} lines  ${keys}`
  }
  const fitted = lines.slice(0, room).map((line) => fitLine(line, style.width))
  if (room === rows) return fitted
  while (fitted.length < room) fitted.push('')
  return [...fitted, colors.dim(fitLine(keys, style.width))]
}

/** What keys mean on this screen. */
export function keyContext(
  snapshot: LiveSnapshot,
  view: LiveView,
  size: ScreenSize,
  colors: Colors,
): KeyContext {
  const page = view.pages.at(-1)
  const room = size.rows - (size.rows < KEYS_FROM ? 0 : 1)
  const parts = page === undefined ? undefined : pageParts(page, snapshot, view, room, styleOf(size, colors))
  const finding = page?.kind === 'finding' ? snapshot.findings.find(({ id }) => id === page.id) : undefined
  return {
    findings: listedFindings(snapshot.findings, view).list.map(({ finding: { id } }) => id),
    connections: snapshot.connections.map(({ id }) => id),
    ofFinding: finding?.connections ?? [],
    scrollEnd: parts === undefined ? 0 : scrollEnd(parts),
    pageStep: Math.max(1, (parts?.room ?? size.rows >> 1) - 1),
  }
}

function styleOf({ columns }: ScreenSize, colors: Colors): ScreenStyle {
  return { width: Math.max(0, columns - 1), colors }
}

/** States, findings and connections, each with its share of the room. */
function listsLines(snapshot: LiveSnapshot, view: LiveView, room: number, style: ScreenStyle): string[] {
  const head = headLines(snapshot, view.isFrozen, style).slice(0, headRoom(room))
  const left = room - head.length
  const wishes = [findingRoom(snapshot, view), connectionRoom(snapshot, view)]
  const isFindings = view.focus === 'findings'
  const [first = 0, second = 0, states = 0] = shareRoom(left, [
    ...(isFindings ? wishes : wishes.toReversed()),
    stateRoom(snapshot),
  ])
  const [findings, connections] = isFindings ? [first, second] : [second, first]
  return [
    ...head,
    ...stateLines(snapshot, states, style),
    ...findingLines(snapshot, view, findings, style),
    ...connectionLines(snapshot, view, connections, style),
  ]
}

function headRoom(room: number): number {
  return Math.max(1, Math.floor(room / ROWS_PER_HEAD_LINE))
}

interface PageParts {
  readonly head: readonly string[]
  readonly body: readonly string[]
  /** Lines of the body that are seen. */
  readonly room: number
}

function pageParts(
  page: Page,
  snapshot: LiveSnapshot,
  view: LiveView,
  room: number,
  style: ScreenStyle,
): PageParts {
  const isFrozen = page.kind === 'ladder' ? view.isLadderFrozen : view.isFrozen
  const title = room < PAGE_TITLE_FROM ? [] : headLines(snapshot, isFrozen, style).slice(0, 1)
  const { head, body } = pageText(page, snapshot, style)
  const still = head.slice(0, Math.max(1, Math.floor(room / ROWS_PER_PAGE_HEAD)))
  const above = [...title, ...still]
  return { head: above, body, room: Math.max(0, room - above.length) }
}

function scrollEnd({ body, room }: PageParts): number {
  return Math.max(0, body.length - room)
}

function pageText(
  page: Page,
  snapshot: LiveSnapshot,
  style: ScreenStyle,
): { readonly head: readonly string[]; readonly body: readonly string[] } {
  switch (page.kind) {
    case 'finding':
      return { head: [], body: findingPage(page.id, snapshot, style) }
    case 'ladder':
      return ladderPage(page.id, snapshot, style)
    case 'help':
      return { head: [], body: helpPage(style) }
  }
}
