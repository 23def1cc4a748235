import { portHold } from '../tracker/host-events.ts'
import type { TcpState } from '../tracker/tcp-state.ts'

/** Linux’s default ip_local_port_range: what the ports show may be put in its place, not in place of one that was given. */
export const FIRST_PORT = 32768
export const LAST_PORT = 60999
/** Linux TCP_TIMEWAIT_LEN, ns. */
const TIME_WAIT_LENGTH = 60e9
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

/** A range of local ports: Linux’s, or what the ports seen show. */
export interface PortRange {
  readonly first: number
  readonly last: number
  readonly isObserved: boolean
}

/** How things stood when most ports were in use. */
export interface PortPeak {
  readonly time: number
  readonly open: number
  readonly waiting: number
  /** Ports that came into use per second lately, less those that became free. */
  readonly rate: number
  /** When the last one will be, or was, taken; null if it does not come to that. */
  readonly fullAt: number | null
}

/** Local ports that one address uses towards one address and port. */
export class PortUse {
  readonly #range: PortRange
  /** With rising number of ports; those above the present number are dropped. */
  readonly #marks: Mark[] = []
  /** When the first of the ports in use was taken. */
  #beginning = 0
  #hasBegun = false
  #open = 0
  #waiting = 0
  #lowest = 0xffff
  #highest = 0
  /** How things stood when most ports were in use. */
  #peakTime = 0
  #peakOpen = 0
  #peakWaiting = 0
  /** Ports taken per ns, and when the last one will be; worked out only where many are. */
  #rate = 0
  #fullAt: number | null = null
  #observed: PortRange | undefined

  constructor(range: PortRange) {
    this.#range = range
  }

  clear(): void {
    this.#marks.length = 0
    this.#hasBegun = false
    this.#open = 0
    this.#waiting = 0
    this.#lowest = 0xffff
    this.#highest = 0
    this.#peakOpen = 0
    this.#peakWaiting = 0
    this.#rate = 0
    this.#fullAt = null
    this.#observed = undefined
  }

  get peak(): PortPeak {
    return {
      time: this.#peakTime,
      open: this.#peakOpen,
      waiting: this.#peakWaiting,
      rate: this.#rate * 1e9,
      fullAt: this.#fullAt,
    }
  }

  get used(): number {
    return this.#peakOpen + this.#peakWaiting
  }

  get range(): PortRange {
    return this.#observed ?? this.#range
  }

  get size(): number {
    return this.range.last - this.range.first + 1
  }

  get share(): number {
    return this.used / this.size
  }

  /** One of its connections goes from one state to another. */
  change(port: number, from: TcpState, to: TcpState, time: number): void {
    if (port < this.#range.first || port > this.#range.last) return
    const before = portHold(from)
    const now = portHold(to)
    if (before === 2) this.#waiting = Math.max(0, this.#waiting - 1)
    else if (before === 1) this.#open = Math.max(0, this.#open - 1)
    if (now === 2) this.#waiting++
    else if (now === 1) this.#open++
    else {
      this.#dropMarks()
      return
    }
    this.#lowest = Math.min(this.#lowest, port)
    this.#highest = Math.max(this.#highest, port)
    this.#weigh(time)
  }

  #weigh(time: number): void {
    const used = this.#open + this.#waiting
    this.#mark(used, time)
    if (used <= this.used) return
    const wasFull = this.used >= this.size
    this.#peakTime = time
    this.#peakOpen = this.#open
    this.#peakWaiting = this.#waiting
    if (this.#marks.length === 0) return
    if (this.#range.first === FIRST_PORT && this.#range.last === LAST_PORT) this.#observe(used)
    this.#forecast(used, time, wasFull)
  }

  /** Most pairs never use two ports at a time: the first one makes no list. */
  #mark(used: number, time: number): void {
    if (this.#marks.length === 0) {
      if (!this.#hasBegun) this.#beginning = time
      this.#hasBegun = true
      if (used < 2) return
      this.#marks.push({ used: 1, open: 1, time: this.#beginning, span: 1 })
    }
    const last = this.#marks.at(-1)?.used ?? 0
    if (used < Math.max(last + 1, last * MARK_STEP)) return
    this.#marks.push({ used, open: this.#open, time, span: this.#highest - this.#lowest + 1 })
  }

  /** Ports chosen at random fill a span that no longer grows: that is all there is. Who counts up has a span that grows. */
  #observe(used: number): void {
    const span = this.#highest - this.#lowest + 1
    const before = this.#markBelow(used / 2)
    this.#observed = undefined
    if (used < ENOUGH || used < FILLED * span || before === undefined || before.span < SETTLED * span) return
    this.#observed = { first: this.#lowest, last: this.#highest, isObserved: true }
  }

  #forecast(used: number, time: number, wasFull: boolean): void {
    const mark = this.#markBelow(used / 2)
    let fullAt: number | null = null
    this.#rate = 0
    if (mark !== undefined && time !== mark.time) {
      const rate = (used - mark.used) / (time - mark.time)
      const openRate = (this.#open - mark.open) / (time - mark.time)
      const end = time + (this.size - used) / rate
      // Where connections are closed, their ports are free again after a minute: then it levels off.
      const isBounded = openRate < rate / 2 && end > this.#beginning + TIME_WAIT_LENGTH
      this.#rate = rate
      if (!isBounded) fullAt = end
    }
    if (!wasFull) this.#fullAt = fullAt
  }

  #markBelow(used: number): Mark | undefined {
    return this.#marks.findLast((mark) => mark.used <= used)
  }

  #dropMarks(): void {
    const used = this.#open + this.#waiting
    while ((this.#marks.at(-1)?.used ?? 0) > used) this.#marks.pop()
    if (used === 0) this.#hasBegun = false
  }
}
