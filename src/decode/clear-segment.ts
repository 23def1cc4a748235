import { DEFECT_NONE } from './defect.ts'
import { LENGTH_FROM_CAPTURE, type Segment } from './segment.ts'

/** Back to the initial values of segment.ts, so that nothing of the packet before shows through. */
export function clearSegment(segment: Segment): void {
  segment.sourceMacHigh = -1
  segment.sourceMacLow = 0
  segment.linkEnd = -1
  segment.network = 0
  clearInner(segment)
  segment.defect = DEFECT_NONE
  segment.defectOffset = 0
  segment.bytesNeeded = 0
  segment.bytesPresent = 0
}

/** The same for what an inner packet has of its own: VLAN tags, IP and TCP. */
export function clearInner(segment: Segment): void {
  segment.vlanCount = 0
  segment.outerVlan = -1
  segment.innerVlan = -1

  segment.ipVersion = 0
  segment.ipStart = 0
  segment.source0 = 0
  segment.source1 = 0
  segment.source2 = 0
  segment.source3 = 0
  segment.destination0 = 0
  segment.destination1 = 0
  segment.destination2 = 0
  segment.destination3 = 0
  segment.protocol = -1
  segment.trafficClass = 0
  segment.ttl = 0
  segment.ipId = -1
  segment.dontFragment = 0
  segment.fragmentOffset = 0
  segment.moreFragments = 0
  segment.ipEnd = 0
  segment.lengthSource = LENGTH_FROM_CAPTURE

  segment.sourcePort = 0
  segment.destinationPort = 0
  segment.seq = 0
  segment.ack = 0
  segment.flags = 0
  segment.reservedBits = 0
  segment.window = 0
  segment.checksum = 0
  segment.urgentPointer = 0
  segment.tcpStart = 0
  segment.tcpHeaderLength = 0
  segment.tcpCaptured = 0
  segment.payloadLength = 0
  segment.payloadStart = 0
  segment.upperStart = 0

  const options = segment.options
  options.present = 0
  options.padding = 0
  options.duplicated = 0
  options.mss = 0
  options.windowScale = 0
  options.tsVal = 0
  options.tsEcr = 0
  options.sackCount = 0
  options.fastOpenCookieLength = 0
  options.defectOffset = 0
}
