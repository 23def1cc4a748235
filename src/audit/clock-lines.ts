import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry, Reusable } from './end-table.ts'
import { HostMembers } from './host-members.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

/** An address with more clocks than this has one for each tuple, not for each host behind it. */
const MOST_LINES = 4
/** Clocks of timestamps tick once a millisecond at most (RFC 7323 section 5.4), some a little faster, and start by chance. */
const FASTEST = 1.1e-6
const ROUNDING = 20

interface Attempt {
  readonly connection: number
  readonly firstPacket: number
  /** When its SYN passed, ns since the first packet. */
  readonly start: number
}

/** A clock can have come from one of these moments to the other, whichever came first. */
function isOneClock(time: number, tsVal: number, otherTime: number, otherTsVal: number): boolean {
  const isLater = otherTime >= time
  const ticks = isLater ? (otherTsVal - tsVal) | 0 : (tsVal - otherTsVal) | 0
  return ticks >= 0 && ticks <= FASTEST * Math.abs(otherTime - time) + ROUNDING
}

/** The SYNs of one clock: one host, however many share its address. */
export class ClockLine {
  /** A SYN of it: when it passed and what its clock was. */
  time = 0
  tsVal = 0
  answered = 0
  /** The first one that was answered, and when the last was. */
  firstAnswered = 0
  firstAnsweredTsVal = 0
  lastAnswered = 0
  /** Those that nobody answered, and the highest of their timestamps. */
  readonly unanswered = new HostMembers()
  highestUnanswered = 0

  begin(time: number, tsVal: number): void {
    this.time = time
    this.tsVal = tsVal
    this.answered = 0
    this.unanswered.clear()
  }

  has(time: number, tsVal: number): boolean {
    return isOneClock(this.time, this.tsVal, time, tsVal)
  }

  answer(time: number, tsVal: number): void {
    if (this.answered === 0) {
      this.firstAnswered = time
      this.firstAnsweredTsVal = tsVal
    }
    this.answered++
    this.lastAnswered = time
    this.time = time
    this.tsVal = tsVal
  }

  ignore(attempt: Attempt, tsVal: number): void {
    if (this.unanswered.count === 0 || ((tsVal - this.highestUnanswered) | 0) > 0)
      this.highestUnanswered = tsVal
    this.unanswered.add(attempt)
  }
}

/** The clocks by which the SYNs of one address to one listener bear their timestamps, where there are several. */
class ClockLines implements Reusable {
  /** Made when needed and used again; `#count` are in use. */
  readonly #lines: ClockLine[] = []
  #count = 0
  /** There were too many: its clock is another for each tuple, and nothing follows from it. */
  isScattered = false

  clear(): void {
    this.#count = 0
    this.isScattered = false
  }

  get lines(): readonly ClockLine[] {
    return this.isScattered ? [] : this.#lines.slice(0, this.#count)
  }

  /** The first of them, as it was when it was alone. */
  begin(from: (line: ClockLine) => void): void {
    const line = this.#add(0, 0)
    from(line)
  }

  answer(time: number, tsVal: number): void {
    this.#lineOf(time, tsVal)?.answer(time, tsVal)
  }

  ignore(attempt: Attempt, tsVal: number): void {
    this.#lineOf(attempt.start, tsVal)?.ignore(attempt, tsVal)
  }

  #lineOf(time: number, tsVal: number): ClockLine | undefined {
    if (this.isScattered) return undefined
    for (let number = 0; number < this.#count; number++) {
      const line = this.#lines[number] as ClockLine
      if (line.has(time, tsVal)) return line
    }
    if (this.#count === MOST_LINES) {
      this.isScattered = true
      return undefined
    }
    return this.#add(time, tsVal)
  }

  #add(time: number, tsVal: number): ClockLine {
    const line = this.#lines[this.#count] ?? new ClockLine()
    this.#lines[this.#count++] = line
    line.begin(time, tsVal)
    return line
  }
}

/** Numbers of a pair: whether it has a clock. */
const HAS_CLOCK = 0
/** Its only clock, as long as all SYNs of that are answered, as in `ClockLine`. */
const TIME = 1
const TS_VAL = 2
const ANSWERED = 3
const FIRST_ANSWERED = 4
const FIRST_ANSWERED_TS_VAL = 5
const NUMBERS = 6

/** The clocks of each pair. */
export class PairClocks {
  readonly #rows: PlaceRows<ClockLines>

  /** Pairs with a SYN that was not answered are kept. */
  constructor({ rows }: RowSource) {
    this.#rows = rows('pair', NUMBERS, () => new ClockLines())
  }

  answer(client: HostEnd, server: HostEnd, time: number, tsVal: number): void {
    const at = this.#rows.of(client, server)
    const { numbers } = this.#rows
    const lines = this.#rows.knownExtra(at)
    if (lines !== undefined) lines.answer(time, tsVal)
    else if (numbers[at + HAS_CLOCK] === 0) {
      numbers[at + HAS_CLOCK] = 1
      numbers[at + FIRST_ANSWERED] = time
      numbers[at + FIRST_ANSWERED_TS_VAL] = tsVal
      this.#goOn(at, time, tsVal)
    } else if (isOneClock(numbers[at + TIME] as number, numbers[at + TS_VAL] as number, time, tsVal)) {
      this.#goOn(at, time, tsVal)
    } else this.#several(at).answer(time, tsVal)
  }

  ignore(client: HostEnd, server: HostEnd, attempt: Attempt, tsVal: number): void {
    const at = this.#rows.of(client, server)
    this.#rows.keep(at)
    this.#several(at).ignore(attempt, tsVal)
  }

  /** Pairs with several clocks, or with SYNs that were not answered. */
  entries(): EndEntry<readonly ClockLine[]>[] {
    return this.#rows.extras().map(({ end, other, value }) => ({ end, other, value: value.lines }))
  }

  #goOn(at: number, time: number, tsVal: number): void {
    const { numbers } = this.#rows
    numbers[at + ANSWERED] = (numbers[at + ANSWERED] as number) + 1
    numbers[at + TIME] = time
    numbers[at + TS_VAL] = tsVal
  }

  #several(at: number): ClockLines {
    const known = this.#rows.knownExtra(at)
    if (known !== undefined) return known
    const { numbers } = this.#rows
    const lines = this.#rows.extra(at)
    if (numbers[at + HAS_CLOCK] === 0) return lines
    lines.begin((line) => {
      line.time = numbers[at + TIME] as number
      line.tsVal = numbers[at + TS_VAL] as number
      line.answered = numbers[at + ANSWERED] as number
      line.firstAnswered = numbers[at + FIRST_ANSWERED] as number
      line.firstAnsweredTsVal = numbers[at + FIRST_ANSWERED_TS_VAL] as number
      line.lastAnswered = line.time
    })
    return lines
  }
}
