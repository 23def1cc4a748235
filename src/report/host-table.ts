import type { StateName } from '../tracker/tcp-state.ts'
import { countText } from './number-text.ts'
import { OPEN_STATE_NAMES } from './open-states.ts'
import type { HostFacts, Report } from './report.ts'
import type { ReportStyle } from './report-style.ts'
import { type Column, naturalWidths, type Row, tableWidth, terminalTable } from './terminal-table.ts'
import { wrapWords } from './text-layout.ts'

const NARROWEST_STATES = 20

/** How many sockets each host has in each state at the end; empty when no host has any. */
export function* hostTable(
  { busiestHosts, otherHosts }: Pick<Report, 'busiestHosts' | 'otherHosts'>,
  style: ReportStyle,
): Generator<string, void, void> {
  const { colors } = style
  const { shown, others, otherSockets } = busiestHosts
  if (shown.length === 0) return

  yield `${colors.bold('States at the end of the capture')}\n`
  const { columns, rows, widths } = fittingLayout(shown, style)
  yield* terminalTable(columns, widths, rows, colors.bold)
  if (others > 0) {
    yield `and ${countText(others)} more ${others === 1 ? 'host' : 'hosts'} with ${countText(otherSockets)} of them; --json lists every host\n`
  }
  if (otherHosts !== undefined) {
    yield `and ${countText(otherHosts.hosts)} hosts too many to be told apart, with ${countText(openSockets(otherHosts))}\n`
  }
}

function openSockets(host: Pick<HostFacts, 'states'>): number {
  return OPEN_STATE_NAMES.reduce((sum, state) => sum + (host.states[state] ?? 0), 0)
}

interface Layout {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly widths: readonly number[]
}

/** A column per state where the terminal has room for them, else the states in words. */
function fittingLayout(hosts: readonly HostFacts[], { width, colors }: ReportStyle): Layout {
  const states = OPEN_STATE_NAMES.filter((state) => hosts.some((host) => host.states[state] !== undefined))
  const showsPeak = hosts.some((host) => host.peakTimeWait > (host.states.TIME_WAIT ?? 0))
  for (const withPeak of showsPeak ? [true, false] : [false]) {
    const columns: Column[] = [
      { title: 'host', cut: 'middle' },
      ...states.map((state) => ({ title: state, align: 'right' as const })),
      ...(withPeak ? [{ title: 'peak TIME_WAIT', align: 'right' as const }] : []),
    ]
    const rows = hosts.map((host) => [
      { lines: [host.address] },
      ...states.map((state) => countCell(host.states[state] ?? 0, colors.dim)),
      ...(withPeak ? [countCell(host.peakTimeWait, colors.dim)] : []),
    ])
    const widths = naturalWidths(columns, rows)
    if (tableWidth(widths) <= width) return { columns, rows, widths }
  }
  return wordsLayout(hosts, states, width)
}

function countCell(count: number, dim: (text: string) => string): Row[number] {
  return count === 0 ? { lines: ['·'], paint: dim } : { lines: [countText(count)] }
}

function wordsLayout(hosts: readonly HostFacts[], states: readonly StateName[], width: number): Layout {
  const columns: Column[] = [{ title: 'host', cut: 'middle' }, { title: 'states' }]
  const longest = Math.max(...hosts.map((host) => host.address.length))
  const hostWidth = Math.max(4, Math.min(longest, width - tableWidth([0, NARROWEST_STATES])))
  const statesWidth = Math.max(NARROWEST_STATES, width - tableWidth([hostWidth, 0]))
  const rows = hosts.map((host) => {
    const counts = states
      .filter((state) => host.states[state] !== undefined)
      .map((state) => `${countText(host.states[state] ?? 0)} ${state}`)
    return [{ lines: [host.address] }, { lines: wrapWords(counts.join(', '), statesWidth) }]
  })
  const used = Math.max(6, ...rows.flatMap((row) => row[1]?.lines.map((line) => line.length) ?? []))
  return { columns, rows, widths: [hostWidth, used] }
}
