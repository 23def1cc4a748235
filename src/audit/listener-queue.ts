import type { HostEnd } from '../tracker/host-totals.ts'
import type { EndEntry } from './end-table.ts'
import { HostMembers } from './host-members.ts'
import type { PlaceRows } from './place-rows.ts'
import type { RowSource } from './rule-context.ts'

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

/** Numbers of a listener. Connections of it that were opened and are not closed. */
const OPEN = 0
/** When the last attempt got through, and 1; 0 if none did. */
const THROUGH = 1
/** One connection that shows it to be alive, if there is one: when it was opened, and when the listener last sent anything. */
const HAS_SIGN = 2
const SIGN_OPENED = 3
const SIGN_LAST = 4
const NUMBERS = 5

/** What the accept queue of a listener does, as far as packets show. One in order, as most are, has little of it. */
export class ListenerQueue {
  /** Attempts whose SYN-ACK is repeated although it was acknowledged: with data behind the acknowledgment, and at all. */
  readonly ignoredWithData = new HostMembers()
  readonly ignored = new HostMembers()
  /** Third segments answered with RST while other connections stayed, and the listener. */
  readonly aborted = new HostMembers()
  #dropped: Map<number, Dropped> | undefined
  #repeats: Map<number, number> | undefined
  /** Connections that show it to be alive: when each was opened, and when the listener last sent anything in it. */
  readonly #signs: number[] = []
  #lastSent = Number.NEGATIVE_INFINITY
  #worst: Jam | undefined

  clear(): void {
    this.ignoredWithData.clear()
    this.ignored.clear()
    this.aborted.clear()
    this.#dropped = undefined
    this.#repeats = undefined
    this.#signs.length = 0
    this.#lastSent = Number.NEGATIVE_INFINITY
    this.#worst = undefined
  }

  get hasTrouble(): boolean {
    return this.#worst !== undefined || this.ignoredWithData.count > 0 || this.aborted.count > 0
  }

