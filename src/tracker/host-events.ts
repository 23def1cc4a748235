import { MIDSTREAM } from './connection-flags.ts'
import type { Outcome } from './connection-summary.ts'
import { EndTotalsRecord, fillEnd, type HostEnd, type HostTotals, type Writable } from './host-totals.ts'
import type { Basis, TcpState } from './tcp-state.ts'
import type { TrackerEvent, TrackerEvents } from './tracker-events.ts'

/**
 * What happens to connections, seen from their hosts: a few events per connection, plain data that can be sent to
 * another thread or written to a file. Connections may be divided among trackers by their four-tuple; what is to be
 * judged across connections is judged over the merged events of all of them (`mergeHostEvents`).
 * docs/tracker-events.md is printed from this list.
 */
export const HOST_EVENTS = [
  {
    type: 'opened',
    when: 'A connection begins for the tracker; before its other events.',
    fields:
      '`client`, `server`, `start`, `firstPacket`, `midstream` (no part of its handshake was seen so far), `flags` of the segment that opened it',
  },
  {
    type: 'state',
    when: 'An endpoint is taken to have entered a state.',
    fields: '`role`, `end`, `peer`, `from`, `to`, `basis`',
  },
  {
    type: 'retracted',
    when: 'That is taken back, or dated anew (`state` follows at once).',
    fields: 'as for `state`: `from` the state taken back, `to` the one that holds again',
  },
  {
    type: 'closed',
    when: 'The connection leaves the tracker.',
    fields:
      'its totals (`host-totals.ts`): `client` and `server`, `start`, `end`, `outcome`, `closedFirst` ...; not Wireshark’s stream number, which depends on the other connections',
  },
] as const

export type HostEventType = (typeof HOST_EVENTS)[number]['type']

export type HostEvent = HostOpened | HostStateChange | HostClosed

interface HostEventBase {
  /** When it was concluded, ns since the first packet of the input. */
  readonly time: number
  /** The packet it was concluded from; 0 for a timer and for the end of the input. */
  readonly packet: number
  /** The connection's id: the ordinal of its first packet. */
  readonly connection: number
}

export interface HostOpened extends HostEventBase {
  readonly type: 'opened'
  readonly client: HostEnd
  readonly server: HostEnd
  readonly start: number
  readonly firstPacket: number
  readonly midstream: boolean
  /** TCP flags of the segment it was opened by. */
  readonly flags: number
}

export interface HostStateChange extends HostEventBase {
  readonly type: 'state' | 'retracted'
  readonly role: 'client' | 'server'
  readonly end: HostEnd
  readonly peer: HostEnd
  readonly from: TcpState
  readonly to: TcpState
  readonly basis: Basis
}

export interface HostClosed extends HostEventBase, HostTotals {
  readonly type: 'closed'
}

/**
 * Has the host events of these types told to `handler` as they happen. The event is borrowed: there is one object of each
 * type, filled anew each time, and `copyHostEvent` makes one that stays.
 */
export function subscribeToHostEvents(
  events: TrackerEvents,
  types: readonly HostEventType[],
  handler: (event: HostEvent) => void,
): void {
  const wanted = new Set(types)
  if (wanted.has('opened')) announceOpened(events, handler)
  for (const type of ['state', 'retracted'] as const) {
    if (!wanted.has(type)) continue
    const change = new StateChangeRecord(type)
    events.subscribe(type, (event) => handler(change.fill(event)))
  }
  if (!wanted.has('closed')) return
  const closed = new ClosedRecord()
  events.subscribe('closed', (event) => handler(closed.fill(event)))
}

/** The event as plain data that nobody writes over. */
export function copyHostEvent(event: HostEvent): HostEvent {
  return JSON.parse(JSON.stringify(event)) as HostEvent
}

/** A tracker tells the first states of a connection before it tells that it opened; here the opening comes first. */
function announceOpened(events: TrackerEvents, handler: (event: HostEvent) => void): void {
  let newest = 0
  const opened = new OpenedRecord()
  const announce = (event: TrackerEvent): void => {
    const { connection } = event
    if (connection.id === newest) return
    newest = connection.id
    handler(opened.fill(event))
  }
  events.subscribe('state', (event) => {
    if (event.connection.packets === 0) announce(event)
  })
  events.subscribe('opened', announce)
}

class EndRecord implements Writable<HostEnd> {
  ipVersion = 4
  address: [number, number, number, number] = [0, 0, 0, 0]
  port = 0
}

class OpenedRecord implements HostOpened {
  readonly type = 'opened'
  time = -0
  packet = 0
  connection = 0
  readonly client = new EndRecord()
  readonly server = new EndRecord()
  start = -0
  firstPacket = 0
  midstream = false
  flags = 0

