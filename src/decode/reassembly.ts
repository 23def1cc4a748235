import { clearInner } from './clear-segment.ts'
import { FRAGMENT_HEADER_LENGTH, FragmentHeader } from './fragment-header.ts'
import { FragmentedDatagram, PART_CONTRADICTS, PART_OVERLAPS, PART_REPEATED } from './fragmented-datagram.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { KIND_FRAGMENT, LENGTH_FROM_FRAGMENTS, type PacketKind, type Segment } from './segment.ts'

/** Defaults of Linux: ipfrag_high_thresh, ipfrag_time, ip6frag_time (ns). Full, the oldest datagram gives way. */
const MOST_BYTES = 4 << 20
const IPV4_TIME = 30e9
const IPV6_TIME = 60e9
const MOST_DATAGRAMS = 1024
/** Greatest end of a payload: more does not fit the packet's own length. */
const LONGEST_PACKET = 65_535
const IPV6_HEADER_LENGTH = 40

/** What became of fragments. */
export interface FragmentCounts {
  /** Packets put together. */
  reassembled: number
  /** Datagrams given up because fragments overlapped or contradicted each other. */
  overlapping: number
  /** Datagrams of which a part never came, in time or at all. */
  incomplete: number
}

/**
 * IP reassembly (RFC 791 section 3.2, RFC 8200 section 4.5) within bounds of count, bytes and time on the capture's
 * clock. Fragments are told apart by network, VLANs, addresses, protocol and identification.
 */
export class Reassembly {
  readonly counts: FragmentCounts = { reassembled: 0, overlapping: 0, incomplete: 0 }
  /** In the order they began. */
  readonly #datagrams = new Map<string, FragmentedDatagram>()
  readonly #fragmentHeader = new FragmentHeader()
  #held = 0

  /**
   * Takes the decoded fragment. If it completes its datagram, that is decoded into `segment`, in a buffer of its own,
   * with the frame of the fragment at hand; its kind is returned. Else KIND_FRAGMENT.
   */
  take(segment: Segment): PacketKind {
    this.#expire(segment.time)
    const isIpv6 = segment.ipVersion === 6
    if (isIpv6) this.#fragmentHeader.find(segment)
    const payloadStart = isIpv6
      ? this.#fragmentHeader.start + FRAGMENT_HEADER_LENGTH
      : ipv4PayloadStart(segment)
    if (payloadStart > segment.captureEnd) return KIND_FRAGMENT
    const start = segment.fragmentOffset
    let length = segment.ipEnd - payloadStart
    if (segment.moreFragments !== 0 && length % 8 !== 0) {
      // RFC 8200 section 4.5: discarded; Linux's ip_frag_queue rounds it down.
      if (isIpv6) return KIND_FRAGMENT
      length -= length % 8
    }
    const headerLength = payloadStart - segment.ipStart - (isIpv6 ? FRAGMENT_HEADER_LENGTH : 0)
    const mostPayload = LONGEST_PACKET - (isIpv6 ? headerLength - IPV6_HEADER_LENGTH : headerLength)
    if (start + length > mostPayload) return KIND_FRAGMENT

    const key = keyOf(segment, isIpv6 ? this.#fragmentHeader.identification : segment.ipId)
    const datagram = this.#datagrams.get(key) ?? this.#begin(key, segment)
    const capturedEnd = Math.max(payloadStart, Math.min(payloadStart + length, segment.captureEnd))
    const bytes = copyOf(segment, payloadStart, capturedEnd)
    const before = datagram.held
    const result = datagram.take(start, start + length, segment.moreFragments === 0, bytes)
    if (result === PART_REPEATED) return KIND_FRAGMENT
    this.#held += datagram.held - before
    if (result === PART_OVERLAPS || result === PART_CONTRADICTS) {
      this.counts.overlapping++
      this.#drop(datagram)
      return KIND_FRAGMENT
    }
    if (start === 0) datagram.header = this.#headerOf(segment, payloadStart)
    if (!datagram.isComplete) {
      this.#makeRoom(datagram)
      return KIND_FRAGMENT
    }
    this.#drop(datagram)
    this.counts.reassembled++
    return decodeWhole(segment, datagram)
  }

  /** Datagrams that wait for fragments still. */
  get waiting(): number {
    return this.#datagrams.size
  }

  #begin(key: string, segment: Segment): FragmentedDatagram {
    const deadline = segment.time + (segment.ipVersion === 6 ? IPV6_TIME : IPV4_TIME)
    const datagram = new FragmentedDatagram(key, deadline)
    this.#datagrams.set(key, datagram)
    return datagram
  }

