/** The segment a connection began with. */
export interface Beginning {
  readonly connection: number
  readonly packet: number
  readonly time: number
}

const MOST_CONNECTIONS = 10_000
const MOST_BEGINNINGS = 8

/** Connections that a rule of host scope counts together: how many, since when, and the first of them by name. */
export class HostMembers {
  readonly #connections: number[] = []
  /** In order of packet. */
  readonly #beginnings: Beginning[] = []
  #count = 0
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  add({ connection, firstPacket, start }: { connection: number; firstPacket: number; start: number }): void {
    this.#count++
    this.#first = Math.min(this.#first, start)
    this.#last = Math.max(this.#last, start)
    if (this.#connections.length < MOST_CONNECTIONS) this.#connections.push(connection)
    this.#keep({ connection, packet: firstPacket, time: start })
  }

  /** The earliest ones, in whatever order connections leave. */
  #keep(beginning: Beginning): void {
    const at = this.#beginnings.findLastIndex(({ packet }) => packet < beginning.packet) + 1
    if (at >= MOST_BEGINNINGS) return
    this.#beginnings.splice(at, 0, beginning)
    this.#beginnings.length = Math.min(this.#beginnings.length, MOST_BEGINNINGS)
  }

  get count(): number {
    return this.#count
  }

  /** When the first and the last of them began. */
  get first(): number {
    return this.#first
  }

  get last(): number {
    return this.#last
  }

  /** Ids, at most 10,000. */
  get connections(): number[] {
    return this.#connections.toSorted((a, b) => a - b)
  }

  get beginnings(): Beginning[] {
    return [...this.#beginnings]
  }
}