  fill({ time, packet, connection, segment }: TrackerEvent): this {
    this.time = time
    this.packet = packet
    this.connection = connection.id
    fillEnd(this.client, connection, connection.clientSide)
    fillEnd(this.server, connection, 1 - connection.clientSide)
    this.start = connection.start
    this.firstPacket = connection.firstPacket
    this.midstream = (connection.flags & MIDSTREAM) !== 0
    this.flags = segment.flags
    return this
  }
}

class StateChangeRecord implements HostStateChange {
  readonly type: 'state' | 'retracted'
  time = -0
  packet = 0
  connection = 0
  role: 'client' | 'server' = 'client'
  readonly end = new EndRecord()
  readonly peer = new EndRecord()
  from: TcpState = 0
  to: TcpState = 0
  basis: Basis = 0

  constructor(type: 'state' | 'retracted') {
    this.type = type
  }

  fill({ time, packet, connection, endpoint, from, to, basis }: TrackerEvent): this {
    const side = endpoint.index & 1
    this.time = time
    this.packet = packet
    this.connection = connection.id
    this.role = side === connection.clientSide ? 'client' : 'server'
    fillEnd(this.end, connection, side)
    fillEnd(this.peer, connection, 1 - side)
    this.from = from
    this.to = to
    this.basis = basis
    return this
  }
}

class ClosedRecord implements HostClosed {
  readonly type = 'closed'
  time = -0
  packet = 0
  connection = 0
  readonly client = new EndTotalsRecord()
  readonly server = new EndTotalsRecord()
  start = -0
  end = -0
  firstPacket = 0
  lastPacket = 0
  packets = 0
  outcome: Outcome = 'unknown'
  closedFirst: HostTotals['closedFirst'] = null
  midstream = false
  synCopies = 0
  synAckCopies = 0
  synAckTime: number | null = null
  openTime: number | null = null

  fill({ time, packet, connection, finished }: TrackerEvent): this {
    this.time = time
    this.packet = packet
    this.connection = connection.id
    finished.fillTotals(this.client, this.server)
    this.start = connection.start
    this.end = connection.end
    this.firstPacket = connection.firstPacket
    this.lastPacket = connection.lastPacket
    this.packets = connection.packets
    this.outcome = finished.outcome
    this.closedFirst = finished.closedFirst
    this.midstream = (connection.flags & MIDSTREAM) !== 0
    this.synCopies = connection.synCopies
    this.synAckCopies = connection.synAckCopies
    this.synAckTime = connection.synAckTime < 0 ? null : connection.synAckTime
    this.openTime = connection.openTime < 0 ? null : connection.openTime
    return this
  }
}

/**
 * The events of trackers that had a part of the connections each, as one tracker with all of them would tell them. Each
 * list is in the order it was told; so is the result: by time, at one time first what timers tell, then packets, then
 * who leaves without a packet. Timers and departures of one time are put in order of connection, in a single list as well.
 */
export function mergeHostEvents(lists: readonly (readonly HostEvent[])[]): HostEvent[] {
  const heads = lists.map(() => 0)
  const merged: HostEvent[] = []
  for (;;) {
    let next = -1
    let least: HostEvent | undefined
    for (const [list, events] of lists.entries()) {
      const event = events[heads[list] as number]
      if (event === undefined || (least !== undefined && isNotBefore(event, least))) continue
      least = event
      next = list
    }
    if (least === undefined) break
    heads[next] = (heads[next] as number) + 1
    merged.push(least)
  }
  sortTimers(merged)
  return merged
}

function isNotBefore(a: HostEvent, b: HostEvent): boolean {
  const order = a.time - b.time || Number(isDeparture(a)) - Number(isDeparture(b))
  return (order || a.packet - b.packet || a.connection - b.connection) >= 0
}

/** By a timer, or because the input ends: behind all that happened at that time. */
function isDeparture({ type, packet }: HostEvent): boolean {
  return type === 'closed' && packet === 0
}

/** Puts every run of timers of one time in order of connection; what one connection told stays in order. */
function sortTimers(events: HostEvent[]): void {
  for (let start = 0; start < events.length; ) {
    const { time, packet } = events[start] as HostEvent
    let end = start + 1
    while (packet === 0 && events[end]?.packet === 0 && events[end]?.time === time) end++
    if (end - start > 1) {
      const run = events.slice(start, end).sort((a, b) => a.connection - b.connection)
      events.splice(start, run.length, ...run)
    }
    start = end
  }
}
