import type { Closing } from './closing.ts'
import { FIN_SENT } from './endpoint-flags.ts'
import {
  AwokeRecord,
  ClosedRecord,
  FirstFinRecord,
  HandshakeRecord,
  OpenedRecord,
  ResetRecord,
  StateChangeRecord,
  SynAckRecord,
  SynAgainRecord,
} from './host-event-records.ts'
import type { HostEnd, HostTotals } from './host-totals.ts'
import { LONG_SILENCE } from './pauses.ts'
import { SYN_REPEATS } from './syn-arrives.ts'
import { type Basis, CLOSED, LISTEN, type TcpState, TIME_WAIT, UNKNOWN } from './tcp-state.ts'
import { RESET_ACCEPTED, type TrackerEvent, type TrackerEvents } from './tracker-events.ts'

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
    when: 'An endpoint is taken to have entered a state in which it holds its local port otherwise than before: not at all, open, or in TIME_WAIT. Other changes of state are not told.',
    fields:
      '`role`, `end`, `peer`, `from`, `to`, `basis`, `opened` (its handshake has passed, or it was under way before)',
  },
  {
    type: 'retracted',
    when: 'That is taken back, or dated anew (`state` follows at once).',
    fields: 'as for `state`: `from` the state taken back, `to` the one that holds again',
  },
  {
    type: 'synAgain',
    when: 'The SYN that opened it, or is to, is sent again.',
    fields: '`client`, `server`, `start`, `firstPacket`, `copy` from 2, `answered` (a SYN-ACK has passed)',
  },
  {
    type: 'synAck',
    when: 'A SYN-ACK, or one sent again.',
    fields:
      '`client`, `server`, `start`, `firstPacket`, `copy` from 1, `acknowledged` (its acknowledgment has passed), `withData` (the client has sent data), `vlanCollision` (it may be two connections in two VLANs)',
  },
  {
    type: 'handshake',
    when: 'The acknowledgment of the SYN-ACK passes for the first time.',
    fields: '`client`, `server`, `start`, `firstPacket`, `clientIsn`, `serverIsn`, `clientTsVal`',
  },
  {
    type: 'reset',
    when: 'An RST is accepted by its receiver.',
    fields:
      '`client`, `server`, `start`, `firstPacket`, `role` of its sender, `before` and `peerBefore`: the states it met at its sender and its receiver, `flags`, `window`, `sent`: segments its sender had sent before, `acknowledged` as for `synAck`, `fromElsewhere` (its TTL is not that of its sender’s segments before), `unanswered`: for how long its sender had been silent when its receiver last spoke, 0 if nothing of that was unanswered, `silence`: for how long both had been',
  },
  {
    type: 'awoke',
    when: 'A silence of the connection, of a second or more, ends well: what one end sent behind it is acknowledged by the other.',
    fields: '`client`, `server`, `start`, `firstPacket`, `role` of who acknowledges, `silence`: its length',
  },
  {
    type: 'firstFin',
    when: 'An end closes first: its FIN passes, and none of the other end did before.',
    fields:
      '`client`, `server`, `start`, `firstPacket`, `role` of its sender, `exchanges` so far, `midstream`, `serverSpokeFirst`, `sinceData`, `sincePeerData`: how long its sender, and its peer, had sent no payload; `pause`, `lastWords`: how long it had been silent before the bytes that the FIN followed at once',
  },
  {
    type: 'closed',
    when: 'The connection leaves the tracker.',
    fields:
      'its totals (`host-totals.ts`): `client` and `server`, `start`, `end`, `outcome`, `closedFirst` ...; not Wireshark’s stream number, which depends on the other connections',
  },
] as const

export type HostEventType = (typeof HOST_EVENTS)[number]['type']

export type HostEvent =
  | HostOpened
  | HostStateChange
  | HostSynAgain
  | HostSynAck
  | HostHandshake
  | HostReset
  | HostAwoke
  | HostFirstFin
  | HostClosed

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
  readonly opened: boolean
}

/** An attempt to connect, or what became of it. */
export interface HostAttempt extends HostEventBase {
  readonly client: HostEnd
  readonly server: HostEnd
  readonly start: number
  readonly firstPacket: number
}

export interface HostSynAgain extends HostAttempt {
  readonly type: 'synAgain'
  readonly copy: number
  readonly answered: boolean
}

export interface HostSynAck extends HostAttempt {
  readonly type: 'synAck'
  readonly copy: number
  readonly acknowledged: boolean
  readonly withData: boolean
  readonly vlanCollision: boolean
}

export interface HostHandshake extends HostAttempt {
  readonly type: 'handshake'
  /** int32; null if the client's SYN was not seen. */
  readonly clientIsn: number | null
  readonly serverIsn: number
  /** Of its first SYN, int32; null without timestamps. */
  readonly clientTsVal: number | null
}

export interface HostReset extends HostAttempt {
  readonly type: 'reset'
  readonly role: 'client' | 'server'
  readonly before: TcpState
  readonly peerBefore: TcpState
  readonly flags: number
  readonly window: number
  readonly sent: number
  readonly acknowledged: boolean
  readonly fromElsewhere: boolean
  readonly unanswered: number
  readonly silence: number
}

export interface HostAwoke extends HostAttempt {
  readonly type: 'awoke'
  readonly role: 'client' | 'server'
  readonly silence: number
}

export interface HostFirstFin extends HostAttempt, Closing {
  readonly type: 'firstFin'
  readonly role: 'client' | 'server'
  readonly exchanges: number
  readonly midstream: boolean
  readonly serverSpokeFirst: boolean
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
    events.subscribe(type, (event) => {
      if (portHold(event.from) !== portHold(event.to)) handler(change.fill(event))
    })
  }
  if (wanted.has('synAgain')) {
    const synAgain = new SynAgainRecord()
    events.subscribe('syn', (event) => {
      if (event.detail === SYN_REPEATS) handler(synAgain.fill(event))
    })
  }
  if (wanted.has('synAck')) {
    const synAck = new SynAckRecord()
    events.subscribe('synAck', (event) => handler(synAck.fill(event)))
  }
  if (wanted.has('handshake')) {
    const handshake = new HandshakeRecord()
    events.subscribe('handshake', (event) => handler(handshake.fill(event)))
  }
  if (wanted.has('reset')) {
    const reset = new ResetRecord()
    events.subscribe('reset', (event) => {
      if (event.detail === RESET_ACCEPTED) handler(reset.fill(event))
    })
  }
  if (wanted.has('awoke')) {
    const awoke = new AwokeRecord()
    events.subscribe('resumed', (event) => {
      const { endpoint, peer, segment } = event
      const isAnswer = peer.lastTime - endpoint.lastTime >= LONG_SILENCE && segment.ack === peer.sndNxt
      if (isAnswer) handler(awoke.fill(event))
    })
  }
  if (wanted.has('firstFin')) {
    const firstFin = new FirstFinRecord()
    events.subscribe('fin', (event) => {
      if ((event.peer.flags & FIN_SENT) === 0) handler(firstFin.fill(event))
    })
  }
  if (!wanted.has('closed')) return
  const closed = new ClosedRecord()
  events.subscribe('closed', (event) => handler(closed.fill(event)))
}

/** How an end in this state holds its local port: not at all, open, in TIME_WAIT. */
export function portHold(state: TcpState): 0 | 1 | 2 {
  if (state === TIME_WAIT) return 2
  return state === CLOSED || state === LISTEN || state === UNKNOWN ? 0 : 1
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
