import type { ConnectionGist, ConnectionSummary } from '../tracker/connection-summary.ts'
import type { Notes } from './connection-notes.ts'

/** A connection that finished, as the claims see it. Borrowed, but for what `summary` gives. */
export interface SeenConnection {
  readonly gist: ConnectionGist
  readonly notes: Notes
  /** Made once for all that ask. */
  summary(): ConnectionSummary
}

/** A connection worth naming: an example, or the one with the worst number. */
export interface NamedConnection {
  readonly id: number
  readonly packet: number
  readonly note: string
}

/** Connections named for one assertion. */
const MOST_NAMED = 3

/** Those of many that began first, whatever order they come in. */
export class FirstConnections {
  count = 0
  readonly #named: NamedConnection[] = []

  /** `name` is called only for one that is kept so far. */
  add(id: number, name: () => NamedConnection): void {
    this.count++
    const named = this.#named
    const last = named[MOST_NAMED - 1]
    if (last !== undefined && id > last.id) return
    named.push(name())
    named.sort((one, other) => one.id - other.id)
    if (named.length > MOST_NAMED) named.pop()
  }

  get named(): readonly NamedConnection[] {
    return this.#named
  }
}
