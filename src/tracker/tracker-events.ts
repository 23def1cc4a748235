import type { Connection } from './connection.ts'
import type { ConnectionSummary } from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import type { SegmentClass } from './segment-class.ts'
import type { Basis, TcpState } from './tcp-state.ts'

/**
 * What the tracker tells others, per connection. docs/tracker-events.md says when each is sent and what its fields
 * mean. An event that nobody subscribes to is not built.
 */
export const EVENT_OPENED = 0
export const EVENT_STATE = 1
export const EVENT_RETRACTED = 2
export const EVENT_SEGMENT = 3
export const EVENT_UNACCEPTABLE = 4
export const EVENT_CHALLENGE_ACK = 5
export const EVENT_RESET = 6
export const EVENT_PENDING_SYN = 7
export const EVENT_REPLACED = 8
export const EVENT_UNSEEN_DATA = 9
export const EVENT_DUPLICATE_FRAME = 10
export const EVENT_ZERO_WINDOW = 11
export const EVENT_WINDOW_OPENED = 12
export const EVENT_CLOSED = 13

export const EVENT_NAMES = [
  'opened',
  'state',
  'retracted',
  'segment',
  'unacceptable',
  'challengeAck',
  'reset',
  'pendingSyn',
  'replaced',
  'unseenData',
  'duplicateFrame',
  'zeroWindow',
  'windowOpened',
  'closed',
] as const

export type TrackerEventName = (typeof EVENT_NAMES)[number]

/** What became of an RST at its receiver. */
export const RESET_ACCEPTED = 0
export const RESET_CHALLENGED = 1
export const RESET_DROPPED = 2
export const RESET_UNKNOWABLE = 3

export const RESET_EFFECT_NAMES = ['accepted', 'challenged', 'dropped', 'unknowable'] as const

/** One event; one instance is reused, so everything in it is borrowed until the handler returns. */
export class TrackerEvent {
  /** Index into EVENT_NAMES. */
  kind = 0
  /** ns since the first packet. */
  time = 0
  /** Frame number; 0 for a timer. */
  packet = 0
  connection!: Connection
  /** The endpoint it is about: who changed state, sent the segment, or received what it would not accept. */
  endpoint!: Endpoint
  peer!: Endpoint
  /** EVENT_STATE and EVENT_RETRACTED: the two states and the basis. */
  from: TcpState = 0
  to: TcpState = 0
  basis: Basis = 0
  /** EVENT_SEGMENT: its class. EVENT_UNACCEPTABLE and EVENT_CHALLENGE_ACK: CAUSE_*. EVENT_RESET: RESET_*. */
  detail: SegmentClass = 0
  /** EVENT_CHALLENGE_ACK: the packet that drew it. EVENT_PENDING_SYN: 0. */
  causePacket = 0
  /** EVENT_CLOSED: all that is known of the connection. */
  summary: ConnectionSummary | undefined
}

export type TrackerEventHandler = (event: TrackerEvent) => void

/** Handlers by event, as arrays; reads as `if (events.wants(EVENT_STATE)) ...` on the hot path. */
export class TrackerEvents {
  readonly #handlers: TrackerEventHandler[][] = EVENT_NAMES.map(() => [])
  readonly #wanted = new Uint8Array(EVENT_NAMES.length)
  readonly event = new TrackerEvent()

  subscribe(name: TrackerEventName, handler: TrackerEventHandler): void {
    const kind = EVENT_NAMES.indexOf(name)
    ;(this.#handlers[kind] as TrackerEventHandler[]).push(handler)
    this.#wanted[kind] = 1
  }

  wants(kind: number): boolean {
    return this.#wanted[kind] !== 0
  }

  /** Sends `this.event`, whose fields the caller has set. */
  send(kind: number): void {
    this.event.kind = kind
    for (const handler of this.#handlers[kind] as TrackerEventHandler[]) handler(this.event)
  }
}
