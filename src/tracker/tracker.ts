import type { IcmpError } from '../decode/icmp-error.ts'
import { NETWORK_OF_CAPTURE, NetworkTable } from '../decode/network-table.ts'
import type { Segment } from '../decode/segment.ts'
import { ACK, RST, SYN } from '../decode/tcp-flags.ts'
import { countDeparting, type TrackerQuality } from './capture-quality.ts'
import { Connection, ROW_WORDS } from './connection.ts'
import { DOUBLED_FRAMES, EVICTED, HAS_PENDING_SYN, LIVE, TAGGED, WATCHED } from './connection-flags.ts'
import type { Transition } from './connection-summary.ts'
import { compareData } from './data-differ.ts'
import { DepartingConnection } from './departing-connection.ts'
import { Endpoint } from './endpoint.ts'
import { chooseEvicted, DEFAULT_MAX_CONNECTIONS } from './eviction.ts'
import { ExpectedRows } from './expected-rows.ts'
import { FlowKey, FlowTable, networkOf, setKey, setKeyOfRow } from './flow-table.ts'
import { takeFrameAgain } from './frame-again.ts'
import { HeldConnections } from './held-connections.ts'
import type { HostProfile } from './host-profile.ts'
import { icmpArrives, noteIcmpError, tellIcmpError } from './icmp-arrives.ts'
import type { LoggedSegment } from './logged-segment.ts'
import { Machine } from './machine.ts'
import { noteVlan } from './note-vlan.ts'
import { changedCopy } from './odd-syn.ts'
import { clearRow, endReplaced, openBySyn, openMidstream } from './open-connection.ts'
import { PendingSyn } from './pending-syn.ts'
import { RecentData } from './recent-data.ts'
import { FRAME_NEW, microseconds, RecentFrames } from './recent-frames.ts'
import { isSelfRow, placeCursors } from './row-cursors.ts'
import { bankOf, LIVE_BANK, PARKED_BANK, RowStore } from './row-store.ts'
import { SegmentLog } from './segment-log.ts'
import { SegmentTaker } from './segment-taker.ts'
import { StreamNumbers } from './stream-numbers.ts'
import { isOver } from './syn-arrives.ts'
import type { TcpState } from './tcp-state.ts'
import { lingerEnd, timerFires } from './timer-fires.ts'
import { TimerQueue } from './timer-queue.ts'
import { EVENT_CLOSED, EVENT_OPENED, type TrackerEvent, type TrackerEvents } from './tracker-events.ts'
import type { TrackerOptions } from './tracker-options.ts'

/** Wireshark follows a segment from this many captured bytes of TCP header. */
const LEAST_TCP_BYTES = 16
const NEVER = Number.POSITIVE_INFINITY

/**
 * Segments in; connections and events out. This class owns the memory of connections: which row a tuple has, which
 * timers run, when a connection leaves. What a segment means is SegmentTaker's.
 */
export class Tracker {
  readonly held: HeldConnections
  readonly #options: TrackerOptions
  readonly #machine: Machine
  readonly #rows = new RowStore(ROW_WORDS)
  readonly #flows = new FlowTable(this.#rows)
  readonly #timers = new TimerQueue()
  readonly #streams: StreamNumbers
  readonly #key = new FlowKey()
  readonly #departing = new FlowKey()
  readonly #connection = new Connection()
  readonly #sender = new Endpoint()
  readonly #receiver = new Endpoint()
  readonly #syn = new PendingSyn()
  readonly #finished: DepartingConnection
  readonly #log = new SegmentLog()
  readonly #watcher: Pick<SegmentLog, 'add' | 'addPending'>
  readonly #frames = new RecentFrames()
  readonly #data = new RecentData()
  readonly #taker: SegmentTaker
  readonly #most: number
  readonly #expected = new ExpectedRows(this.#flows, this.#rows)
  #opens = 0

