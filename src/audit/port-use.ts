import { portHold } from '../tracker/host-events.ts'
import type { HostProfile } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { TcpState } from '../tracker/tcp-state.ts'
import type { EndEntry } from './end-table.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** A new mark is set each time that so many times as many ports are in use as at the last one. */
const MARK_STEP = 1.1
/** Ports in use from which on their numbers say how far the range goes, and how full that span must be then. */
const ENOUGH = 50
const FILLED = 0.8
/** The span had this share of its width when half as many ports were in use: it is chosen from, not counted up. */
const SETTLED = 0.8

/** When so many ports had come into use. */
interface Mark {
  readonly used: number
  readonly open: number
  readonly time: number
  readonly span: number
}

/** A range of local ports: the host’s as far as it is known, or, in place of Linux’s default, what the ports seen show. */
export interface PortRange {
  readonly first: number
  readonly last: number
  readonly isObserved: boolean
}

/** How things stood when most ports were in use. */
export interface PortPeak {
  /** In use. */
  readonly used: number
  readonly range: PortRange
  /** Ports of the range, and the share of them that was in use. */
  readonly size: number
  readonly share: number
  readonly time: number
  readonly open: number
  readonly waiting: number
  /** Ports that came into use per second lately, less those that became free. */
  readonly rate: number
  /** When the last one will be, or was, taken; null if it does not come to that. */
  readonly fullAt: number | null
}

/** Numbers of a pair. */
const OPEN = 0
const WAITING = 1
/** How things stood when most ports were in use. */
const PEAK_OPEN = 2
const PEAK_WAITING = 3
const PEAK_TIME = 4
/** When the first of the ports in use was taken, if any are. */
const HAS_BEGUN = 5
const BEGINNING = 6
/** Of the ports seen, and how far the lowest of them lies below 0xffff. */
const HIGHEST = 7
const DEPTH = 8
/** Ports that there are. */
const SIZE = 9
const NUMBERS = 10

/** Only pairs with several ports in use at a time have these. */
class PortMarks {
  /** With rising number of ports; those above the present number are dropped. */
  readonly marks: Mark[] = []
  /** Ports taken per ns, and when the last one will be; worked out only where many are. */
  rate = 0
  fullAt: number | null = null
  observed: PortRange | undefined

  clear(): void {
    this.marks.length = 0
    this.rate = 0
    this.fullAt = null
    this.observed = undefined
  }

  below(used: number): Mark | undefined {
    return this.marks.findLast((mark) => mark.used <= used)
  }
}

/** Local ports that an address uses towards an address and port. */
export class PortUse {
  readonly #rows: PlaceRows<PortMarks>
  readonly #isFull: (numbers: Float64Array, at: number) => boolean
  readonly #profileOf: (host: HostEnd) => HostProfile

  /** Pairs that used this share of the ports are kept. */
  constructor({ rows, profileOf }: RowSource & { profileOf(host: HostEnd): HostProfile }, most: number) {
    this.#profileOf = profileOf
    this.#isFull = (numbers, at) => usedAt(numbers, at) / (numbers[at + SIZE] as number) >= most
    this.#rows = rows('pair', NUMBERS, () => new PortMarks())
  }

  /** A connection of `client` to `server` goes from one state to another. */
  change(client: HostEnd, server: HostEnd, from: TcpState, to: TcpState, time: number): void {
    const at = this.#rows.of(client, server)
    const { numbers } = this.#rows
    const { portRange } = this.#profileOf(client)
    const { port } = client
    if (numbers[at + SIZE] === 0) numbers[at + SIZE] = portRange.last - portRange.first + 1
    if (port < portRange.first || port > portRange.last) return
    const before = portHold(from)
    const now = portHold(to)
    if (before === 2) numbers[at + WAITING] = Math.max(0, (numbers[at + WAITING] as number) - 1)
    else if (before === 1) numbers[at + OPEN] = Math.max(0, (numbers[at + OPEN] as number) - 1)
    if (now === 2) numbers[at + WAITING] = (numbers[at + WAITING] as number) + 1
    else if (now === 1) numbers[at + OPEN] = (numbers[at + OPEN] as number) + 1
    else {
      this.#dropMarks(at)
      return
    }
    numbers[at + HIGHEST] = Math.max(numbers[at + HIGHEST] as number, port)
    numbers[at + DEPTH] = Math.max(numbers[at + DEPTH] as number, 0xffff - port)
    this.#weigh(at, client, time)
  }

