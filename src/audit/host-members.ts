/** The segment a connection began with. */
export interface Beginning {
  readonly connection: number
  readonly packet: number
  readonly time: number
}

const MOST_CONNECTIONS = 10_000
const MOST_BEGINNINGS = 8

/**
 * Connections that a rule of host scope counts together: how many, since when, and the first of them by name. One that
 * nothing was added to, as most are, holds no lists; one with a few holds a single one.
 */
export class HostMembers {
  /** In order of packet. */
  #beginnings: Beginning[] | undefined
  /** All of them, when there are more than that. */
  #connections: number[] | undefined
  #count = 0
  #first = -0
  #last = -0

  add({ connection, firstPacket, start }: { connection: number; firstPacket: number; start: number }): void {
    this.#beginnings ??= []
    if (this.#count === 0 || start < this.#first) this.#first = start
    if (this.#count === 0 || start > this.#last) this.#last = start
    if (this.#count >= MOST_BEGINNINGS) {
      this.#connections ??= this.#beginnings.map((beginning) => beginning.connection)
      if (this.#connections.length < MOST_CONNECTIONS) this.#connections.push(connection)
    }
    this.#count++
    keepFirst(this.#beginnings, connection, firstPacket, start)
  }

  clear(): void {
    if (this.#count === 0) return
    this.#count = 0
    this.#connections = undefined
    this.#beginnings = undefined
  }

  get count(): number {
    return this.#count
  }

  /** When the first and the last of them began; infinitely late and early if there are none. */
  get first(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#first
  }

  get last(): number {
    return this.#count === 0 ? Number.NEGATIVE_INFINITY : this.#last
  }

  /** Ids, at most 10,000. */
  get connections(): number[] {
    const connections = this.#connections ?? this.beginnings.map(({ connection }) => connection)
    return connections.toSorted((a, b) => a - b)
  }

  get beginnings(): Beginning[] {
    return [...(this.#beginnings ?? [])]
  }
}

/** The earliest ones, in whatever order connections leave. */
function keepFirst(beginnings: Beginning[], connection: number, packet: number, time: number): void {
  let at = beginnings.length
  while (at > 0 && (beginnings[at - 1] as Beginning).packet >= packet) at--
  if (at >= MOST_BEGINNINGS) return
  if (at === beginnings.length) beginnings.push({ connection, packet, time })
  else beginnings.splice(at, 0, { connection, packet, time })
  if (beginnings.length > MOST_BEGINNINGS) beginnings.pop()
}
