import type { Reusable } from './end-table.ts'
import { HostMembers } from './host-members.ts'

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

  /** The clock can have come from one to the other in that time, whichever came first. */
  has(time: number, tsVal: number): boolean {
    const isLater = time >= this.time
    const ticks = isLater ? (tsVal - this.tsVal) | 0 : (this.tsVal - tsVal) | 0
    return ticks >= 0 && ticks <= FASTEST * Math.abs(time - this.time) + ROUNDING
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

/** The clocks by which the SYNs of one address to one listener bear their timestamps. */
export class ClockLines implements Reusable {
  /** Made when needed and used again; `#count` are in use. */
  readonly #lines: ClockLine[] = []
  #count = 0
  /** There were too many: its clock is another for each tuple, and nothing follows from it. */
  isScattered = false
  /** A SYN of one of them was not answered. */
  hasUnanswered = false

  clear(): void {
    this.#count = 0
    this.isScattered = false
    this.hasUnanswered = false
  }

  get lines(): readonly ClockLine[] {
    return this.isScattered ? [] : this.#lines.slice(0, this.#count)
  }

  answer(time: number, tsVal: number): void {
    this.#lineOf(time, tsVal)?.answer(time, tsVal)
  }

  ignore(attempt: Attempt, tsVal: number): void {
    this.hasUnanswered = true
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
    const line = this.#lines[this.#count] ?? new ClockLine()
    this.#lines[this.#count++] = line
    line.begin(time, tsVal)
    return line
  }
}
