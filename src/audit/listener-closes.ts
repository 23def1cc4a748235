import type { HostFirstFin } from '../tracker/host-events.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry } from './end-table.ts'
import { HostMembers } from './host-members.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** Numbers of a listener: connections that it closed at once behind an answer. */
const ALL = 0
/** The most exchanges that any connection had which somebody closed. */
const LONGEST = 1
/** The first of those that it closed: how many exchanges it had, and which it is. */
const EXCHANGES = 2
const CONNECTION = 3
const PACKET = 4
const TIME = 5
const NUMBERS = 6

/** Numbers of exchanges told apart at one listener: one with more different ones has no limit that shows. */
const MOST_NUMBERS = 64

/** What a listener closed. */
export interface Closes {
  readonly all: number
  readonly longest: number
  /** Those with as many exchanges as the longest of all. */
  readonly members: HostMembers | undefined
}

/** Connections that a listener closed, by how many exchanges there had been; only those that closed several have this. */
class ByExchanges {
  readonly #members = new Map<number, HostMembers>()

  clear(): void {
    this.#members.clear()
  }

  add(exchanges: number, connection: number, firstPacket: number, start: number): void {
    let members = this.#members.get(exchanges)
    if (members === undefined) {
      if (this.#members.size === MOST_NUMBERS) return
      members = new HostMembers()
      this.#members.set(exchanges, members)
    }
    members.add({ connection, firstPacket, start })
  }

  of(exchanges: number): HostMembers | undefined {
    return this.#members.get(exchanges)
  }
}

/** What each listener closed at once behind an answer, by the number of exchanges. */
export class ListenerCloses {
  readonly #rows: PlaceRows<ByExchanges>
  readonly #least: number

  /** Listeners that closed `least` are kept. */
  constructor({ rows }: RowSource, least: number) {
    this.#least = least
    this.#rows = rows('listener', NUMBERS, () => new ByExchanges())
  }

  /** A connection of so many exchanges is closed; where the listener's numbers begin. */
  sees(server: HostEnd, exchanges: number): number {
    const at = this.#rows.of(server)
    const { numbers } = this.#rows
    numbers[at + LONGEST] = Math.max(numbers[at + LONGEST] as number, exchanges)
    return at
  }

  /** By the listener, at once. */
  closes(at: number, { exchanges, connection, packet, time }: HostFirstFin): void {
    const { numbers } = this.#rows
    const all = numbers[at + ALL] as number
    numbers[at + ALL] = all + 1
    if (all + 1 >= this.#least) this.#rows.keep(at)
    if (all > 0) {
      this.#several(at).add(exchanges, connection, packet, time)
      return
    }
    numbers[at + EXCHANGES] = exchanges
    numbers[at + CONNECTION] = connection
    numbers[at + PACKET] = packet
    numbers[at + TIME] = time
  }

  /** Of listeners that closed `least`. */
  entries(): EndEntry<Closes>[] {
    const { numbers } = this.#rows
    const closers = this.#rows.entries((_, at) => (numbers[at + ALL] as number) >= this.#least)
    return closers.map(({ end, other, value: at }) => {
      const all = numbers[at + ALL] as number
      const longest = numbers[at + LONGEST] as number
      return { end, other, value: { all, longest, members: this.#several(at).of(longest) } }
    })
  }

  #several(at: number): ByExchanges {
    const known = this.#rows.knownExtra(at)
    if (known !== undefined) return known
    const { numbers } = this.#rows
    const several = this.#rows.extra(at)
    several.add(
      numbers[at + EXCHANGES] as number,
      numbers[at + CONNECTION] as number,
      numbers[at + PACKET] as number,
      numbers[at + TIME] as number,
    )
    return several
  }
}
