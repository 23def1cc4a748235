import type { Segment } from '../decode/segment.ts'
import { ACK, SYN } from '../decode/tcp-flags.ts'
import { ROW_WORDS as CONNECTION_ROW_WORDS, Connection } from './connection.ts'
import { STREAM_BASE_0, STREAM_BASE_1 } from './connection-flags.ts'
import { clearNetwork, FlowKey, FlowTable, setKey } from './flow-table.ts'
import { KEY_WORDS } from './row-fields.ts'
import { RowStore } from './row-store.ts'

/** Tuples remembered after their connections have left, for each that may be held; past that streams are no longer numbered (null). */
const DEPARTED_PER_CONNECTION = 4
const NO_STREAM = -1

const STREAM = KEY_WORDS
const BASE_0 = KEY_WORDS + 1
const BASE_1 = KEY_WORDS + 2
const KNOWN = KEY_WORDS + 3
const ROW_WORDS = KEY_WORDS + 4

/**
 * Wireshark's `tcp.stream`, so that people can go on there. A tuple's first segment takes the next number; afterwards
 * a new one begins only with a SYN (ACK clear) whose sequence number differs from its own direction's base. The base is
 * the direction's first number, minus 1 without SYN; or the peer's acknowledgment minus 1 if that came first; a SYN-ACK sets it anew
 * (packet-tcp.c, tshark 4.0).
 */
export class StreamNumbers {
  readonly #rows = new RowStore(ROW_WORDS)
  readonly #departed = new FlowTable(this.#rows)
  readonly #liveRows: RowStore
  readonly #live: FlowTable
  readonly #bareKey = new FlowKey()
  readonly #holder = new Connection()
  /** Numbering of a tuple without a connection, while it is worked on. */
  readonly #loose = new Connection()
  readonly #mostDeparted: number
  #next = 0

  /**
   * @param mostLive connections that may be held at once
   * @param isWanted without it no stream has a number
   */
  constructor(liveRows: RowStore, live: FlowTable, mostLive: number, isWanted = true) {
    this.#mostDeparted = isWanted ? DEPARTED_PER_CONNECTION * mostLive : 0
    this.#liveRows = liveRows
    this.#live = live
    this.#loose.words = new Int32Array(CONNECTION_ROW_WORDS)
  }

  /** Takes up the numbering of a tuple that has no connection: where a departed one left it, or anew. */
  begin(connection: Connection, key: FlowKey): void {
    const row = this.#departed.find(key)
    connection.flags &= ~(STREAM_BASE_0 | STREAM_BASE_1)
    if (row === -1) {
      connection.currentStream = NO_STREAM
      return
    }
    const words = this.#rows.words(row)
    const at = this.#rows.offset(row)
    connection.currentStream = words[at + STREAM] as number
    connection.streamBase0 = words[at + BASE_0] as number
    connection.streamBase1 = words[at + BASE_1] as number
    connection.flags |= words[at + KNOWN] as number
    this.#departed.remove(row)
  }

  /** Accounts for a segment of side 0 or 1; `connection.currentStream` is its stream afterwards. */
  take(connection: Connection, side: number, segment: Segment): void {
    this.#number(connection, side, segment)
    setBases(connection, side, segment)
  }

  /** Begins a new stream, if the segment does. */
  #number(connection: Connection, side: number, segment: Segment): void {
    const known = side === 0 ? STREAM_BASE_0 : STREAM_BASE_1
    const isSyn = (segment.flags & (SYN | ACK)) === SYN
    if (connection.currentStream === NO_STREAM) this.#start(connection)
    else if (isSyn && (connection.flags & known) !== 0) {
      const base = side === 0 ? connection.streamBase0 : connection.streamBase1
      if (base !== segment.seq) this.#start(connection)
    }
  }

  /**
   * Accounts for a segment that belongs to no connection of the capture's own network: Wireshark knows neither tunnels
   * nor VLANs, and it numbers what ICMP quotes. Of that only a SYN-ACK touches a base, and only one that is known.
   * Returns the stream.
   */
  takeApart(segment: Segment, isQuoted: boolean): number {
    const key = this.#bareKey
    setKey(key, segment)
    clearNetwork(key)
    const row = this.#live.find(key)
    if (row !== -1) {
      this.#liveRows.place(this.#holder, row, 0)
      this.#takeOrQuote(this.#holder, key.sourceSide, segment, isQuoted)
      return this.#holder.currentStream
    }
    this.begin(this.#loose, key)
    this.#takeOrQuote(this.#loose, key.sourceSide, segment, isQuoted)
    this.depart(this.#loose, key)
    return this.#loose.currentStream
  }

  #takeOrQuote(connection: Connection, side: number, segment: Segment, isQuoted: boolean): void {
    this.#number(connection, side, segment)
    if (!isQuoted) setBases(connection, side, segment)
    else if ((segment.flags & (SYN | ACK)) === (SYN | ACK) && knowsBase(connection, side)) {
      setBase(connection, side, segment.seq)
    }
  }

  /** Keeps what a departing connection's tuple needs. */
  depart(connection: Connection, key: FlowKey): void {
    if (this.#departed.size >= this.#mostDeparted) return
    const row = this.#departed.insert(key)
    const words = this.#rows.words(row)
    const at = this.#rows.offset(row)
    words[at + STREAM] = connection.currentStream
    words[at + BASE_0] = connection.streamBase0
    words[at + BASE_1] = connection.streamBase1
    words[at + KNOWN] = connection.flags & (STREAM_BASE_0 | STREAM_BASE_1)
  }

  #start(connection: Connection): void {
    connection.currentStream = this.#departed.size >= this.#mostDeparted ? NO_STREAM : this.#next++
    connection.flags &= ~(STREAM_BASE_0 | STREAM_BASE_1)
  }
}

function knowsBase(connection: Connection, side: number): boolean {
  return (connection.flags & (side === 0 ? STREAM_BASE_0 : STREAM_BASE_1)) !== 0
}

function setBase(connection: Connection, side: number, base: number): void {
  if (side === 0) {
    connection.streamBase0 = base
    connection.flags |= STREAM_BASE_0
  } else {
    connection.streamBase1 = base
    connection.flags |= STREAM_BASE_1
  }
}

function setBases(connection: Connection, side: number, segment: Segment): void {
  const known = side === 0 ? STREAM_BASE_0 : STREAM_BASE_1
  const isSynAck = (segment.flags & (SYN | ACK)) === (SYN | ACK)
  if (isSynAck || (connection.flags & known) === 0) {
    setBase(connection, side, (segment.flags & SYN) !== 0 ? segment.seq : (segment.seq - 1) | 0)
  }
  const other = side === 0 ? STREAM_BASE_1 : STREAM_BASE_0
  if ((connection.flags & other) === 0 && (segment.flags & ACK) !== 0) {
    setBase(connection, 1 - side, (segment.ack - 1) | 0)
  }
}
