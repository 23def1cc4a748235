import type { HostEnd } from '../tracker/host-totals.ts'
import { CLOSED, LISTEN, type TcpState, TIME_WAIT, UNKNOWN } from '../tracker/tcp-state.ts'

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

/** The state holds a local port against another connection to the same place. */
export function holdsPort(state: TcpState): boolean {
  return state !== CLOSED && state !== LISTEN && state !== UNKNOWN
}

/** Local ports that one address uses towards one address and port. */
export class PortUse {
  readonly client: HostEnd
  readonly server: HostEnd
  readonly #range: PortRange
  /** With rising number of ports; those above the present number are dropped. */
  readonly #marks: Mark[] = []
  #open = 0
  #waiting = 0
  #lowest = Number.POSITIVE_INFINITY
  #highest = 0
  #peak: PortPeak = { time: 0, open: 0, waiting: 0, rate: 0, fullAt: null }
  #observed: PortRange | undefined

  constructor(client: HostEnd, server: HostEnd, range: PortRange) {
    this.client = client
    this.server = server
    this.#range = range
  }

  get peak(): PortPeak {
    return this.#peak
  }

  get used(): number {
    return this.#peak.open + this.#peak.waiting
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
    if (from === TIME_WAIT) this.#waiting = Math.max(0, this.#waiting - 1)
    else if (holdsPort(from)) this.#open = Math.max(0, this.#open - 1)
    if (to === TIME_WAIT) this.#waiting++
    else if (holdsPort(to)) this.#open++
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
    const last = this.#marks.at(-1)?.used ?? 0
    if (used >= Math.max(last + 1, last * MARK_STEP)) {
      this.#marks.push({ used, open: this.#open, time, span: this.#highest - this.#lowest + 1 })
    }
    if (used <= this.used) return
    if (this.#range.first === FIRST_PORT && this.#range.last === LAST_PORT) this.#observe(used)
    const wasFull = this.used >= this.size
    const { rate, fullAt } = this.#forecast(used, time)
    this.#peak = {
      time,
      open: this.#open,
      waiting: this.#waiting,
      rate,
      fullAt: wasFull ? this.#peak.fullAt : fullAt,
    }
  }

  /** Ports chosen at random fill a span that no longer grows: that is all there is. Who counts up has a span that grows. */
  #observe(used: number): void {
    const span = this.#highest - this.#lowest + 1
    const before = this.#markBelow(used / 2)
    this.#observed = undefined
    if (used < ENOUGH || used < FILLED * span || before === undefined || before.span < SETTLED * span) return
    this.#observed = { first: this.#lowest, last: this.#highest, isObserved: true }
  }

  #forecast(used: number, time: number): Pick<PortPeak, 'rate' | 'fullAt'> {
    const mark = this.#markBelow(used / 2)
    const beginning = this.#marks[0]
    if (mark === undefined || beginning === undefined || time === mark.time) return { rate: 0, fullAt: null }
    const rate = (used - mark.used) / (time - mark.time)
    const fullAt = time + (this.size - used) / rate
    const openRate = (this.#open - mark.open) / (time - mark.time)
    // Where connections are closed, their ports are free again after a minute: then it levels off.
    const isBounded = openRate < rate / 2 && fullAt > beginning.time + TIME_WAIT_LENGTH
    return { rate: rate * 1e9, fullAt: isBounded ? null : fullAt }
  }

  #markBelow(used: number): Mark | undefined {
    return this.#marks.findLast((mark) => mark.used <= used)
  }

  #dropMarks(): void {
    const used = this.#open + this.#waiting
    while ((this.#marks.at(-1)?.used ?? 0) > used) this.#marks.pop()
  }
}
