import type { Segment } from '../decode/segment.ts'
import { FIN, SYN } from '../decode/tcp-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { WINDOW_CLOSED, WINDOW_KNOWN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { EVENT_SMALL_WINDOW, EVENT_WINDOW_OPENED, EVENT_ZERO_WINDOW } from './tracker-events.ts'

/** Windows below this many bytes, the MSS of who offers none (RFC 9293 section 3.7.1), are out of the ordinary. */
export const LITTLE_WINDOW = 536

/** The segment offers next to nothing: `window` bytes, less than LITTLE_WINDOW. */
export function noteLittleWindow(
  machine: Machine,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
  window: number,
): void {
  const { events } = machine
  if (segment.window === 0) {
    if ((sender.flags & WINDOW_CLOSED) === 0) {
      sender.flags |= WINDOW_CLOSED
      if (events.wants(EVENT_ZERO_WINDOW)) machine.tellOf(EVENT_ZERO_WINDOW, sender, receiver, 0)
    }
    if ((segment.flags & (SYN | FIN)) === 0) machine.ensureExtra(sender).zeroWindows++
    return
  }
  if ((sender.flags & WINDOW_CLOSED) !== 0) reopenWindow(machine, sender, receiver)
  // Without the SYNs its scale is not known.
  if ((sender.flags & WINDOW_KNOWN) === 0 || !events.wants(EVENT_SMALL_WINDOW)) return
  events.event.segment = segment
  machine.tellOf(EVENT_SMALL_WINDOW, sender, receiver, window)
}

/** A window that was zero is no longer. */
export function reopenWindow(machine: Machine, sender: Endpoint, receiver: Endpoint): void {
  sender.flags &= ~WINDOW_CLOSED
  if (machine.events.wants(EVENT_WINDOW_OPENED)) machine.tellOf(EVENT_WINDOW_OPENED, sender, receiver, 0)
}
