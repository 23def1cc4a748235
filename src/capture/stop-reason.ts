/**
 * Longest packet taken for true: libpcap's MAXIMUM_SNAPLEN and Wireshark's WTAP_MAX_PACKET_SIZE_STANDARD. The snaplen
 * in the file's header is no guide: a damaged header would let a damaged record claim gigabytes.
 */
export const MAX_CAPTURED_LENGTH = 262_144

/** `the file ends inside packet 17: 54 of 1,514 bytes are there`. Record headers count. `damage`: see ByteInput. */
export function cutReason(what: string, present: number, needed: number, damage?: string): string {
  return `${damage ?? 'the file ends'} inside ${what}: ${formatCount(present)} of ${formatCount(needed)} bytes are there`
}

export function oversizeReason(packet: number, capturedLength: number): string {
  return `packet ${packet} claims ${formatCount(capturedLength)} captured bytes, more than the ${formatCount(MAX_CAPTURED_LENGTH)} that capture programs write`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}