  /** Of pairs that used that share. */
  entries(): EndEntry<PortPeak>[] {
    const { numbers } = this.#rows
    return this.#rows.entries(this.#isFull).map(({ end, other, value: at }) => {
      const { observed, rate = 0, fullAt = null } = this.#rows.knownExtra(at) ?? {}
      const used = usedAt(numbers, at)
      const size = numbers[at + SIZE] as number
      const value = {
        used,
        size,
        range: observed ?? { ...this.#profileOf(end).portRange, isObserved: false },
        share: used / size,
        time: numbers[at + PEAK_TIME] as number,
        open: numbers[at + PEAK_OPEN] as number,
        waiting: numbers[at + PEAK_WAITING] as number,
        rate: rate * 1e9,
        fullAt,
      }
      return { end, other, value }
    })
  }

  #weigh(at: number, client: HostEnd, time: number): void {
    const { numbers } = this.#rows
    const open = numbers[at + OPEN] as number
    const waiting = numbers[at + WAITING] as number
    const used = open + waiting
    const marks = this.#mark(at, used, time)
    const before = usedAt(numbers, at)
    if (used <= before) return
    const wasFull = before >= (numbers[at + SIZE] as number)
    numbers[at + PEAK_TIME] = time
    numbers[at + PEAK_OPEN] = open
    numbers[at + PEAK_WAITING] = waiting
    if (marks === undefined) return
    const profile = this.#profileOf(client)
    if (!profile.given.has('portRange')) this.#observe(at, marks, profile, used)
    this.#forecast(at, marks, profile, time, wasFull)
    this.#rows.keep(at, this.#isFull(numbers, at))
  }

  /** Most pairs never use two ports at a time: the first one makes no list. */
  #mark(at: number, used: number, time: number): PortMarks | undefined {
    const { numbers } = this.#rows
    let known = this.#rows.knownExtra(at)
    if (known === undefined || known.marks.length === 0) {
      if (numbers[at + HAS_BEGUN] === 0) numbers[at + BEGINNING] = time
      numbers[at + HAS_BEGUN] = 1
      if (used < 2) return undefined
      known = this.#rows.extra(at)
      known.marks.push({ used: 1, open: 1, time: numbers[at + BEGINNING] as number, span: 1 })
    }
    const last = known.marks.at(-1)?.used ?? 0
    if (used >= Math.max(last + 1, last * MARK_STEP)) {
      const span = spanAt(numbers, at)
      known.marks.push({ used, open: numbers[at + OPEN] as number, time, span })
    }
    return known
  }

  /** Ports chosen at random fill a span that no longer grows: that is all there is. Who counts up has a span that grows. */
  #observe(at: number, marks: PortMarks, { portRange }: HostProfile, used: number): void {
    const { numbers } = this.#rows
    const span = spanAt(numbers, at)
    const before = marks.below(used / 2)
    const isSettled =
      used >= ENOUGH && used >= FILLED * span && before !== undefined && before.span >= SETTLED * span
    const highest = numbers[at + HIGHEST] as number
    marks.observed = isSettled ? { first: highest - span + 1, last: highest, isObserved: true } : undefined
    numbers[at + SIZE] = isSettled ? span : portRange.last - portRange.first + 1
  }

  #forecast(at: number, marks: PortMarks, profile: HostProfile, time: number, wasFull: boolean): void {
    const { numbers } = this.#rows
    const used = usedAt(numbers, at)
    const mark = marks.below(used / 2)
    let fullAt: number | null = null
    marks.rate = 0
    if (mark !== undefined && time !== mark.time) {
      const rate = (used - mark.used) / (time - mark.time)
      const openRate = ((numbers[at + OPEN] as number) - mark.open) / (time - mark.time)
      const end = time + ((numbers[at + SIZE] as number) - used) / rate
      // Where connections are closed, their ports are free again after TIME_WAIT: then it levels off.
      const isBounded = openRate < rate / 2 && end > (numbers[at + BEGINNING] as number) + profile.timeWait
      marks.rate = rate
      if (!isBounded) fullAt = end
    }
    if (!wasFull) marks.fullAt = fullAt
  }

  #dropMarks(at: number): void {
    const { numbers } = this.#rows
    const used = (numbers[at + OPEN] as number) + (numbers[at + WAITING] as number)
    const marks = this.#rows.knownExtra(at)?.marks
    while ((marks?.at(-1)?.used ?? 0) > used) marks?.pop()
    if (used === 0) numbers[at + HAS_BEGUN] = 0
  }
}

/** Ports in use at the peak. */
function usedAt(numbers: Float64Array, at: number): number {
  return (numbers[at + PEAK_OPEN] as number) + (numbers[at + PEAK_WAITING] as number)
}

function spanAt(numbers: Float64Array, at: number): number {
  return (numbers[at + HIGHEST] as number) - (0xffff - (numbers[at + DEPTH] as number)) + 1
}
