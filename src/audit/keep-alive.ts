import { CLASS_KEEP_ALIVE } from '../tracker/segment-class.ts'
import type { EventOf } from './rule-handlers.ts'

/** TCP_KEEPIDLE is a second at least; timers run this much early at most, ns. */
const SHORTEST_IDLE = 0.9e9

/**
 * A keep-alive, and not the last byte sent again: everything before it had been acknowledged. A probe of a closed window
 * looks the same and is of another class.
 */
export function isKeepAlive(event: EventOf<'probe'>): boolean {
  if (event.detail !== CLASS_KEEP_ALIVE || silenceOf(event) < SHORTEST_IDLE) return false
  return event.peer.ackSent === event.endpoint.sndNxt
}

/** Since its peer was last heard, ns: what Linux's keep-alive timer measures (tcp_keepalive_timer). */
export function silenceOf({ time, peer }: EventOf<'probe'>): number {
  return time - peer.lastTime
}
