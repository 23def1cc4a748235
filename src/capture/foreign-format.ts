import type { CaptureErrorCode } from './capture-error.ts'

/** What a file is that holds no pcap or pcapng, and what to do about it. */
export interface ForeignFormat {
  readonly code: CaptureErrorCode
  readonly description: string
}

const CONVERT = `rewrite it with 'editcap -F pcap in out'`

/** First bytes, each character one byte; what the file is; what to do. */
const KNOWN: readonly (readonly [start: string, what: string, remedy: string])[] = [
  ['\x1f\x8b', 'compressed with gzip', `decompress it first: 'gunzip -k file'`],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd', `decompress it first: 'unzstd file'`],
  ['\xfd7zXZ\0', 'compressed with xz', `decompress it first: 'unxz -k file'`],
  ['BZh', 'compressed with bzip2', `decompress it first: 'bunzip2 -k file'`],
  ['\x04\x22\x4d\x18', 'compressed with lz4', `decompress it first: 'unlz4 file'`],
  ['PK\x03\x04', 'a zip archive', `unpack it first: 'unzip file'`],
  ['snoop\0\0\0', 'a Solaris snoop capture', CONVERT],
  ['GMBU', 'a Microsoft Network Monitor 2 capture', CONVERT],
  ['RTSS', 'a Microsoft Network Monitor 1 capture', CONVERT],
  ['TRSNIFF data', 'a Network General Sniffer capture', CONVERT],
  ['XCP\0', 'a NetXray or Windows Sniffer capture', CONVERT],
  ['iptrace ', 'an AIX iptrace capture', CONVERT],
  ['\x1c\0\x01\xac', 'an IXIA capture', CONVERT],
  ['\xac\x01\0\x1c', 'an IXIA capture', CONVERT],
  ['\x1c\0\x01\xab', 'an IXIA capture', CONVERT],
  ['\xab\x01\0\x1c', 'an IXIA capture', CONVERT],
  ['\xaa\xaa\xaa\xaa', 'an InfoVista 5View capture', CONVERT],
  ['\x05VNF', 'a Visual Networks capture', CONVERT],
  ['\x01\x10\x4c\0\x01\x05Trace', 'a Novell LANalyzer capture', CONVERT],
  ['+---------+', 'a K12 text capture', CONVERT],
  ['btsnoop\0', 'a Bluetooth capture', 'there is no TCP in it'],
]

/** Bytes that `describeForeignFormat` looks at. */
export const SNIFF_LENGTH = 64

/** Describes the file whose first bytes these are: at most SNIFF_LENGTH, at least one. */
export function describeForeignFormat(bytes: Uint8Array): ForeignFormat {
  const text = Buffer.from(bytes).toString('latin1')
  for (const [start, what, remedy] of KNOWN) {
    if (text.startsWith(start)) return { code: 'unsupported-format', description: `${what}: ${remedy}` }
  }
  if (isText(text)) {
    return { code: 'not-a-capture', description: 'text, not a capture: save the packets as pcap or pcapng' }
  }
  if (isErf(bytes)) return { code: 'unsupported-format', description: `an Endace ERF capture: ${CONVERT}` }
  const hex = Buffer.from(bytes.subarray(0, 8))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
  return {
    code: 'not-a-capture',
    description: `not a capture, its first bytes are ${hex}: give a pcap or pcapng file; if Wireshark opens it, ${CONVERT}`,
  }
}

/** No control characters, and ASCII for the most part: text in UTF-8 or an older encoding. */
function isText(text: string): boolean {
  const ascii = text.replaceAll(/[^\t\n\r -~]/g, '')
  return /^[\t\n\r -~\x80-\xff]+$/.test(text) && ascii.length > text.length / 2
}

/**
 * ERF has no magic number. Its first record starts with a little-endian 64-bit time (seconds in the upper half; none in
 * a record about the host), a type of at most 48 and a big-endian record length that includes this 16-byte header.
 */
function isErf(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const seconds = view.getUint32(4, true)
  const year = 1970 + seconds / (365.25 * 86400)
  const type = view.getUint8(8) & 0x7f
  const recordLength = view.getUint16(10)
  const wireLength = view.getUint16(14)
  const isTime = seconds === 0 || (year > 1995 && year < 2060)
  return isTime && type >= 1 && type <= 48 && recordLength >= 16 && wireLength > 0
}
