import type { Connection } from './connection.ts'
import { MIDSTREAM, OPENED } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { isOver } from './syn-arrives.ts'

/** Connections held at once unless told otherwise: 0.9 GB in a flood of SYNs, with all that is kept beside them. */
export const DEFAULT_MAX_CONNECTIONS = 1_000_000
/** Above every time in ns: puts one class of connections behind another. Times within a class are exact to a microsecond. */
const CLASS = 2 ** 62
/** One in so many leaves when there is no room, so that many newcomers pay for looking through all that are held. */
const SHARE = 16

/**
 * Which of the connections held leave before their time when there is no room for another. First those that were begun and
 * not opened, which anybody can make up; then those that are over and only known for stragglers; then the others. Within
 * each class those that have been silent longest.
 *
 * @param most connections that may be held, at least 1
 * @param stand puts the three cursors on a row
 */
export function chooseEvicted(
  rows: Int32Array,
  most: number,
  stand: (row: number) => void,
  connection: Connection,
  one: Endpoint,
  other: Endpoint,
): Int32Array {
  const ranks = new Float64Array(rows.length)
  for (const [at, row] of rows.entries()) {
    stand(row)
    ranks[at] = rankOf(connection, one, other)
  }
  const leaving = Math.max(1, Math.floor(most / SHARE))
  const last = ranks.slice().sort()[leaving - 1] as number
  return rows.filter((_, at) => (ranks[at] as number) <= last)
}

function rankOf(connection: Connection, one: Endpoint, other: Endpoint): number {
  if (isOver(one.state) && isOver(other.state)) return CLASS + connection.end
  const isHalfOpen = (connection.flags & (MIDSTREAM | OPENED)) === 0 && connection.openTime < 0
  return isHalfOpen ? connection.end : 2 * CLASS + connection.end
}