  #drop(datagram: FragmentedDatagram): void {
    this.#datagrams.delete(datagram.key)
    this.#held -= datagram.held
  }

  #giveUp(datagram: FragmentedDatagram): void {
    this.counts.incomplete++
    this.#drop(datagram)
  }

  /** Those of IPv4 and IPv6 have different times, so that a few may stay behind an older one for some seconds more. */
  #expire(now: number): void {
    for (const datagram of this.#datagrams.values()) {
      if (datagram.deadline > now) return
      this.#giveUp(datagram)
    }
  }

  #makeRoom(newest: FragmentedDatagram): void {
    for (const datagram of this.#datagrams.values()) {
      if (this.#held <= MOST_BYTES && this.#datagrams.size <= MOST_DATAGRAMS) return
      if (datagram !== newest) this.#giveUp(datagram)
    }
  }

  /** The first fragment's headers as those of the whole packet, but for its length. */
  #headerOf(segment: Segment, payloadStart: number): Uint8Array {
    const { ipStart } = segment
    if (segment.ipVersion === 4) {
      const header = copyOf(segment, ipStart, payloadStart)
      header[6] = (header[6] as number) & 0x40
      header[7] = 0
      return header
    }
    const { start, announcedAt } = this.#fragmentHeader
    const header = copyOf(segment, ipStart, start)
    header[announcedAt - ipStart] = segment.view.getUint8(start)
    return header
  }
}

/** IPv4's own header length; a fragment that was decoded as such has a sane one. */
function ipv4PayloadStart(segment: Segment): number {
  return segment.ipStart + (segment.view.getUint8(segment.ipStart) & 15) * 4
}

function copyOf({ view }: Segment, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start).slice()
}

function keyOf(segment: Segment, identification: number): string {
  const { network, vlanCount, outerVlan, innerVlan, protocol } = segment
  const { source0, source1, source2, source3, destination0, destination1, destination2, destination3 } =
    segment
  // RFC 8200 leaves the protocol out: later fragments need not repeat the first one's.
  const upper = segment.ipVersion === 4 ? protocol : -1
  return `${network} ${vlanCount} ${outerVlan} ${innerVlan} ${upper} ${identification} ${source0} ${source1} ${source2} ${source3} ${destination0} ${destination1} ${destination2} ${destination3}`
}

function decodeWhole(segment: Segment, datagram: FragmentedDatagram): PacketKind {
  const { packet, length } = datagram.assemble()
  const { vlanCount, outerVlan, innerVlan } = segment
  const isIpv6 = segment.ipVersion === 6
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  if (isIpv6) view.setUint16(4, length - IPV6_HEADER_LENGTH)
  else view.setUint16(2, length)
  clearInner(segment)
  segment.vlanCount = vlanCount
  segment.outerVlan = outerVlan
  segment.innerVlan = innerVlan
  segment.view = view
  segment.captureEnd = packet.length
  segment.linkEnd = -1
  segment.originalLength = length
  segment.capturedLength = packet.length
  const kind = isIpv6 ? decodeIpv6(view, packet.length, segment) : decodeIpv4(view, packet.length, segment)
  segment.lengthSource = LENGTH_FROM_FRAGMENTS
  return kind
}
