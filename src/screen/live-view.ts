import { CONNECTION_SORTS, type ConnectionSort, type SnapshotWish } from './live-snapshot.ts'
import type { ScreenKey } from './screen-key.ts'

export const FINDING_SORTS = ['newest', 'last seen', 'severity', 'count'] as const
export type FindingSort = (typeof FINDING_SORTS)[number]

export type ListName = 'findings' | 'connections'

/** What lies over the lists. `scroll` counts lines from the top; null stays at the end while that moves on. */
export type Page =
  | { readonly kind: 'finding'; readonly id: string; readonly scroll: number }
  | { readonly kind: 'ladder'; readonly id: number; readonly scroll: number | null }
  | { readonly kind: 'help'; readonly scroll: number }

/** An entry that was chosen, and where it stood then: it may be gone when the list is next drawn. */
export interface Choice<Id> {
  readonly id: Id
  readonly at: number
}

/** What a person has chosen to see, and of what. */
export interface LiveView {
  readonly focus: ListName
  readonly findingSort: FindingSort
  readonly connectionSort: ConnectionSort
  /** Findings of severity info are listed too. */
  readonly showsRemarks: boolean
  /** null: the first entry, whichever it is. */
  readonly finding: Choice<string> | null
  readonly connection: Choice<number> | null
  /** The last one is seen. */
  readonly pages: readonly Page[]
  /** The lists stand still; the ladder does. */
  readonly isFrozen: boolean
  readonly isLadderFrozen: boolean
}

export const FIRST_VIEW: LiveView = {
  focus: 'findings',
  findingSort: 'newest',
  connectionSort: 'trouble',
  showsRemarks: false,
  finding: null,
  connection: null,
  pages: [],
  isFrozen: false,
  isLadderFrozen: false,
}

/** What a key means depends on what is there to be chosen and how far a page reaches. */
export interface KeyContext {
  /** Ids as they are listed. */
  readonly findings: readonly string[]
  readonly connections: readonly number[]
  /** The connections of the finding whose page is open. */
  readonly ofFinding: readonly number[]
  /** The largest scroll of the page that is open. */
  readonly scrollEnd: number
  /** Lines or entries that a page key goes. */
  readonly pageStep: number
}

/** What is not of the view: `quit` ends the run, `suspend` gives the terminal back for a while. */
export type ScreenAction = 'quit' | 'redraw' | 'suspend'

export interface KeyResult {
  readonly view: LiveView
  readonly action?: ScreenAction
}

/** What the next snapshot has to hold for this view. */
export function wishOf({ connectionSort, pages }: LiveView): SnapshotWish {
  const ladder = pages.findLast((page) => page.kind === 'ladder')
  return { connectionSort, ladder: ladder?.id ?? null }
}

/** The view after a key. */
export function pressKey(view: LiveView, key: ScreenKey, context: KeyContext): KeyResult {
  switch (key) {
    case 'q':
    case 'ctrl-c':
      return { view, action: 'quit' }
    case 'ctrl-l':
      return { view, action: 'redraw' }
    case 'ctrl-z':
      return { view, action: 'suspend' }
    case '?':
    case 'h':
      return { view: view.pages.at(-1)?.kind === 'help' ? closed(view) : opened(view, HELP) }
    case 'f':
    case ' ':
      return { view: frozen(view) }
  }
  const page = view.pages.at(-1)
  return { view: page === undefined ? onLists(view, key, context) : onPage(view, page, key, context) }
}

const HELP: Page = { kind: 'help', scroll: 0 }

function opened(view: LiveView, page: Page): LiveView {
  return { ...view, isLadderFrozen: false, pages: [...view.pages, page] }
}

function closed(view: LiveView): LiveView {
  const isLadder = view.pages.at(-1)?.kind === 'ladder'
  return {
    ...view,
    isLadderFrozen: isLadder ? false : view.isLadderFrozen,
    pages: view.pages.slice(0, -1),
  }
}

function frozen(view: LiveView): LiveView {
  return view.pages.at(-1)?.kind === 'ladder'
    ? { ...view, isLadderFrozen: !view.isLadderFrozen }
    : { ...view, isFrozen: !view.isFrozen }
}