  constructor(options: TrackerOptions) {
    this.#options = options
    this.#most = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS
    this.#streams = new StreamNumbers(this.#rows, this.#flows, this.#most, options.numbersStreams)
    this.#watcher = options.trace?.passed ?? this.#log
    this.#machine = new Machine(options.networks ?? new NetworkTable(), options.hosts)
    this.#finished = new DepartingConnection(this.#machine, this.#connection)
    this.held = new HeldConnections(this.#rows, this.#flows, this.#machine, this.#finished, this.#log)
    this.#machine.connection = this.#connection
    this.#machine.sender = this.#sender
    this.#machine.receiver = this.#receiver
    this.#taker = new SegmentTaker(this.#machine, this.#connection, this.#sender, this.#receiver)
  }

  /** What rules subscribe to. */
  get events(): TrackerEvents {
    return this.#machine.events
  }

  /** Connections seen so far. */
  get opened(): number {
    return this.#opens
  }

  /** Now by the capture's clock, nanoseconds since the first packet. */
  get now(): number {
    return this.#machine.now
  }

  /** Connections held at the moment. */
  get size(): number {
    return this.#flows.size
  }

  /** What is known of the host of an event's endpoint. */
  profileOf(endpoint: Endpoint): HostProfile {
    return this.#machine.profileOf(endpoint)
  }

  /** Segments of the watched connection so far. */
  get log(): readonly LoggedSegment[] {
    return this.#log.entries
  }

  get quality(): TrackerQuality {
    return this.#machine.quality
  }

  /** Asks memory for the rows of the first `count` of `segments`, which are to be taken next: at most MOST_EXPECTED. */
  expect(segments: readonly Segment[], count: number): void {
    this.#expected.touch(segments, count)
  }

  /** Takes one decoded TCP segment (KIND_TCP); borrowed until it returns. */
  segment(segment: Segment): void {
    if (segment.tcpCaptured < LEAST_TCP_BYTES) return
    const machine = this.#machine
    const now = segment.time >= machine.now ? segment.time : machine.now
    if (now >= this.#timers.next) this.advance(now)
    machine.begin(segment, now)
    const key = this.#key
    setKey(key, segment)
    const side = key.sourceSide
    const found = this.#flows.find(key)
    let row = found
    if (row === -1) row = this.#insert(key)
    else if (bankOf(row) === PARKED_BANK) row = this.#move(row)
    const connection = this.#connection
    this.#place(row, side, key.isSelf)
    const streamBefore = found === -1 ? -1 : connection.currentStream
    if (segment.network !== NETWORK_OF_CAPTURE) {
      connection.currentStream = this.#streams.takeApart(segment, false)
    } else {
      if (found === -1) this.#streams.begin(connection, key)
      this.#streams.take(connection, side, segment)
    }

    const answeredAt = microseconds(found === -1 ? -1 : this.#receiver.lastTime)
    const isDoubled = found !== -1 && (connection.flags & DOUBLED_FRAMES) !== 0
    const tuple = (2 * key.hash + side) | 0
    let copy = this.#frames.look(segment, tuple, microseconds(now), answeredAt, isDoubled)
    if (found !== -1 && copy === FRAME_NEW && (segment.flags & SYN) !== 0)
      copy = changedCopy(machine, this.#frames, connection, this.#sender, segment)
    if (found === -1) this.#open(segment, side, key.isSelf)
    else if (copy !== FRAME_NEW) {
      takeFrameAgain(machine, segment, copy)
      if ((connection.flags & WATCHED) !== 0)
        this.#watcher.add(machine, connection, this.#sender, this.#receiver, segment)
      if (row !== found) this.#schedule(this.#park(row))
      return
    } else if (this.#taker.opensAnew(segment, streamBefore)) this.#replace(row, segment, side, key.isSelf)
    if ((segment.vlanCount | (connection.flags & TAGGED)) !== 0)
      noteVlan(machine, connection, this.#sender, segment)
    const mayBeDueSooner = this.#taker.take(segment)
    compareData(machine, this.#data, tuple, segment, mayBeDueSooner)
    connection.end = now
    connection.lastPacket = segment.packet
    if (mayBeDueSooner) this.#schedule(this.#park(row))
    if ((connection.flags & WATCHED) !== 0)
      this.#watcher.add(machine, connection, this.#sender, this.#receiver, segment)
  }

  /** Takes an ICMP error and the segment it quotes (KIND_ICMP_ERROR), borrowed; returns Wireshark's stream, -1 for none. */
  icmpError(segment: Segment, error: IcmpError): number {
    const machine = this.#machine
    const now = segment.time >= machine.now ? segment.time : machine.now
    if (now >= this.#timers.next) this.advance(now)
    machine.begin(segment, now)
    const stream = segment.tcpCaptured >= LEAST_TCP_BYTES ? this.#streams.takeApart(segment, true) : -1
    const key = this.#key
    setKey(key, segment)
    const row = this.#flows.find(key)
    if (row === -1) return stream
    this.#place(row, key.sourceSide, key.isSelf)
    const effect = icmpArrives(machine, this.#sender, this.#receiver, segment, error)
    noteIcmpError(machine, this.#sender, segment, error, effect)
    tellIcmpError(machine, segment, error, effect)
    this.#schedule(row)
    return stream
  }

  /** Has the segment, or the ICMP error that quotes it, taken by `take`, and recorded in the trace. */
  explain(segment: Segment, take: () => void): void {
    const { trace } = this.#options
    if (segment.time > this.#machine.now) this.advance(segment.time)
    const key = this.#key
    setKey(key, segment)
    const row = this.#flows.find(key)
    if (row !== -1) this.#place(row, key.sourceSide, key.isSelf)
    trace?.begin(this.#machine, this.#frames, key.sourceSide, row !== -1)
    take()
    setKey(key, segment)
    trace?.end(this.#frames, this.#machine.packet === segment.packet && this.#flows.find(key) !== -1)
  }

  /** Runs every timer that is due by `time`, ns since the first packet. */
  advance(time: number): void {
    const machine = this.#machine
    const timers = this.#timers
    machine.packet = 0
    while (timers.next <= time) {
      const due = timers.next
      const row = timers.take()
      machine.now = Math.max(machine.now, due)
      if (row < 0) {
        machine.events.onWake(due)
        continue
      }
      const connection = this.#connection
      this.#rows.place(connection, row, 0)
      if ((connection.flags & LIVE) === 0 || connection.queuedAt > due) continue
      this.#place(row, 0)
      connection.queuedAt = NEVER
      if (this.#sender.deadline <= machine.now) timerFires(machine, this.#sender, this.#receiver)
      if (this.#receiver.deadline <= machine.now) timerFires(machine, this.#receiver, this.#sender)
      if (lingerEnd(this.#sender, this.#receiver) <= machine.now) this.#depart(row)
      else this.#schedule(row)
    }
    machine.now = Math.max(machine.now, time)
  }

  /** Ends the input at `time`: timers run up to it, then every connection still held is handed out; `finishing`: one by one. */
  finish(time: number): void {
    for (const _ of this.finishing(time));
  }

  *finishing(time: number): Generator<undefined, void, void> {
    this.advance(time)
    const rows = this.#flows.allRows()
    for (let at = 0; at < rows.length; at++) {
      this.#place(rows[at] as number, 0)
      this.#handOut()
      this.#connection.flags = 0
      yield
    }
    this.#flows.clear(rows)
    this.#machine.releaseAll()
  }

  /** Asks to be woken (`events.onWake`) at `time` of the capture's clock: between two segments, or at the end of the input. */
  wakeAt(time: number): void {
    this.#timers.add(time, -1)
  }

  /**
   * For who is woken: an event of now about an endpoint, by its index and its connection's id; undefined if that
   * connection is over (both ends gone or in TIME_WAIT) or has been. Borrowed until the next call.
   */
  look(endpoint: number, id: number): TrackerEvent | undefined {
    this.#place(endpoint >> 1, endpoint & 1)
    const connection = this.#connection
    if ((connection.flags & LIVE) === 0 || connection.id !== id) return undefined
    return this.#machine.describeState(this.#sender, this.#receiver)
  }

  /** How the endpoint, one of an event's, last entered one of `states`, as is believed now; undefined for never. */
  entered(endpoint: Endpoint, states: readonly TcpState[]): Transition | undefined {
    return this.#machine.entered(endpoint, states)
  }

  /**
   * What is over, neither end having a socket that anything is expected of, stays known for stragglers, in a row out of
   * the way of the live ones: those lie close together then, and are in the cache. The cursors move with it.
   */
  #park(row: number): number {
    if (!isOver(this.#sender.state) || !isOver(this.#receiver.state)) return row
    if ((this.#connection.flags & HAS_PENDING_SYN) !== 0 || bankOf(row) !== LIVE_BANK) return row
    const side = this.#sender.index & 1
    const moved = this.#move(row)
    this.#place(moved, side, this.#sender.index === this.#receiver.index)
    return moved
  }

  /** Moves a row to the other bank; its entries in the timer queue stay behind and mean nothing. */
  #move(row: number): number {
    const moved = this.#flows.move(row)
    this.#rows.place(this.#connection, row, 0)
    this.#connection.flags = 0
    this.#rows.place(this.#connection, moved, 0)
    this.#connection.queuedAt = NEVER
    return moved
  }

  #place(row: number, senderSide: number, isSelf = isSelfRow(this.#rows, row)): void {
    placeCursors(this.#rows, this.#machine, row, senderSide, isSelf)
  }

  #insert(key: FlowKey): number {
    if (this.#flows.size >= this.#most) this.#evict()
    return this.#flows.insert(key)
  }

  #evict(): void {
    const machine = this.#machine
    const { packet } = machine
    machine.packet = 0
    const stand = (row: number): void => this.#place(row, 0, false)
    const rows = this.#flows.allRows()
    const connection = this.#connection
    for (const row of chooseEvicted(rows, this.#most, stand, connection, this.#sender, this.#receiver)) {
      this.#place(row, 0)
      connection.flags |= EVICTED
      machine.quality.evictedConnections++
      this.#depart(row)
    }
    machine.packet = packet
  }

  #open(segment: Segment, side: number, isSelf: boolean): void {
    this.#machine.events.event.segment = segment
    clearRow(this.#connection, this.#sender, this.#receiver, isSelf)
    if ((segment.flags & (SYN | ACK | RST)) === SYN) {
      this.#syn.fill(segment, side, this.#connection.currentStream, this.#machine.now)
      this.#openBySyn(this.#syn)
    } else {
      openMidstream(this.#machine, this.#connection, this.#sender, this.#receiver, segment)
      this.#opened()
    }
  }

  #openBySyn(syn: PendingSyn): void {
    openBySyn(this.#machine, this.#connection, this.#sender, this.#receiver, syn)
    this.#opened()
  }

  #opened(): void {
    this.#opens++
    const machine = this.#machine
    const { watch, trace } = this.#options
    if (trace !== undefined || this.#connection.id === watch) this.#connection.flags |= WATCHED
    if (machine.events.wants(EVENT_OPENED)) machine.tellOf(EVENT_OPENED, this.#sender, this.#receiver, 0)
  }

  /** The tuple begins a new life with the segment at hand, or with the pending SYN that this shows to have opened it. */
  #replace(row: number, segment: Segment, side: number, isSelf: boolean): void {
    const machine = this.#machine
    machine.events.event.segment = segment
    const pending = this.#taker.claimPending(segment)
    const time = pending?.time ?? machine.now
    const packet = pending?.packet ?? segment.packet
    endReplaced(machine, time, packet)
    this.#handOut()
    this.#taker.release()
    if (pending === undefined) {
      this.#open(segment, side, isSelf)
      return
    }
    const fromClient = pending.side === side
    this.#place(row, pending.side, isSelf)
    clearRow(this.#connection, this.#sender, this.#receiver, isSelf)
    this.#openBySyn(pending)
    this.#taker.countPending(pending)
    if ((this.#connection.flags & WATCHED) !== 0) this.#watcher.addPending(pending)
    if (!fromClient) this.#place(row, side, isSelf)
  }

  /** Puts the row into the timer queue if anything of it is due before it would be looked at. */
  #schedule(row: number): void {
    const connection = this.#connection
    let due = Math.min(this.#sender.deadline, this.#receiver.deadline)
    if (due === NEVER) due = lingerEnd(this.#sender, this.#receiver)
    if (due < connection.queuedAt) {
      connection.queuedAt = due
      this.#timers.add(due, row)
    }
  }

  #depart(row: number): void {
    this.#handOut()
    this.#taker.release()
    setKeyOfRow(this.#departing, this.#rows, row)
    if (networkOf(this.#departing.words, 0) === NETWORK_OF_CAPTURE) {
      this.#streams.depart(this.#connection, this.#departing)
    }
    this.#connection.flags = 0
    this.#flows.remove(row)
  }

  /** Hands the connection to its reader. */
  #handOut(): void {
    const machine = this.#machine
    const finished = this.#finished.show(this.#sender, this.#receiver)
    countDeparting(machine, this.#connection, this.#sender, this.#receiver)
    if (machine.events.wants(EVENT_CLOSED)) {
      machine.events.event.finished = finished
      machine.tellOf(EVENT_CLOSED, this.#sender, this.#receiver, 0)
    }
    this.#options.onConnection(finished)
  }
}
