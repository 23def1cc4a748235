import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { connectionScore } from './connection-score.ts'
import { endpointText } from './endpoint-text.ts'
import { bytesText, countText, durationText } from './number-text.ts'
import { outcomeText } from './outcome-text.ts'
import type { ConnectionTotals } from './report.ts'
import type { ReportStyle } from './report-style.ts'
import { markedState, markLegend } from './state-mark.ts'
import { surroundingsShort } from './surroundings-text.ts'
import { type Cell, type Column, type Row, tableWidth, terminalTable } from './terminal-table.ts'
import { joinParts, textWidth, wrapWords } from './text-layout.ts'

export interface ConnectionTableInput {
  /** Asked twice: once to measure, once to draw. Most interesting first. */
  readonly connections: () => Iterable<ConnectionSummary>
  readonly totals: ConnectionTotals
  /** Draw all of them, however many. */
  readonly all: boolean
  /** The last moment the report speaks of, nanoseconds since the first packet. */
  readonly end: number
}

/** One line per connection where the terminal is wide enough, else one per endpoint. */
export function* connectionTable(
  input: ConnectionTableInput,
  style: ReportStyle,
): Generator<string, void, void> {
  const { colors } = style
  const natural = measure(input)
  const layout = lineLayout(natural, style) ?? stackedLayout(natural, style)
  const limit = input.all
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.floor(style.rows / layout.linesPerRow))
  const shown = Math.min(limit, natural.rows)
  const total = input.totals.connections

  for (const line of wrapWords(titleText(shown, total), style.width)) yield `${colors.bold(line)}\n`
  if (shown < total) {
    for (const line of joinParts(outcomeCounts(input.totals), ', ', style.width)) yield `${line}\n`
  }
  yield* terminalTable(layout.columns, layout.widths, rowsOf(input, limit, layout, style), colors.bold)
  for (const line of natural.legend) {
    for (const part of wrapWords(line, style.width)) yield `${colors.dim(part)}\n`
  }
}

function titleText(shown: number, total: number): string {
  if (shown < total) {
    return `Connections (${countText(shown)} of ${countText(total)}, the troubled ones first; --all shows the rest)`
  }
  return total === 1 ? 'Connection' : `Connections (${countText(total)}, the troubled ones first)`
}

