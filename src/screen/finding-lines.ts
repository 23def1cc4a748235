import { findingText } from '../report/finding-text.ts'
import { paintOf, severityMark } from '../report/findings-section.ts'
import { countOf, countText } from '../report/number-text.ts'
import { printable } from '../report/text-layout.ts'
import { ageText } from './age-text.ts'
import { columnLines, type ScreenColumn } from './column-lines.ts'
import { type ListedFinding, type ListedFindings, listedFindings } from './listed-findings.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import { type LiveView, placeOf } from './live-view.ts'
import type { ScreenStyle } from './screen-style.ts'
import { entryLine, firstShown, leastRoom, type RoomWish, titleLine } from './section-lines.ts'

const COLUMNS: readonly ScreenColumn[] = [
  { title: '' },
  { title: 'severity', spare: 3 },
  { title: 'age', align: 'right' },
  { title: 'seen', align: 'right', isExtra: true },
  { title: 'times', align: 'right', spare: 2 },
  { title: '', spare: 1 },
  { title: 'finding', least: 40 },
  { title: 'rule', isExtra: true },
]
const MARGIN = 2

export function findingRoom(snapshot: LiveSnapshot, view: LiveView): RoomWish {
  const { length } = listedFindings(snapshot.findings, view).list
  const most = 2 + length
  return length === 0 ? { least: 2, most: 2 } : { least: leastRoom(most, view.focus === 'findings'), most }
}

/** What was found so far, each with how long ago it was first and last seen. */
export function findingLines(
  snapshot: LiveSnapshot,
  view: LiveView,
  room: number,
  style: ScreenStyle,
): string[] {
  if (room < 1) return []
  const listed = listedFindings(snapshot.findings, view)
  const { list } = listed
  const hasTitles = room >= 2 + Math.min(2, list.length)
  const space = Math.max(0, room - (hasTitles ? 2 : 1))
  const at = placeOf(
    view.finding,
    list.map(({ finding }) => finding.id),
  )
  const first = firstShown(at, list.length, space)
  const shown = list.slice(first, first + space)
  const isFocused = view.focus === 'findings'
  const note = noteText(listed, shown.length)
  const title = titleLine(`Findings, ${SORT_TEXTS[view.findingSort]}`, note, isFocused, style)
  if (list.length === 0) return [title, `  ${style.colors.dim('nothing found so far')}`].slice(0, room)
  const { width } = style
  const table = columnLines(
    COLUMNS,
    shown.map((entry) => cells(entry, snapshot.now)),
    Math.max(1, width - MARGIN),
  )
  const rows = table.rows.map((text, index) => {
    const { finding } = shown[index] as ListedFinding
    const isChosen = isFocused && first + index === at
    return entryLine(isChosen ? text : paintOf(finding.severity, style)(text), isChosen, style)
  })
  return hasTitles ? [title, style.colors.dim(`  ${table.title}`), ...rows] : [title, ...rows]
}

const SORT_TEXTS: Readonly<Record<LiveView['findingSort'], string>> = {
  newest: 'newest first',
  'last seen': 'last seen first',
  severity: 'gravest first',
  count: 'most frequent first',
}

function noteText({ list, remarks }: ListedFindings, shown: number): string {
  const notes: string[] = []
  if (shown < list.length) notes.push(`${countText(shown)} of ${countText(list.length)}`)
  if (remarks > 0) notes.push(`${countOf(remarks, 'remark')}: i`)
  return notes.join(', ')
}

function cells({ finding, explains }: ListedFinding, now: number): string[] {
  const { severity, firstSeen, lastSeen, count, rule } = finding
  return [
    severityMark(severity),
    severity,
    ageText(now - firstSeen),
    ageText(now - lastSeen),
    count === 1 ? '' : countText(count),
    // What it explains.
    explains.length === 0 ? '' : `+${countText(explains.length)}`,
    printable(findingText(finding).title),
    rule,
  ]
}