function onPage(view: LiveView, page: Page, key: ScreenKey, context: KeyContext): LiveView {
  switch (key) {
    case 'escape':
    case 'left':
    case 'backspace':
      return closed(view)
    case 'enter': {
      const [first] = context.ofFinding
      if (page.kind === 'help') return closed(view)
      if (page.kind !== 'finding' || first === undefined) return view
      return opened(view, { kind: 'ladder', id: first, scroll: null })
    }
  }
  const at = page.scroll ?? context.scrollEnd
  const to = moved(at, key, context.scrollEnd, context.pageStep)
  if (to === undefined) return view
  // Whoever is at the end of a ladder sees what comes.
  const scrolled: Page =
    page.kind === 'ladder'
      ? { ...page, scroll: to >= context.scrollEnd ? null : to }
      : { ...page, scroll: to }
  return { ...view, pages: [...view.pages.slice(0, -1), scrolled] }
}

function onLists(view: LiveView, key: ScreenKey, context: KeyContext): LiveView {
  const isFindings = view.focus === 'findings'
  switch (key) {
    case 'tab':
    case 'back-tab':
    case 'left':
    case 'right':
      return { ...view, focus: isFindings ? 'connections' : 'findings' }
    case 'i':
      return { ...view, showsRemarks: !view.showsRemarks }
    case 's':
      return sorted(view, 1)
    case 'S':
      return sorted(view, -1)
    case 'escape':
      return isFindings ? { ...view, finding: null } : { ...view, connection: null }
  }
  if (isFindings) {
    const finding = chosen(view.finding, context.findings, key, context.pageStep)
    if (key !== 'enter' || finding === null) return { ...view, finding }
    return opened({ ...view, finding }, { kind: 'finding', id: finding.id, scroll: 0 })
  }
  const connection = chosen(view.connection, context.connections, key, context.pageStep)
  if (key !== 'enter' || connection === null) return { ...view, connection }
  return opened({ ...view, connection }, { kind: 'ladder', id: connection.id, scroll: null })
}

function sorted(view: LiveView, step: 1 | -1): LiveView {
  return view.focus === 'findings'
    ? { ...view, finding: null, findingSort: next(FINDING_SORTS, view.findingSort, step) }
    : { ...view, connection: null, connectionSort: next(CONNECTION_SORTS, view.connectionSort, step) }
}

function next<T>(list: readonly T[], value: T, step: number): T {
  return list[(list.indexOf(value) + step + list.length) % list.length] as T
}

/** The entry a key leads to: itself for keys that lead nowhere, and null where it was the first and still is. */
function chosen<Id>(
  choice: Choice<Id> | null,
  ids: readonly Id[],
  key: ScreenKey,
  pageStep: number,
): Choice<Id> | null {
  if (key === 'home' || key === 'g') return null
  const at = placeOf(choice, ids)
  const to = moved(at, key, ids.length - 1, pageStep)
  if (to === undefined && key !== 'enter') return choice
  const id = ids[to ?? at]
  return id === undefined ? null : { id, at: to ?? at }
}

/** Where the chosen entry stands now; what took its place, if it is gone. */
export function placeOf<Id>(choice: Choice<Id> | null, ids: readonly Id[]): number {
  if (choice === null) return 0
  const found = ids.indexOf(choice.id)
  return found === -1 ? Math.max(0, Math.min(choice.at, ids.length - 1)) : found
}

/** undefined for a key that does not move. */
function moved(at: number, key: ScreenKey, end: number, page: number): number | undefined {
  const to = destination(at, key, end, page)
  return to === undefined ? undefined : Math.max(0, Math.min(to, end))
}

function destination(at: number, key: ScreenKey, end: number, page: number): number | undefined {
  switch (key) {
    case 'up':
    case 'k':
      return at - 1
    case 'down':
    case 'j':
      return at + 1
    case 'page-up':
      return at - page
    case 'page-down':
      return at + page
    case 'home':
    case 'g':
      return 0
    case 'end':
    case 'G':
      return end
    default:
      return undefined
  }
}
