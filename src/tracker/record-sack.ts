import type { Segment } from '../decode/segment.ts'
import { OPTION_SACK } from '../decode/tcp-options.ts'
import type { Endpoint } from './endpoint.ts'
import { SACKING } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { isAfter, isAtOrAfter, isAtOrBefore } from './sequence.ts'
import { EVENT_SACK } from './tracker-events.ts'

/** The first block is of what was acknowledged before, or lies in the second (RFC 2883 section 4). */
function reportsDuplicate({ options, ack }: Segment): boolean {
  const [left = 0, right = 0, outerLeft = 0, outerRight = 0] = options.sackEdges
  if (options.sackCount === 0) return false
  if (isAtOrBefore(right, ack)) return true
  return options.sackCount > 1 && isAtOrAfter(left, outerLeft) && isAtOrBefore(right, outerRight)
}

/** SACK blocks above the acknowledgment are what it holds out of order; a first block below is a DSACK (RFC 2883). */
export function recordSack(machine: Machine, sender: Endpoint, segment: Segment): void {
  const options = segment.options
  if ((options.present & OPTION_SACK) === 0) {
    sender.flags &= ~SACKING
    return
  }
  if (machine.events.wants(EVENT_SACK)) {
    machine.tellOf(EVENT_SACK, sender, machine.peerOf(sender), reportsDuplicate(segment) ? 1 : 0)
  }
  let top = segment.ack
  for (let i = 0; i < options.sackCount; i++) {
    const right = options.sackEdges[2 * i + 1] as number
    if (isAfter(right, top)) top = right
  }
  if (top === segment.ack) return
  const extra = machine.ensureExtra(sender)
  extra.sackTop = top
  sender.flags |= SACKING
  // What it holds is what it says, and whatever has passed since.
  if (isAtOrBefore(sender.rcvNxt, segment.ack)) {
    for (let i = 0; i < options.sackCount; i++) {
      const left = options.sackEdges[2 * i] as number
      const right = options.sackEdges[2 * i + 1] as number
      if (isAfter(left, segment.ack) && isAfter(right, left)) extra.hold(left, right)
    }
  }
}
