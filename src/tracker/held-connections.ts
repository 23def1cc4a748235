import { LIVE, WATCHED } from './connection-flags.ts'
import type { ConnectionSummary, FinishedConnection } from './connection-summary.ts'
import type { DepartingConnection } from './departing-connection.ts'
import { FlowKey, type FlowTable, setKeyOfRow } from './flow-table.ts'
import type { LoggedSegment } from './logged-segment.ts'
import type { Machine } from './machine.ts'
import { isSelfRow, placeCursors } from './row-cursors.ts'
import { LIVE_BANK, PARKED_BANK, type RowBank, type RowStore } from './row-store.ts'
import type { SegmentLog } from './segment-log.ts'

/** Segments kept of a connection that is watched while packets pass: the newest, this many to twice as many. */
export const MOST_WATCHED = 500

/** A connection as a walk comes by. Borrowed: it shows the next one when the call returns. */
export interface HeldConnection extends FinishedConnection {
  /** First and last packet, nanoseconds since the first packet of the input. */
  readonly start: number
  readonly end: number
  /** Bytes of IP of both ends, headers included. */
  readonly bytes: number
  /** Where it lies now. */
  readonly row: number
}

/** The connections that a tracker holds, to be looked at between two segments. */
export class HeldConnections {
  readonly #rows: RowStore
  readonly #flows: FlowTable
  readonly #machine: Machine
  readonly #shown: DepartingConnection
  readonly #log: SegmentLog
  readonly #key = new FlowKey()
  /** Id of the connection that is watched; 0 for none. */
  #watched = 0

  constructor(
    rows: RowStore,
    flows: FlowTable,
    machine: Machine,
    shown: DepartingConnection,
    log: SegmentLog,
  ) {
    this.#rows = rows
    this.#flows = flows
    this.#machine = machine
    this.#shown = shown
    this.#log = log
  }

  /** Every one of them, as it stands now. */
  summaries(): ConnectionSummary[] {
    return Array.from(this.#flows.allRows(), (row) => this.#show(row).summary())
  }

  /** Goes past all of them, in as many steps as one likes. */
  walk(): ConnectionWalk {
    return new ConnectionWalk(this.#rows, this.#machine, (row) => this.#show(row))
  }

  /** The connection of that id as it stands now, if it still lies there: what is over moves aside. */
  summaryAt(row: number, id: number): ConnectionSummary | undefined {
    return this.#stand(row) && this.#machine.connection.id === id ? this.#show(row).summary() : undefined
  }

  /**
   * Logs the segments of this connection from now on, and of no other. False if it is not held. Looks at every row: for
   * what a person asks for, not for what happens often.
   */
  watch(id: number): boolean {
    this.unwatch()
    const rows = this.#rows
    const { connection } = this.#machine
    for (const bank of [LIVE_BANK, PARKED_BANK] as const) {
      for (let at = 0; at < rows.used(bank); at++) {
        const row = rows.rowAt(bank, at)
        rows.place(connection, row, 0)
        if ((connection.flags & LIVE) === 0 || connection.id !== id) continue
        setKeyOfRow(this.#key, rows, row)
        connection.flags |= WATCHED
        this.#log.limit = MOST_WATCHED
        this.#watched = id
        return true
      }
    }
    return false
  }

  unwatch(): void {
    const row = this.#watchedRow()
    if (row !== -1) this.#machine.connection.flags &= ~WATCHED
    this.#watched = 0
    this.#log.clear()
  }

  /** The watched connection as it stands now; undefined if it has left, or none is watched. */
  watched(): ConnectionSummary | undefined {
    const row = this.#watchedRow()
    return row === -1 ? undefined : this.#show(row).summary()
  }

  /** Its segments since it is watched, the newest of them if there are many. */
  get segments(): readonly LoggedSegment[] {
    return this.#log.entries
  }

  /** The row of the watched connection, with the cursors on it; it may have moved since. */
  #watchedRow(): number {
    if (this.#watched === 0) return -1
    const row = this.#flows.find(this.#key)
    return row !== -1 && this.#stand(row) && this.#machine.connection.id === this.#watched ? row : -1
  }

  #stand(row: number): boolean {
    placeCursors(this.#rows, this.#machine, row, 0, isSelfRow(this.#rows, row))
    return (this.#machine.connection.flags & LIVE) !== 0
  }

  #show(row: number): DepartingConnection {
    this.#stand(row)
    return this.#shown.show(this.#machine.sender, this.#machine.receiver)
  }
}

/**
 * One way past all connections, by the places of their rows. If packets pass between its steps, a connection that came or
 * went may be missed, and one that came to its end meanwhile be seen twice or not at all: it moves to another bank then.
 */
export class ConnectionWalk {
  readonly #rows: RowStore
  readonly #machine: Machine
  readonly #show: (row: number) => DepartingConnection
  #bank: RowBank = LIVE_BANK
  #at = 0

  constructor(rows: RowStore, machine: Machine, show: (row: number) => DepartingConnection) {
    this.#rows = rows
    this.#machine = machine
    this.#show = show
  }

  /** Shows `see` the connections of the next `most` rows. True once there are no more. */
  step(most: number, see: (connection: HeldConnection) => void): boolean {
    const rows = this.#rows
    const { connection, sender, receiver } = this.#machine
    for (let left = most; left > 0; left--) {
      if (this.#at >= rows.used(this.#bank)) {
        if (this.#bank === PARKED_BANK) return true
        this.#bank = PARKED_BANK
        this.#at = 0
        continue
      }
      const row = rows.rowAt(this.#bank, this.#at++)
      rows.place(connection, row, 0)
      if ((connection.flags & LIVE) === 0) continue
      const shown = this.#show(row)
      shown.start = connection.start
      shown.end = connection.end
      shown.row = row
      shown.bytes = sender.index === receiver.index ? sender.bytes : sender.bytes + receiver.bytes
      see(shown)
    }
    return false
  }
}
