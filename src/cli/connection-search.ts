import type { ConnectionSummary, FinishedConnection } from '../tracker/connection-summary.ts'
import { UsageError } from './usage-error.ts'

/** Looks for one connection among those that finish, and remembers its neighbours in case there is none. */
export class ConnectionSearch {
  readonly #id: number
  #found: ConnectionSummary | undefined
  #below: number | undefined
  #above: number | undefined

  constructor(id: number) {
    this.#id = id
  }

  add(connection: FinishedConnection): void {
    const { id } = connection
    if (id === this.#id) this.#found = connection.summary()
    else if (id < this.#id) this.#below = Math.max(this.#below ?? id, id)
    else this.#above = Math.min(this.#above ?? id, id)
  }

  /** Throws UsageError with the nearest ids there are. */
  found(): ConnectionSummary {
    if (this.#found !== undefined) return this.#found
    const near = [this.#below, this.#above].filter((id) => id !== undefined)
    throw new UsageError(`there is no connection ${this.#id}: ${nearestText(near)}`)
  }
}

function nearestText(ids: readonly number[]): string {
  if (ids.length === 0) return 'the capture holds no connections'
  return `the nearest ${ids.length === 1 ? 'is' : 'are'} ${ids.join(' and ')}`
}
