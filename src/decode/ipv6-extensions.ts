import { DEFECT_IPV6_EXTENSION_INCOMPLETE, DEFECT_IPV6_EXTENSION_NOT_CAPTURED } from './defect.ts'
import { recordDefect } from './record-defect.ts'
import type { Segment } from './segment.ts'

/** https://www.iana.org/assignments/ipv6-parameters, extension header types. ESP hides what follows, so it is none here. */
const HOP_BY_HOP = 0
const ROUTING = 43
export const FRAGMENT = 44
const AUTHENTICATION = 51
export const NO_NEXT_HEADER = 59
const DESTINATION_OPTIONS = 60
const MOBILITY = 135
const HOST_IDENTITY = 139
const SHIM6 = 140

/** Every extension header starts with the next header's type and its own length. */
const NEXT_HEADER = 0
const LENGTH = 1
/** Lengths are multiples of 8, but for AH, and this is the least. */
const MIN_EXTENSION_LENGTH = 8

/** Fragment header, RFC 8200 section 4.5. */
const FRAGMENT_OFFSET_AND_MORE = 2
const FRAGMENT_OFFSET_MASK = 0xfff8
const FRAGMENT_MORE = 1

export const NO_UPPER_LAYER = -1

/**
 * Follows extension headers from `start`, RFC 8200 section 4. Sets `protocol` and the fragment fields and returns
 * where the upper layer starts: NO_UPPER_LAYER if there is none here (no next header, a later fragment, cut).
 */
export function findUpperLayer(view: DataView, start: number, nextHeader: number, segment: Segment): number {
  const end = segment.ipEnd < segment.captureEnd ? segment.ipEnd : segment.captureEnd
  let type = nextHeader
  let at = start
  while (isExtension(type)) {
    if (at + MIN_EXTENSION_LENGTH > end) return noteCut(at, MIN_EXTENSION_LENGTH, end, segment)
    if (type === FRAGMENT) {
      const fragment = view.getUint16(at + FRAGMENT_OFFSET_AND_MORE)
      segment.fragmentOffset = fragment & FRAGMENT_OFFSET_MASK
      segment.moreFragments = fragment & FRAGMENT_MORE
    }
    const length = extensionLength(view, at, type)
    type = view.getUint8(at + NEXT_HEADER)
    if (segment.fragmentOffset !== 0) {
      segment.protocol = type
      return NO_UPPER_LAYER
    }
    if (at + length > end) return noteCut(at, length, end, segment)
    at += length
  }
  segment.protocol = type
  return type === NO_NEXT_HEADER ? NO_UPPER_LAYER : at
}

export function isExtension(type: number): boolean {
  switch (type) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true
    default:
      return false
  }
}

export function extensionLength(view: DataView, at: number, type: number): number {
  if (type === FRAGMENT) return MIN_EXTENSION_LENGTH
  // RFC 4302 section 2.2: AH counts in 4-byte words, minus 2.
  if (type === AUTHENTICATION) return (view.getUint8(at + LENGTH) + 2) * 4
  return (view.getUint8(at + LENGTH) + 1) * 8
}

function noteCut(at: number, needed: number, end: number, segment: Segment): number {
  const isCut = at + needed <= segment.ipEnd
  const defect = isCut ? DEFECT_IPV6_EXTENSION_NOT_CAPTURED : DEFECT_IPV6_EXTENSION_INCOMPLETE
  return recordDefect(segment, defect, at, needed, end > at ? end - at : 0, NO_UPPER_LAYER)
}
