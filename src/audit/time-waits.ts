/** TIME_WAITs at one time, and the most there were. */
export class TimeWaits {
  peak = 0
  peakTime = 0
  first = 0
  /** Connections of it that left, and what they carried and how long they lasted, ns. */
  closed = 0
  packets = 0
  lasted = 0
  #now = 0

  clear(): void {
    this.peak = 0
    this.peakTime = 0
    this.first = 0
    this.closed = 0
    this.packets = 0
    this.lasted = 0
    this.#now = 0
  }

  change(by: number, time: number): void {
    this.#now = Math.max(0, this.#now + by)
    if (this.#now <= this.peak) return
    if (this.peak === 0) this.first = time
    this.peak = this.#now
    this.peakTime = time
  }

  leaves(packets: number, lasted: number): void {
    this.closed++
    this.packets += packets
    this.lasted += lasted
  }
}
