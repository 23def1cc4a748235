import type { HostEnd } from '../tracker/host-totals.ts'

/** Whether `a` is the one of two hosts that is to stand first, whoever connects: the smaller address. */
export function isInOrder(a: HostEnd, b: HostEnd): boolean {
  for (const [index, word] of a.address.entries()) {
    const other = b.address[index] as number
    if (word !== other) return word >>> 0 < other >>> 0
  }
  return true
}
