import { concatBytes } from './frame-builder.ts'

const ETHERNET_HEADER = 14
const IPV6_HEADER = 40
const IDENTIFICATION = [0x12, 0x34, 0x56, 0x78]
/** Bytes of the first fragment: a TCP header without options, and some more; a multiple of 8. */
const FIRST = 32

/** The frame's packet as a router (IPv4) or its source (IPv6) would send it in two fragments; Ethernet without tags. */
export function fragmentsOf(frame: Uint8Array): Uint8Array[] {
  return frame[12] === 0x08 ? ipv4Fragments(frame) : ipv6Fragments(frame)
}

function ipv4Fragments(frame: Uint8Array): Uint8Array[] {
  const headerLength = ((frame[ETHERNET_HEADER] ?? 0) & 15) * 4
  const start = ETHERNET_HEADER + headerLength
  return parts(frame.slice(start)).map(({ offset, more, bytes }) => {
    const head = frame.slice(0, start)
    const view = new DataView(head.buffer)
    view.setUint16(ETHERNET_HEADER + 2, headerLength + bytes.length)
    view.setUint16(ETHERNET_HEADER + 4, 0x1234)
    view.setUint16(ETHERNET_HEADER + 6, (more ? 0x2000 : 0) | (offset >> 3))
    return concatBytes(head, bytes)
  })
}

function ipv6Fragments(frame: Uint8Array): Uint8Array[] {
  const start = ETHERNET_HEADER + IPV6_HEADER
  return parts(frame.slice(start)).map(({ offset, more, bytes }) => {
    const head = frame.slice(0, start)
    const next = head[ETHERNET_HEADER + 6] ?? 0
    head[ETHERNET_HEADER + 6] = 44
    new DataView(head.buffer).setUint16(ETHERNET_HEADER + 4, 8 + bytes.length)
    const place = offset | (more ? 1 : 0)
    return concatBytes(head, [next, 0, place >> 8, place & 0xff, ...IDENTIFICATION], bytes)
  })
}

function parts(payload: Uint8Array) {
  return [
    { offset: 0, more: true, bytes: payload.slice(0, FIRST) },
    { offset: FIRST, more: false, bytes: payload.slice(FIRST) },
  ]
}
