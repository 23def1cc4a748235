import { clearInner } from './clear-segment.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import type { Segment } from './segment.ts'

/** RFC 792, RFC 4443 section 2.1: type, code, checksum, four bytes by type, then the packet that caused the error. */
const TYPE = 0
const CODE = 1
const NEXT_HOP_MTU = 6
const PACKET_TOO_BIG_MTU = 4
const HEADER_LENGTH = 8

const PROTOCOL_ICMP = 1
const PROTOCOL_TCP = 6
/** An error must quote as much of TCP's header (RFC 792): ports and sequence number. */
const LEAST_TCP_BYTES = 8

const UNREACHABLE = 3
const FRAGMENTATION_NEEDED = 4
const SOURCE_QUENCH = 4
const TIME_EXCEEDED = 11
const PARAMETER_PROBLEM = 12

const PACKET_TOO_BIG_V6 = 2
const PARAMETER_PROBLEM_V6 = 4

/** What an ICMP or ICMPv6 error says of the segment that it quotes. */
export class IcmpError {
  /** 4 for ICMP, 6 for ICMPv6. */
  version = 0
  type = 0
  code = 0
  /** Greatest packet that the next hop takes, where the error is about that; else 0. */
  mtu = 0
  /** Who sent it, as in a segment: IPv4 uses the first word. */
  source0 = 0
  source1 = 0
  source2 = 0
  source3 = 0

  /**
   * Reads the decoded ICMP packet: if it is an error about a TCP segment, decodes as much of that as is quoted into
   * `segment`, whose source is then the end that the error is addressed to.
   */
  read(segment: Segment): boolean {
    const { view, upperStart: start, protocol } = segment
    const end = segment.ipEnd < segment.captureEnd ? segment.ipEnd : segment.captureEnd
    if (start + HEADER_LENGTH > end) return false
    this.version = protocol === PROTOCOL_ICMP ? 4 : 6
    this.type = view.getUint8(start + TYPE)
    this.code = view.getUint8(start + CODE)
    if (!this.#isError()) return false
    this.mtu = this.#mtuOf(view, start)
    this.source0 = segment.source0
    this.source1 = segment.source1
    this.source2 = segment.source2
    this.source3 = segment.source3
    return quotesTcp(segment, start + HEADER_LENGTH, end, this.version)
  }

  #isError(): boolean {
    if (this.version === 6) return this.type >= 1 && this.type <= PARAMETER_PROBLEM_V6
    const { type } = this
    return (
      type === UNREACHABLE || type === SOURCE_QUENCH || type === TIME_EXCEEDED || type === PARAMETER_PROBLEM
    )
  }

  #mtuOf(view: DataView, start: number): number {
    if (this.version === 6)
      return this.type === PACKET_TOO_BIG_V6 ? view.getUint32(start + PACKET_TOO_BIG_MTU) : 0
    const isAboutSize = this.type === UNREACHABLE && this.code === FRAGMENTATION_NEEDED
    return isAboutSize ? view.getUint16(start + NEXT_HOP_MTU) : 0
  }
}

/** Decodes the quoted packet; that it is cut is no defect. */
function quotesTcp(segment: Segment, start: number, end: number, version: number): boolean {
  const { view, ipEnd, defect, defectOffset, bytesNeeded, bytesPresent } = segment
  segment.linkEnd = ipEnd
  segment.captureEnd = end
  clearInner(segment)
  segment.ipStart = start
  if (version === 4) decodeIpv4(view, end, segment)
  else decodeIpv6(view, end, segment)
  segment.defect = defect
  segment.defectOffset = defectOffset
  segment.bytesNeeded = bytesNeeded
  segment.bytesPresent = bytesPresent
  return segment.protocol === PROTOCOL_TCP && segment.tcpCaptured >= LEAST_TCP_BYTES
}
