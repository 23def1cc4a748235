import type { Connection } from '../tracker/connection.ts'
import { endOf } from '../tracker/host-totals.ts'
import { SYN_OPENS } from '../tracker/syn-arrives.ts'
import type { EventOf } from './rule-handlers.ts'

/** RFC 8305 starts the next attempt after 250 ms; by then the race is over, ns. */
const RACE = 2e9
/** Attempts remembered per port and family, and ports, and attempts known to have lost. */
const MOST_ATTEMPTS = 8
const MOST_PORTS = 1024
const MOST_LOST = 1024

interface Attempt {
  readonly connection: number
  readonly start: number
  readonly macHigh: number
  readonly macLow: number
}

/**
 * Attempts to connect that lost a race of Happy Eyeballs (RFC 8305): the same client connected to the same port over the
 * other address family within two seconds. The client's two addresses have nothing in common but where their frames come
 * from.
 */
export class RivalAttempts {
  readonly #attempts = new Map<number, Attempt[]>()
  readonly #lost = new Set<number>()

  began({ connection, segment, detail }: EventOf<'syn'>): void {
    if (detail !== SYN_OPENS) return
    const key = keyOf(connection)
    const attempts = this.#attempts.get(key) ?? []
    attempts.push({
      connection: connection.id,
      start: connection.start,
      macHigh: segment.sourceMacHigh,
      macLow: segment.sourceMacLow,
    })
    if (attempts.length > MOST_ATTEMPTS) attempts.shift()
    this.#attempts.delete(key)
    this.#attempts.set(key, attempts)
    forgetOldest(this.#attempts, MOST_PORTS)
  }

  connected({ connection, segment }: EventOf<'handshake'>): void {
    for (const attempt of this.#attempts.get(keyOf(connection) ^ OTHER_FAMILY) ?? []) {
      const ahead = connection.start - attempt.start
      if (ahead < 0 || ahead > RACE) continue
      if (attempt.macHigh !== segment.sourceMacHigh || attempt.macLow !== segment.sourceMacLow) continue
      this.#lost.add(attempt.connection)
      forgetOldest(this.#lost, MOST_LOST)
    }
  }

  /** Whether it lost; asked once. */
  hasLost({ id }: Connection): boolean {
    return this.#lost.delete(id)
  }
}

const OTHER_FAMILY = 1

function keyOf(connection: Connection): number {
  const { port, ipVersion } = endOf(connection, 1 - connection.clientSide)
  return 2 * port + (ipVersion === 6 ? OTHER_FAMILY : 0)
}

function forgetOldest(memory: Map<number, unknown> | Set<number>, most: number): void {
  const [oldest] = memory.keys()
  if (memory.size > most && oldest !== undefined) memory.delete(oldest)
}
