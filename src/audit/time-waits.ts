import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry } from './end-table.ts'
import type { PlaceKind } from './host-places.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** Numbers of a place. */
const NOW = 0
const PEAK = 1
const PEAK_TIME = 2
const FIRST = 3
const CLOSED = 4
const PACKETS = 5
const LASTED = 6
const NUMBERS = 7

/** The most TIME_WAITs that there were at one time. */
export interface TimeWaitPeak {
  readonly peak: number
  readonly peakTime: number
  readonly first: number
  /** Connections of it that left, and what they carried and how long they lasted, ns. */
  readonly closed: number
  readonly packets: number
  readonly lasted: number
}

/** TIME_WAITs of each host, listener or pair. */
export class TimeWaits {
  readonly #rows: PlaceRows
  readonly #many: number

  /** Places that had `many` at one time are kept. */
  constructor({ rows }: RowSource, kind: PlaceKind, many: number) {
    this.#many = many
    this.#rows = rows(kind, NUMBERS)
  }

  /** One more, or one less. */
  change(by: number, time: number, end: HostEnd, other?: HostEnd): void {
    const at = this.#rows.of(end, other)
    const { numbers } = this.#rows
    const now = Math.max(0, (numbers[at + NOW] as number) + by)
    const peak = numbers[at + PEAK] as number
    numbers[at + NOW] = now
    if (now <= peak) return
    if (peak === 0) numbers[at + FIRST] = time
    numbers[at + PEAK] = now
    numbers[at + PEAK_TIME] = time
    if (now >= this.#many) this.#rows.keep(at)
  }

  /** A connection of the place leaves. */
  leaves(packets: number, lasted: number, end: HostEnd): void {
    const at = this.#rows.known(end)
    if (at < 0) return
    const { numbers } = this.#rows
    numbers[at + CLOSED] = (numbers[at + CLOSED] as number) + 1
    numbers[at + PACKETS] = (numbers[at + PACKETS] as number) + packets
    numbers[at + LASTED] = (numbers[at + LASTED] as number) + lasted
  }

  entries(): EndEntry<TimeWaitPeak>[] {
    const { numbers } = this.#rows
    return this.#rows.entries().map(({ end, other, value: at }) => ({
      end,
      other,
      value: {
        peak: numbers[at + PEAK] as number,
        peakTime: numbers[at + PEAK_TIME] as number,
        first: numbers[at + FIRST] as number,
        closed: numbers[at + CLOSED] as number,
        packets: numbers[at + PACKETS] as number,
        lasted: numbers[at + LASTED] as number,
      },
    }))
  }
}
