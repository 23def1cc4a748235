/** A system clock that moves against the monotonic one by more than this between two looks, milliseconds, was set. */
const STEP = 100

/** The two clocks cannot be read at once: if reading them took longer, milliseconds, the reading says nothing. */
const SLOWEST_READING = 5

/** What the clocks say: the system's, milliseconds since 1970, and the monotonic one, before and after it was read. */
export interface ClockReading {
  readonly system: number
  readonly before: number
  readonly after: number
}

export function readClocks(): ClockReading {
  const before = performance.now()
  const system = Date.now()
  return { system, before, after: performance.now() }
}

/**
 * Keeps the time of an interface going evenly when somebody sets the system's clock, by which the kernel stamps packets:
 * set back by an hour, timers would stand still for an hour, set forward, all of them would be over at once. From a step on
 * its length is taken off; slewing, as NTP does it, is followed.
 */
export class LiveClock {
  /** All steps so far, nanoseconds; positive for a clock that was set forward. */
  stepped = 0
  steps = 0
  /** What is taken off the times of packets. */
  #shift = 0
  /** System minus monotonic time at the last look, milliseconds. */
  #offset: number | undefined
  /** The moment of the last look, as it would be had nobody set the clock, nanoseconds since the source's epoch. */
  present = 0
  /** Packets that were stamped before the last step may still come. */
  #isUnsettled = false

  /** Looks at the clocks; `epoch` is the source's, milliseconds since 1970, undefined while it has none. */
  look({ system, before, after }: ClockReading, epoch: number | undefined): void {
    if (after - before > SLOWEST_READING) return
    const offset = system - before
    const step = this.#offset === undefined ? 0 : offset - this.#offset
    this.#offset = offset
    if (epoch === undefined) return
    if (Math.abs(step) > STEP) {
      this.steps++
      this.stepped += step * 1e6
      this.#isUnsettled = true
    }
    this.present = this.even((system - epoch) * 1e6)
  }

  /** The system's time as it would be had nobody set it; both nanoseconds since the source's epoch. */
  even(time: number): number {
    return time - this.stepped
  }

  /** The same of a packet, which may have been stamped before the last step: of its two times the one nearer to now. */
  evenOfPacket(time: number): number {
    if (this.#isUnsettled) {
      const ifBefore = Math.abs(time - this.#shift - this.present)
      if (Math.abs(this.even(time) - this.present) < ifBefore) {
        this.#shift = this.stepped
        this.#isUnsettled = false
      }
    }
    return time - this.#shift
  }
}
