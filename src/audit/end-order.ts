import type { HostEnd } from '../tracker/host-totals.ts'

/** Whether `a` is the one of two hosts that is to stand first, whoever connects: the smaller address. */
export function isInOrder(a: HostEnd, b: HostEnd): boolean {
  for (let i = 0; i < 4; i++) {
    const word = a.address[i] as number
    const other = b.address[i] as number
    if (word !== other) return word >>> 0 < other >>> 0
  }
  return true
}
