const INITIAL_CAPACITY = 1 << 9

/** A binary heap of (time, row) in two typed arrays: when to look at which connection again. */
export class TimerQueue {
  #times = new Float64Array(INITIAL_CAPACITY)
  #rows = new Int32Array(INITIAL_CAPACITY)
  #size = 0
  /** Time of the earliest entry; Infinity when there is none. */
  next = Number.POSITIVE_INFINITY

  constructor() {
    // V8 takes what has never been replaced for a constant, and throws code away when it is.
    this.#grow()
  }

  get size(): number {
    return this.#size
  }

  add(time: number, row: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const times = this.#times
    const rows = this.#rows
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((times[parent] as number) <= time) break
      times[at] = times[parent] as number
      rows[at] = rows[parent] as number
      at = parent
    }
    times[at] = time
    rows[at] = row
    this.next = times[0] as number
  }

  /** Takes out the earliest entry and gives its row; there must be one. */
  take(): number {
    const times = this.#times
    const rows = this.#rows
    const row = rows[0] as number
    const size = --this.#size
    const time = times[size] as number
    const moved = rows[size] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++
      if ((times[child] as number) >= time) break
      times[at] = times[child] as number
      rows[at] = rows[child] as number
      at = child
    }
    times[at] = time
    rows[at] = moved
    this.next = size === 0 ? Number.POSITIVE_INFINITY : (times[0] as number)
    return row
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length)
    const rows = new Int32Array(2 * this.#rows.length)
    times.set(this.#times)
    rows.set(this.#rows)
    this.#times = times
    this.#rows = rows
  }
}
