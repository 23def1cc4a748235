import type { HostEnd } from '../tracker/host-totals.ts'
import { DistinctCount } from './distinct-count.ts'
import type { EndEntry } from './end-table.ts'
import { FloodWindow, SECOND } from './flood-window.ts'
import { HostMembers } from './host-members.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** Numbers of a listener: handshakes that were forsaken; whether it is troubled, that is has more than numbers. */
const FORSAKEN = 0
const TROUBLED = 1
/** As long as it is not: in which seconds handshakes began that were completed, and how many in each; none where that is 0. */
const COMPLETED = 2
const MOST_SECONDS = 3
const NUMBERS = COMPLETED + 2 * MOST_SECONDS

class Handshakes {
  readonly window: FloodWindow
  readonly sources = new DistinctCount()
  readonly forsaken = new HostMembers()

  constructor(many: number, within: number) {
    this.window = new FloodWindow(many, within)
  }

  clear(): void {
    this.window.clear()
    this.sources.clear()
    this.forsaken.clear()
  }
}

/** What became of the handshakes of each listener. */
export class ListenerHandshakes {
  readonly #rows: PlaceRows<Handshakes>
  readonly #many: number

  /** Listeners with more than `many` that were forsaken are kept. */
  constructor({ rows }: RowSource, many: number, within: number) {
    this.#many = many
    this.#rows = rows('listener', NUMBERS, () => new Handshakes(many, within))
  }

  /** Where the listener's numbers begin. */
  of(server: HostEnd): number {
    return this.#rows.of(server)
  }

  complete(at: number, start: number): void {
    const { numbers } = this.#rows
    if (numbers[at + TROUBLED] === 0) {
      const second = Math.floor(start / SECOND)
      for (let place = at + COMPLETED; place < at + NUMBERS; place += 2) {
        const count = numbers[place + 1] as number
        if (count > 0 && numbers[place] !== second) continue
        numbers[place] = second
        numbers[place + 1] = count + 1
        return
      }
    }
    this.troubled(at).window.add(start, 'completed')
  }

  forsake(at: number, event: { connection: number; firstPacket: number; start: number }): void {
    const { window, forsaken } = this.troubled(at)
    window.add(event.start, 'forsaken')
    forsaken.add(event)
    this.#rows.numbers[at + FORSAKEN] = forsaken.count
    if (forsaken.count > this.#many) this.#rows.keep(at)
  }

  /** What is kept of a listener where handshakes fail, or that goes on for long. */
  troubled(at: number): Handshakes {
    const { numbers } = this.#rows
    const handshakes = this.#rows.extra(at)
    if (numbers[at + TROUBLED] !== 0) return handshakes
    numbers[at + TROUBLED] = 1
    for (let place = at + COMPLETED; place < at + NUMBERS; place += 2) {
      const count = numbers[place + 1] as number
      if (count > 0) handshakes.window.add((numbers[place] as number) * SECOND, 'completed', count)
    }
    return handshakes
  }

  /** Those where more than `many` were forsaken: only there can be a flood. */
  entries(): EndEntry<Handshakes>[] {
    return this.#rows
      .entries((numbers, at) => (numbers[at + FORSAKEN] as number) > this.#many)
      .map(({ end, other, value: at }) => ({ end, other, value: this.#rows.extra(at) }))
  }
}
