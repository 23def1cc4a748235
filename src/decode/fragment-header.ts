import { extensionLength, FRAGMENT, isExtension } from './ipv6-extensions.ts'
import type { Segment } from './segment.ts'

/** RFC 8200 sections 3 and 4.5. */
const NEXT_HEADER = 6
const IPV6_HEADER_LENGTH = 40
const OFFSET_AND_MORE = 2
const IDENTIFICATION = 4
export const FRAGMENT_HEADER_LENGTH = 8

/** Where the fragment header of an IPv6 packet stands, and what leads to it. */
export class FragmentHeader {
  start = 0
  /** The byte that announces it: next header of the header before. */
  announcedAt = 0
  identification = 0

  /** Finds it in a decoded fragment, where there is one. */
  find(segment: Segment): void {
    const { view } = segment
    this.announcedAt = segment.ipStart + NEXT_HEADER
    this.start = segment.ipStart + IPV6_HEADER_LENGTH
    for (;;) {
      const type = view.getUint8(this.announcedAt)
      if (!isExtension(type) || (type === FRAGMENT && !isAtomic(view, this.start))) break
      this.announcedAt = this.start
      this.start += extensionLength(view, this.start, type)
    }
    this.identification = view.getInt32(this.start + IDENTIFICATION)
  }
}

/** RFC 6946: a fragment header on a packet that is whole. */
function isAtomic(view: DataView, start: number): boolean {
  return (view.getUint16(start + OFFSET_AND_MORE) & 0xfff9) === 0
}
