import { HostMembers } from './host-members.ts'

/** Attempts of one listener that are followed at once, and connections remembered that show it to be alive. */
const MOST_ATTEMPTS = 256
const MOST_SIGNS = 8

/** An attempt to connect. */
export interface Attempt {
  readonly connection: number
  readonly firstPacket: number
  readonly start: number
}

interface Dropped extends Attempt {
  /** Its SYNs since anybody last got through, and when the first of them passed. */
  copies: number
  readonly since: number
}

/** A stretch in which nobody got through. */
export interface Jam {
  readonly from: number
  readonly to: number
  readonly syns: number
  readonly members: HostMembers
  /** The listener’s host sent something meanwhile. */
  readonly isAlive: boolean
}

/** What the accept queue of one listener does, as far as packets show. */
export class ListenerQueue {
  /** Attempts whose SYN-ACK is repeated although it was acknowledged: with data behind the acknowledgment, and at all. */
  readonly ignoredWithData = new HostMembers()
  readonly ignored = new HostMembers()
  /** Third segments answered with RST while other connections stayed, and the listener. */
  readonly aborted = new HostMembers()
  /** Connections that were opened and are not closed. */
  #open = 0
  // A listener in order, as most are, has none of these.
  #dropped: Map<number, Dropped> | undefined
  #repeats: Map<number, number> | undefined
  #signs: { readonly opened: number; readonly last: number }[] | undefined
  #lastThrough = Number.NEGATIVE_INFINITY
  #lastSent = Number.NEGATIVE_INFINITY
  #worst: Jam | undefined

  clear(): void {
    this.ignoredWithData.clear()
    this.ignored.clear()
    this.aborted.clear()
    this.#open = 0
    this.#dropped = undefined
    this.#repeats = undefined
    this.#signs = undefined
    this.#lastThrough = Number.NEGATIVE_INFINITY
    this.#lastSent = Number.NEGATIVE_INFINITY
    this.#worst = undefined
  }

  get hasTrouble(): boolean {
    return this.#worst !== undefined || this.ignoredWithData.count > 0 || this.aborted.count > 0
  }

  synAgain(attempt: Attempt, time: number): void {
    this.#dropped ??= new Map()
    const known = this.#dropped.get(attempt.connection)
    if (known !== undefined) {
      known.copies++
      return
    }
    if (this.#dropped.size >= MOST_ATTEMPTS) return
    const { connection, firstPacket, start } = attempt
    // Of the SYNs before somebody got through nothing follows.
    const isFirstLater = start > this.#lastThrough
    const copies = isFirstLater ? 2 : 1
    this.#dropped.set(connection, {
      connection,
      firstPacket,
      start,
      copies,
      since: isFirstLater ? start : time,
    })
  }

  /** A SYN-ACK, or the end of a handshake: the queue has room. */
  getsThrough(time: number): void {
    this.#lastThrough = time
    if (this.#dropped === undefined) return
    this.#sumUp(time, this.#dropped)
    this.#dropped = undefined
  }

  opened(): void {
    this.#open++
  }

  /** A SYN-ACK again although its acknowledgment has passed. */
  repeats({ connection, firstPacket, start }: Attempt, time: number, withData: boolean): void {
    this.#lastSent = time
    this.#repeats ??= new Map()
    const before = this.#repeats.get(connection) ?? 0
    if (before === 0) this.ignored.add({ connection, firstPacket, start })
    const repeats = Math.max(before, 1) + (withData ? 1 : 0)
    // Once may be loss: of the third segment, and of all that followed within a second.
    if (withData && repeats === 3) this.ignoredWithData.add({ connection, firstPacket, start })
    if (before > 0 || this.#repeats.size < MOST_ATTEMPTS) this.#repeats.set(connection, repeats)
  }

  /** The third segment is answered with RST. */
  aborts(attempt: Attempt): void {
    if (this.#open >= 2) this.aborted.add(attempt)
  }

  /** A SYN is refused: nobody listens any more, and what was aborted was so for that. */
  isGone(): void {
    this.aborted.clear()
  }

  closed(opened: number, lastSent: number): void {
    this.#open = Math.max(0, this.#open - 1)
    this.#signs ??= []
    const isCovered = this.#signs.some((sign) => sign.opened <= opened && sign.last >= lastSent)
    if (isCovered) return
    this.#signs.push({ opened, last: lastSent })
    if (this.#signs.length <= MOST_SIGNS) return
    const spans = this.#signs.map((sign) => sign.last - sign.opened)
    this.#signs.splice(spans.indexOf(Math.min(...spans)), 1)
  }

  /** The worst stretch in which nobody got through. Once, at the end. */
  jam(time: number): Jam | undefined {
    if (this.#dropped !== undefined) this.#sumUp(time, this.#dropped)
    const jam = this.#worst
    if (jam === undefined || jam.isAlive) return jam
    const isAlive = (this.#signs ?? []).some(({ opened, last }) => opened < jam.from && last >= jam.from)
    return { ...jam, isAlive }
  }

  #sumUp(time: number, dropped: ReadonlyMap<number, Dropped>): void {
    const members = new HostMembers()
    let from = Number.POSITIVE_INFINITY
    let syns = 0
    for (const attempt of dropped.values()) {
      if (attempt.copies < 2) continue
      members.add(attempt)
      from = Math.min(from, attempt.since)
      syns += attempt.copies
    }
    if (members.count <= (this.#worst?.members.count ?? 0)) return
    this.#worst = { from, to: time, syns, members, isAlive: this.#lastSent >= from }
  }
}
