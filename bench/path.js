// What the network does to the packets, on either side of the capture point, and how often it did.

export const MILLISECOND = 1e6
const LOSS = 0.01
/** Chance that a segment with successors in its flight is overtaken: about 1 % of all data segments. */
const REORDERING = 0.02

export const counts = { connections: 0, ipv6: 0, lostBefore: 0, lostAfter: 0, reordered: 0, retransmitted: 0 }

/**
 * Where a packet is lost, seen from the capture point: before it, so that it is not in the capture, or after it.
 * @param {import('./random.js').Random} random @returns {'before' | 'after' | undefined}
 */
export function drawFate(random) {
  const draw = random.next()
  if (draw >= LOSS) return undefined
  if (draw < LOSS / 2) {
    counts.lostBefore++
    return 'before'
  }
  counts.lostAfter++
  return 'after'
}

/** How much later than its turn a segment passes. @param {import('./random.js').Random} random */
export function drawDetour(random) {
  if (!random.chance(REORDERING)) return 0
  counts.reordered++
  return random.between(3, 9) * MILLISECOND
}