/** What became of those that are not shown too: `129,677 closed`, `22,239 open`. */
function outcomeCounts({ outcomes }: ConnectionTotals): string[] {
  return Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${countText(count)} ${outcome}`)
}

function* rowsOf(
  input: ConnectionTableInput,
  limit: number,
  layout: Layout,
  style: ReportStyle,
): Generator<Row, void, void> {
  let drawn = 0
  for (const connection of input.connections()) {
    if (drawn++ >= limit) return
    yield layout.row(connectionTexts(connection, input.end), outcomePaint(connection, style))
  }
}

interface ConnectionTexts {
  readonly id: string
  readonly client: string
  readonly server: string
  readonly clientState: string
  readonly serverState: string
  readonly duration: string
  readonly bytes: string
  readonly outcome: string
}

function connectionTexts(connection: ConnectionSummary, end: number): ConnectionTexts {
  const { client, server } = connection
  return {
    id: String(connection.id),
    client: endpointText(client),
    server: endpointText(server),
    clientState: markedState(client.state, client.stateBasis),
    serverState: markedState(server.state, server.stateBasis),
    duration: durationText(connection.end - connection.start),
    bytes: bytesText(client.bytes + server.bytes),
    outcome: whatHappened(connection, end),
  }
}

function whatHappened(connection: ConnectionSummary, end: number): string {
  const surroundings = surroundingsShort(connection)
  const outcome = outcomeText(connection, end)
  return surroundings === undefined ? outcome : `${outcome}, ${surroundings}`
}

function outcomePaint(connection: ConnectionSummary, { colors }: ReportStyle): Cell['paint'] {
  const score = connectionScore(connection)
  if (score >= 700) return colors.red
  return score >= 500 ? colors.yellow : undefined
}

const COLUMNS: Readonly<Record<keyof ConnectionTexts, Column>> = {
  id: { title: '#', align: 'right' },
  client: { title: 'client', cut: 'middle' },
  server: { title: 'server', cut: 'middle' },
  clientState: { title: 'client state' },
  serverState: { title: 'server state' },
  duration: { title: 'duration', align: 'right' },
  bytes: { title: 'bytes', align: 'right' },
  outcome: { title: 'what happened' },
}
const KEYS = Object.keys(COLUMNS) as (keyof ConnectionTexts)[]

interface Measure {
  readonly widths: Readonly<Record<keyof ConnectionTexts, number>>
  readonly rows: number
  readonly legend: readonly string[]
}

function measure(input: ConnectionTableInput): Measure {
  const widths = Object.fromEntries(KEYS.map((key) => [key, 0])) as Record<keyof ConnectionTexts, number>
  const states = new Set<string>()
  let rows = 0
  for (const connection of input.connections()) {
    const texts = connectionTexts(connection, input.end)
    for (const key of KEYS) widths[key] = Math.max(widths[key], textWidth(texts[key]))
    states.add(texts.clientState).add(texts.serverState)
    rows++
  }
  return { widths, rows, legend: markLegend([...states]) }
}

interface Layout {
  readonly columns: readonly Column[]
  readonly widths: readonly number[]
  readonly linesPerRow: number
  readonly row: (texts: ConnectionTexts, paintOutcome: Cell['paint']) => Row
}

/** Everything on one line; where that is too wide, without the columns of least value; undefined if it still is. */
function lineLayout({ widths }: Measure, style: ReportStyle): Layout | undefined {
  for (const dropped of [[], ['bytes'], ['bytes', 'duration']]) {
    const keys = KEYS.filter((key) => !dropped.includes(key))
    const needed = keys.map((key) => Math.max(widths[key], COLUMNS[key].title.length))
    if (tableWidth(needed) > style.width) continue
    return {
      columns: keys.map((key) => COLUMNS[key]),
      widths: needed,
      linesPerRow: 1,
      row: (texts, paintOutcome) =>
        keys.map((key) => ({ lines: [texts[key]], paint: key === 'outcome' ? paintOutcome : undefined })),
    }
  }
  return undefined
}

const NARROWEST_OUTCOME = 24
const SERVER_MARK = '→ '

/** Client above server; duration and bytes under what happened, where there is room for them. */
function stackedLayout({ widths }: Measure, style: ReportStyle): Layout {
  const id = Math.max(1, widths.id)
  const state = Math.max(5, widths.clientState, widths.serverState)
  const endpoints = Math.max('client → server'.length, widths.client, widths.server + SERVER_MARK.length)
  const room = style.width - tableWidth([id, 0, state, 0])
  const endpoint = Math.max(12, Math.min(endpoints, room - NARROWEST_OUTCOME))
  const outcome = Math.max(8, Math.min(room - endpoint, Math.max(NARROWEST_OUTCOME, widths.outcome)))
  return {
    columns: [
      COLUMNS.id,
      { title: 'client → server', cut: 'middle' },
      { title: 'state' },
      { title: 'what happened' },
    ],
    widths: [id, endpoint, state, outcome],
    linesPerRow: 2,
    row: (texts, paintOutcome) => [
      { lines: [texts.id, ''] },
      { lines: [texts.client, SERVER_MARK + texts.server] },
      { lines: [texts.clientState, texts.serverState] },
      { lines: stackedOutcome(texts, outcome), paint: paintOutcome },
    ],
  }
}

function stackedOutcome(texts: ConnectionTexts, width: number): string[] {
  const [first = '', ...rest] = wrapWords(texts.outcome, width)
  return [first, rest.length === 0 ? `${texts.duration}, ${texts.bytes}` : rest.join(' ')]
}
