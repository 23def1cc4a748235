import type { Connection } from './connection.ts'
import { MIDSTREAM } from './connection-flags.ts'
import type { ConnectionSummary } from './connection-summary.ts'
import { ipVersionOf } from './flow-table.ts'
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
      '`client`, `server`, `start`, `firstPacket`, `midstream` (no part of its handshake was seen so far)',
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
      '`summary`: its totals, all but Wireshark’s stream number, which depends on the other connections',
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

/** Address words as in a segment: IPv4 uses the first. */
export interface HostEnd {
  readonly ipVersion: number
  readonly address: readonly [number, number, number, number]
  readonly port: number
}

export interface HostOpened extends HostEventBase {
  readonly type: 'opened'
  readonly client: HostEnd
  readonly server: HostEnd
  readonly start: number
  readonly firstPacket: number
  readonly midstream: boolean
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

export interface HostClosed extends HostEventBase {
  readonly type: 'closed'
  readonly summary: Omit<ConnectionSummary, 'stream'>
}

/** Has the host events of these types built and handed to `handler` as they happen. */
export function subscribeToHostEvents(
  events: TrackerEvents,
  types: readonly HostEventType[],
  handler: (event: HostEvent) => void,
): void {
  const wanted = new Set(types)
  if (wanted.has('opened')) announceOpened(events, handler)
  for (const type of ['state', 'retracted'] as const) {
    if (wanted.has(type)) events.subscribe(type, (event) => handler(stateChange(type, event)))
  }
  if (wanted.has('closed')) events.subscribe('closed', (event) => handler(closed(event)))
}

/** A tracker tells the first states of a connection before it tells that it opened; here the opening comes first. */
function announceOpened(events: TrackerEvents, handler: (event: HostEvent) => void): void {
  let newest = 0
  const announce = (event: TrackerEvent): void => {
    const { connection } = event
    if (connection.id === newest) return
    newest = connection.id
    handler(opened(event))
  }
  events.subscribe('state', (event) => {
    if (event.connection.packets === 0) announce(event)
  })
  events.subscribe('opened', announce)
}

function opened({ time, packet, connection }: TrackerEvent): HostOpened {
  const { clientSide, start, firstPacket } = connection
  return {
    type: 'opened',
    time,
    packet,
    connection: connection.id,
    client: endOf(connection, clientSide),
    server: endOf(connection, 1 - clientSide),
    start,
    firstPacket,
    midstream: (connection.flags & MIDSTREAM) !== 0,
  }
}

function stateChange(type: 'state' | 'retracted', event: TrackerEvent): HostStateChange {
  const { time, packet, connection, endpoint, from, to, basis } = event
  const side = endpoint.index & 1
  return {
    type,
    time,
    packet,
    connection: connection.id,
    role: side === connection.clientSide ? 'client' : 'server',
    end: endOf(connection, side),
    peer: endOf(connection, 1 - side),
    from,
    to,
    basis,
  }
}

function closed({ time, packet, connection, summary }: TrackerEvent): HostClosed {
  const { stream: _, ...rest } = summary as ConnectionSummary
  return { type: 'closed', time, packet, connection: connection.id, summary: rest }
}

/** One end of the key at the start of the connection's row (row-fields.ts). */
function endOf({ words, base }: Connection, side: number): HostEnd {
  const at = base + 4 * side
  const ports = words[base + 8] as number
  return {
    ipVersion: ipVersionOf(words, base),
    address: [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number],
    port: side === 0 ? ports >>> 16 : ports & 0xffff,
  }
}

/**
 * The events of trackers that had a part of the connections each, as one tracker with all of them would tell them. Each
 * list is in the order it was told; so is the result: by time, timers before the packets of that time. What timers tell
 * at one and the same time is put in order of connection, in a single list as well.
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
  return (a.time - b.time || a.packet - b.packet || a.connection - b.connection) >= 0
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
