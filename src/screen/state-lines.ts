import { countOf, countText } from '../report/number-text.ts'
import { OPEN_STATE_NAMES } from '../report/open-states.ts'
import { wrapWords } from '../report/text-layout.ts'
import type { StateName } from '../tracker/tcp-state.ts'
import { ageText } from './age-text.ts'
import { columnLines, type ScreenColumn } from './column-lines.ts'
import type { HostStates, LiveCensus, LiveSnapshot } from './live-snapshot.ts'
import type { ScreenStyle } from './screen-style.ts'
import { type RoomWish, titleLine } from './section-lines.ts'

const MOST_HOSTS_SHOWN = 8
/** A census older than this says so, ns. */
const FRESH = 2.5e9

/** Title, heads of the columns, hosts. */
export function stateRoom({ census }: LiveSnapshot): RoomWish {
  const hosts = Math.min(MOST_HOSTS_SHOWN, census.hosts.length)
  return hosts === 0 ? { least: 0, most: 0 } : { least: 2, most: 2 + hosts }
}

/** How many sockets each host has in which state, the busiest first. */
export function stateLines({ census }: LiveSnapshot, room: number, style: ScreenStyle): string[] {
  if (room < 1) return []
  const { width, colors } = style
  const states = OPEN_STATE_NAMES.filter((state) =>
    census.hosts.some((host) => host.states[state] !== undefined),
  )
  const columns: ScreenColumn[] = [
    { title: 'host', cut: 'middle', least: 15 },
    ...states.map((title) => ({ title, align: 'right' as const })),
  ]
  const lines = (hosts: readonly HostStates[]) => {
    const rows = hosts.map((host) => [host.address, ...states.map((state) => cellText(host.states[state]))])
    return columnLines(columns, rows, width)
  }
  const widest = lines(census.hosts)
  const isTable = [widest.title, ...widest.rows].every((line) => line.length <= width)
  const hasTitles = isTable && room > 2
  const shown = census.hosts.slice(0, Math.max(0, room - (hasTitles ? 2 : 1)))
  const title = titleLine('States per host', noteText(census, shown.length), false, style)
  if (!hasTitles) return [title, ...shown.map((host) => wordsLine(host, states, width))]
  const table = lines(shown)
  return [title, colors.dim(table.title), ...table.rows]
}

function cellText(count: number | undefined): string {
  return count === undefined ? '·' : countText(count)
}

/** Where the columns do not fit: as many states as do, the most frequent first. */
function wordsLine(
  { address, states: counts }: HostStates,
  states: readonly StateName[],
  width: number,
): string {
  const words = states
    .filter((state) => counts[state] !== undefined)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .map((state) => `${countText(counts[state] ?? 0)} ${state}`)
  return wrapWords(`${address}  ${words.join(', ')}`, Math.max(1, width))[0] ?? ''
}

function noteText(census: LiveCensus, shown: number): string {
  const hidden = census.hosts.slice(shown)
  const sockets = hidden.reduce((sum, host) => sum + host.sockets, census.otherSockets)
  const hosts = hidden.length + census.otherHosts
  const notes: string[] = []
  if (census.hasUncounted) notes.push(`${countText(sockets)} sockets of very many more`)
  else if (hosts > 0) notes.push(`${countOf(hosts, 'more host')} with ${countText(sockets)}`)
  if (census.age !== null && census.age > FRESH) notes.push(`counted within ${ageText(census.age)}`)
  return notes.join(', ')
}
