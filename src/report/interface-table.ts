import type { InterfaceFacts } from '../live/interfaces.ts'
import type { LiveErrorCode } from '../live/live-error.ts'
import type { ReportStyle } from './report-style.ts'
import { type Column, naturalWidths, type Row, tableWidth, terminalTable } from './terminal-table.ts'
import { printable, wrapWords } from './text-layout.ts'

const COLUMNS: readonly Column[] = [
  { title: 'interface', cut: 'end' },
  { title: 'addresses', cut: 'end' },
  { title: 'live', cut: 'end' },
]

const NARROWEST = 12

/** What hinders, in a word or two. */
const OBSTACLES: Readonly<Partial<Record<LiveErrorCode, string>>> = {
  'no-permission': 'not permitted',
  'interface-down': 'is down',
  'unsupported-link-type': 'not decoded',
  'no-such-interface': 'is gone',
}

/** What `live` can listen on, and whether this user may. */
export function* interfaceTable(
  interfaces: readonly InterfaceFacts[],
  style: ReportStyle,
): Generator<string> {
  const { colors, width } = style
  if (interfaces.length === 0) {
    yield 'there is no interface\n'
    return
  }
  const rows = interfaces.map(rowOf)
  const widths = naturalWidths(COLUMNS, rows)
  const over = tableWidth(widths) - width
  if (over > 0) widths[1] = Math.max(NARROWEST, (widths[1] ?? 0) - over)
  yield* terminalTable(COLUMNS, widths, rows, colors.bold)
  const denied = interfaces.find(({ obstacle }) => obstacle?.code === 'no-permission')
  if (denied?.obstacle === undefined) return
  for (const line of wrapWords(denied.obstacle.message, width)) yield `${line}\n`
}

function rowOf({ name, description, addresses, isLoopback, obstacle }: InterfaceFacts): Row {
  const what = isLoopback ? 'loopback' : printable(description)
  const told = addresses.length > 0 ? [...addresses] : [what]
  return [
    { lines: [printable(name)] },
    { lines: told },
    { lines: [obstacle === undefined ? 'yes' : (OBSTACLES[obstacle.code] ?? 'no')] },
  ]
}