  /** `isLater`: it began behind the last attempt that got through. Of the SYNs before that nothing follows. */
  synAgain({ connection, firstPacket, start }: Attempt, time: number, isLater: boolean): void {
    this.#dropped ??= new Map()
    const known = this.#dropped.get(connection)
    if (known !== undefined) {
      known.copies++
      return
    }
    if (this.#dropped.size >= MOST_ATTEMPTS) return
    const copies = isLater ? 2 : 1
    this.#dropped.set(connection, { connection, firstPacket, start, copies, since: isLater ? start : time })
  }

  /** A SYN-ACK, or the end of a handshake: the queue has room. */
  getsThrough(time: number): void {
    if (this.#dropped === undefined) return
    this.#sumUp(time, this.#dropped)
    this.#dropped = undefined
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

  /** It was opened then, and the listener last sent something then. Of too many the shortest is forgotten. */
  addSign(opened: number, last: number): void {
    const signs = this.#signs
    if (isCovered(signs, opened, last)) return
    signs.push(opened, last)
    if (signs.length <= 2 * MOST_SIGNS) return
    let shortest = 0
    for (let at = 2; at < signs.length; at += 2)
      if (lengthOf(signs, at) < lengthOf(signs, shortest)) shortest = at
    signs.copyWithin(shortest, shortest + 2)
    signs.length -= 2
  }

  /** The worst stretch in which nobody got through. Once, at the end. */
  jam(time: number): Jam | undefined {
    if (this.#dropped !== undefined) this.#sumUp(time, this.#dropped)
    const jam = this.#worst
    if (jam === undefined || jam.isAlive) return jam
    let isAlive = false
    for (let at = 0; at < this.#signs.length; at += 2)
      if ((this.#signs[at] as number) < jam.from && (this.#signs[at + 1] as number) >= jam.from)
        isAlive = true
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

/** The queues of all listeners. */
export class ListenerQueues {
  readonly #rows: PlaceRows<ListenerQueue>

  /** Those with trouble are kept. */
  constructor({ rows }: RowSource) {
    this.#rows = rows('listener', NUMBERS, () => new ListenerQueue())
  }

  synAgain(server: HostEnd, attempt: Attempt, time: number): void {
    const at = this.#rows.of(server)
    const isLater = attempt.start + 1 > (this.#rows.numbers[at + THROUGH] as number)
    this.#queueAt(at).synAgain(attempt, time, isLater)
  }

  /** A SYN-ACK passes for the first time, or again. */
  answers(server: HostEnd, time: number, copy: number): void {
    const at = this.#rows.of(server)
    if (copy === 1) this.#getsThrough(at, time)
  }

  opens(server: HostEnd, time: number): void {
    const at = this.#rows.of(server)
    const { numbers } = this.#rows
    numbers[at + OPEN] = (numbers[at + OPEN] as number) + 1
    this.#getsThrough(at, time)
  }

  repeats(server: HostEnd, attempt: Attempt, time: number, withData: boolean): void {
    const at = this.#rows.of(server)
    this.#queueAt(at).repeats(attempt, time, withData)
    this.#weigh(at)
  }

  /** The third segment is answered with RST. */
  aborts(server: HostEnd, attempt: Attempt): void {
    const at = this.#rows.of(server)
    if ((this.#rows.numbers[at + OPEN] as number) < 2) return
    this.#queueAt(at).aborted.add(attempt)
    this.#weigh(at)
  }

  /** An RST of the listener; if it refuses a SYN, nobody listens any more, and what was aborted was so for that. */
  resets(server: HostEnd, isRefusal: boolean): void {
    const at = this.#rows.of(server)
    if (!isRefusal || this.#rows.knownExtra(at) === undefined) return
    this.#queueAt(at).aborted.clear()
    this.#weigh(at)
  }

  closes(server: HostEnd, opened: number, lastSent: number): void {
    const at = this.#rows.known(server)
    if (at < 0) return
    const { numbers } = this.#rows
    numbers[at + OPEN] = Math.max(0, (numbers[at + OPEN] as number) - 1)
    const queue = this.#rows.knownExtra(at)
    if (queue !== undefined) queue.addSign(opened, lastSent)
    else if (numbers[at + HAS_SIGN] === 0) {
      numbers[at + HAS_SIGN] = 1
      numbers[at + SIGN_OPENED] = opened
      numbers[at + SIGN_LAST] = lastSent
    } else if (
      opened < (numbers[at + SIGN_OPENED] as number) ||
      lastSent > (numbers[at + SIGN_LAST] as number)
    ) {
      this.#queueAt(at).addSign(opened, lastSent)
    }
  }

  /** Those of which there is more to say than numbers. */
  entries(): EndEntry<ListenerQueue>[] {
    return this.#rows.extras()
  }

  #getsThrough(at: number, time: number): void {
    this.#rows.numbers[at + THROUGH] = time + 1
    const queue = this.#rows.knownExtra(at)
    if (queue === undefined) return
    queue.getsThrough(time)
    this.#weigh(at)
  }

  #queueAt(at: number): ListenerQueue {
    const known = this.#rows.knownExtra(at)
    if (known !== undefined) return known
    const queue = this.#rows.extra(at)
    const { numbers } = this.#rows
    if (numbers[at + HAS_SIGN] !== 0)
      queue.addSign(numbers[at + SIGN_OPENED] as number, numbers[at + SIGN_LAST] as number)
    return queue
  }

  #weigh(at: number): void {
    this.#rows.keep(at, this.#queueAt(at).hasTrouble)
  }
}

function isCovered(signs: readonly number[], opened: number, last: number): boolean {
  for (let at = 0; at < signs.length; at += 2)
    if ((signs[at] as number) <= opened && (signs[at + 1] as number) >= last) return true
  return false
}

function lengthOf(signs: readonly number[], at: number): number {
  return (signs[at + 1] as number) - (signs[at] as number)
}
