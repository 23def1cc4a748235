import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { CLOSED } from '../tracker/tcp-state.ts'
import type { TrackerEvent, TrackerEvents } from '../tracker/tracker-events.ts'

/** What no summary says of a connection: how long windows were shut, and RSTs by what had passed before. */
export interface Notes {
  /** ns, the longest that the window of either end was 0; of one that still is, up to the end of the capture. */
  longestZeroWindow(connection: ConnectionSummary, end: number): number
  /** RSTs behind payload, whoever had sent that. */
  readonly resetsAfterData: { readonly client: number; readonly server: number }
}

class TroubledConnection implements Notes {
  readonly resetsAfterData = { client: 0, server: 0 }
  /** ns, by side; NaN while the window is open. */
  readonly #zeroSince = { client: Number.NaN, server: Number.NaN }
  #longest = 0

  shut(side: Side, time: number): void {
    this.#zeroSince[side] = time
  }

  open(side: Side, time: number): void {
    const lasted = time - this.#zeroSince[side]
    if (lasted > this.#longest) this.#longest = lasted
    this.#zeroSince[side] = Number.NaN
  }

  longestZeroWindow(connection: ConnectionSummary, end: number): number {
    const still = SIDES.map((side) => {
      const until = connection[side].state === CLOSED || connection.evicted ? connection.end : end
      return until - this.#zeroSince[side]
    })
    return Math.max(this.#longest, ...still.filter((lasted) => lasted > 0))
  }
}

type Side = 'client' | 'server'
const SIDES = ['client', 'server'] as const

export const NO_NOTES: Notes = {
  longestZeroWindow: () => 0,
  resetsAfterData: { client: 0, server: 0 },
}

/** Notes of the connections that are in the tracker, of those only that have any trouble. */
export class ConnectionNotes {
  readonly #notes = new Map<number, TroubledConnection>()

  subscribe(events: TrackerEvents): void {
    events.subscribe('zeroWindow', (event) => this.#of(event).shut(sideOf(event), event.time))
    events.subscribe('windowOpened', (event) => this.#of(event).open(sideOf(event), event.time))
    events.subscribe('reset', (event) => {
      const hasData = event.endpoint.payloadBytes > 0 || event.peer.payloadBytes > 0
      if (hasData) this.#of(event).resetsAfterData[sideOf(event)]++
    })
  }

  /** The notes of a connection that leaves; they are forgotten with it. */
  take(id: number): Notes {
    const notes = this.#notes.get(id)
    if (notes === undefined) return NO_NOTES
    this.#notes.delete(id)
    return notes
  }

  #of({ connection }: TrackerEvent): TroubledConnection {
    const known = this.#notes.get(connection.id)
    if (known !== undefined) return known
    const notes = new TroubledConnection()
    this.#notes.set(connection.id, notes)
    return notes
  }
}

function sideOf({ endpoint, connection }: TrackerEvent): Side {
  return (endpoint.index & 1) === connection.clientSide ? 'client' : 'server'
}
