import { connectionScore } from '../report/connection-score.ts'
import { endpointText } from '../report/endpoint-text.ts'
import { bytesText, countText } from '../report/number-text.ts'
import { outcomeText } from '../report/outcome-text.ts'
import { markedState } from '../report/state-mark.ts'
import { surroundingsShort } from '../report/surroundings-text.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { ageText } from './age-text.ts'
import { columnLines, type ScreenColumn } from './column-lines.ts'
import type { ConnectionSort, LiveSnapshot } from './live-snapshot.ts'
import { type LiveView, placeOf } from './live-view.ts'
import type { ScreenStyle } from './screen-style.ts'
import { entryLine, firstShown, leastRoom, type RoomWish, titleLine } from './section-lines.ts'

const COLUMNS: readonly ScreenColumn[] = [
  { title: '#', align: 'right', spare: 4 },
  { title: 'client', cut: 'middle', least: 15, spare: 2 },
  { title: 'server', cut: 'middle', least: 15, spare: 1 },
  { title: 'client state', spare: 3 },
  { title: 'server state', spare: 3 },
  { title: 'age', align: 'right', spare: 5 },
  { title: 'silent', align: 'right', isExtra: true },
  { title: 'packets', align: 'right', isExtra: true },
  { title: 'bytes', align: 'right', spare: 6 },
  { title: 'what happened', least: 14 },
]
const MARGIN = 2
/** Scores from which a connection is in trouble, and in grave trouble (connection-score.ts). */
const TROUBLED = 500
const BROKEN = 700

export function connectionRoom({ connections }: LiveSnapshot, { focus }: LiveView): RoomWish {
  const { length } = connections
  const most = 2 + length
  return length === 0 ? { least: 1, most: 2 } : { least: leastRoom(most, focus === 'connections'), most }
}

/** The first connections in the order that was chosen. */
export function connectionLines(
  snapshot: LiveSnapshot,
  view: LiveView,
  room: number,
  style: ScreenStyle,
): string[] {
  if (room < 1) return []
  const { connections: list, held, now } = snapshot
  const hasTitles = room >= 2 + Math.min(2, list.length)
  const space = Math.max(0, room - (hasTitles ? 2 : 1))
  const at = placeOf(
    view.connection,
    list.map(({ id }) => id),
  )
  const first = firstShown(at, list.length, space)
  const shown = list.slice(first, first + space)
  const isFocused = view.focus === 'connections'
  const note = shown.length < held ? `${countText(shown.length)} of ${countText(held)}` : ''
  const title = titleLine(`Connections, ${SORT_TEXTS[view.connectionSort]}`, note, isFocused, style)
  if (list.length === 0) return [title, `  ${style.colors.dim('none so far')}`].slice(0, room)
  const { width } = style
  const table = columnLines(
    COLUMNS,
    shown.map((connection) => cells(connection, now)),
    Math.max(1, width - MARGIN),
  )
  const rows = table.rows.map((text, index) => {
    const connection = shown[index] as ConnectionSummary
    const isChosen = isFocused && first + index === at
    return entryLine(isChosen ? text : paint(connection, style)(text), isChosen, style)
  })
  return hasTitles ? [title, style.colors.dim(`  ${table.title}`), ...rows] : [title, ...rows]
}

const SORT_TEXTS: Readonly<Record<ConnectionSort, string>> = {
  trouble: 'the troubled ones first',
  newest: 'newest first',
  bytes: 'most bytes first',
  packets: 'most packets first',
  silence: 'silent longest first',
  host: 'by client',
}

function cells(connection: ConnectionSummary, now: number): string[] {
  const { id, client, server, start, end, packets } = connection
  const surroundings = surroundingsShort(connection)
  const outcome = outcomeText(connection, now)
  return [
    String(id),
    endpointText(client),
    endpointText(server),
    markedState(client.state, client.stateBasis),
    markedState(server.state, server.stateBasis),
    ageText(now - start),
    ageText(now - end),
    countText(packets),
    bytesText(client.bytes + server.bytes),
    surroundings === undefined ? outcome : `${outcome}, ${surroundings}`,
  ]
}

/** The colour of what stands in the last column in words. */
function paint(connection: ConnectionSummary, { colors }: ScreenStyle): (text: string) => string {
  const score = connectionScore(connection)
  if (score >= BROKEN) return colors.red
  return score >= TROUBLED ? colors.yellow : (text) => text
}
