import type { Connection } from '../tracker/connection.ts'
import { ipVersionOf } from '../tracker/flow-table.ts'
import { portOf } from '../tracker/host-totals.ts'
import { SYN_OPENS } from '../tracker/syn-arrives.ts'
import type { TrackerEvent, TrackerEvents } from '../tracker/tracker-events.ts'

/** RFC 8305 starts the next attempt after 250 ms; by then the race is over, ns. */
const RACE = 2e9
/** Attempts remembered per port and family, and ports, and attempts known to have lost. */
const MOST_ATTEMPTS = 8
const MOST_PORTS = 1024
const MOST_LOST = 1024

interface Attempt {
  connection: number
  start: number
  macHigh: number
  macLow: number
}

/** The latest attempts to connect to one port over one family; the oldest one's place is the next one's. */
interface Attempts {
  readonly latest: Attempt[]
  next: number
}

/**
 * Attempts to connect that lost a race of Happy Eyeballs (RFC 8305): the same client connected to the same port over the
 * other address family within two seconds. The client's two addresses have nothing in common but where their frames come
 * from.
 */
export class RivalAttempts {
  readonly #attempts = new Map<number, Attempts>()
  readonly #lost = new Set<number>()

  /** Before any rule subscribes: who has lost is known when rules ask. */
  subscribe(events: TrackerEvents): void {
    events.subscribe('syn', (event) => this.#began(event))
    events.subscribe('handshake', (event) => this.#connected(event))
  }

  #began({ connection, segment, detail }: TrackerEvent): void {
    if (detail !== SYN_OPENS) return
    const key = keyOf(connection)
    const attempts = this.#attempts.get(key) ?? this.#newPort(key)
    const { latest, next } = attempts
    attempts.next = (next + 1) % MOST_ATTEMPTS
    const attempt = latest[next]
    const { sourceMacHigh: macHigh, sourceMacLow: macLow } = segment
    if (attempt === undefined) {
      latest.push({ connection: connection.id, start: connection.start, macHigh, macLow })
      return
    }
    attempt.connection = connection.id
    attempt.start = connection.start
    attempt.macHigh = macHigh
    attempt.macLow = macLow
  }

  #connected({ connection, segment }: TrackerEvent): void {
    const rivals = this.#attempts.get(keyOf(connection) ^ OTHER_FAMILY)
    if (rivals === undefined) return
    for (const attempt of rivals.latest) {
      const ahead = connection.start - attempt.start
      if (ahead < 0 || ahead > RACE) continue
      if (attempt.macHigh !== segment.sourceMacHigh || attempt.macLow !== segment.sourceMacLow) continue
      this.#lost.add(attempt.connection)
      forgetOldest(this.#lost, MOST_LOST)
    }
  }

  /** Whether it lost. */
  hasLost({ id }: Connection): boolean {
    return this.#lost.has(id)
  }

  #newPort(key: number): Attempts {
    const attempts = { latest: [], next: 0 }
    this.#attempts.set(key, attempts)
    forgetOldest(this.#attempts, MOST_PORTS)
    return attempts
  }
}

const OTHER_FAMILY = 1

function keyOf(connection: Connection): number {
  const port = portOf(connection, 1 - connection.clientSide)
  return 2 * port + (ipVersionOf(connection.words, connection.base) === 6 ? OTHER_FAMILY : 0)
}

function forgetOldest(memory: Map<number, unknown> | Set<number>, most: number): void {
  if (memory.size <= most) return
  const [oldest] = memory.keys()
  if (oldest !== undefined) memory.delete(oldest)
}
