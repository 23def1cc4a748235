/** Payload this close before a FIN, ns, belongs to the goodbye. */
export const GOODBYE_TIME = 50e6

/** Silence of an end, ns, that is told of when it ends. */
export const LONG_SILENCE = 1e9

interface Pause {
  /** When it ended, ns since the first packet, and how long it was, ns. */
  readonly end: number
  readonly length: number
  /** Number of the first byte behind it. */
  readonly seq: number
}

/**
 * Pauses that servers have just ended without being asked: only a FIN that follows at once wants to know of them, as TLS says
 * goodbye first (close_notify, RFC 8446 §6.1). So they are forgotten at once.
 */
export class Pauses {
  /** By the connection's id, in order of time. */
  readonly #pauses = new Map<number, Pause>()

  add(connection: number, end: number, length: number, seq: number): void {
    for (const [id, pause] of this.#pauses) {
      if (end - pause.end < GOODBYE_TIME) break
      this.#pauses.delete(id)
    }
    this.#pauses.delete(connection)
    this.#pauses.set(connection, { end, length, seq })
  }

  get size(): number {
    return this.#pauses.size
  }

  /** That of the connection, if it has just ended. */
  of(connection: number, now: number): Pause | undefined {
    const pause = this.#pauses.get(connection)
    return pause !== undefined && now - pause.end < GOODBYE_TIME ? pause : undefined
  }
}
