import { portHold } from '../tracker/host-events.ts'
import { type HostProfile, LINUX } from '../tracker/host-profile.ts'
import type { TcpState } from '../tracker/tcp-state.ts'

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
  /** Of the client. */
  #profile = LINUX
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
    return this.#observed ?? { ...this.#profile.portRange, isObserved: false }
  }

  get size(): number {
    const { first, last } = this.#observed ?? this.#profile.portRange
    return last - first + 1
  }

  get share(): number {
    return this.used / this.size
  }

  /** One of its connections goes from one state to another; `profile` is the client’s. */
  change(profile: HostProfile, port: number, from: TcpState, to: TcpState, time: number): void {
    this.#profile = profile
    const { portRange } = profile
    if (port < portRange.first || port > portRange.last) return
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
    if (!this.#profile.given.has('portRange')) this.#observe(used)
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
      // Where connections are closed, their ports are free again after TIME_WAIT: then it levels off.
      const isBounded = openRate < rate / 2 && end > this.#beginning + this.#profile.timeWait
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
