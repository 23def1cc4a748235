import { countOf, countText, percentText } from './number-text.ts'
import type { CaptureFacts } from './report.ts'

/** What is to be known of the capture before its report is believed; each an own part of one sentence. */
export function qualityParts(capture: CaptureFacts): string[] {
  const { quality, decoded } = capture
  const parts: string[] = []
  if (quality.unseenSegments > 0) {
    const share = percentText(quality.unseenSegments / (decoded.tcp + quality.unseenSegments))
    parts.push(`${countOf(quality.unseenSegments, 'segment')} lost by the capture (${share})`)
  }
  if (quality.duplicateFrames > 0)
    parts.push(countOf(quality.duplicateFrames, 'frame captured twice', 'frames captured twice'))
  if (quality.timeReversals > 0) parts.push(`time runs backwards ${timesOrOnce(quality.timeReversals)}`)
  if (quality.vlanCollisions > 0) {
    const connections = countOf(quality.vlanCollisions, 'connection')
    parts.push(`${connections} in different VLANs at once (--vlan tells them apart)`)
  }
  if (quality.oneSidedConnections > 0) {
    parts.push(`${countOf(quality.oneSidedConnections, 'connection')} seen from one side only`)
  }
  if (quality.midstreamConnections > 0) {
    parts.push(`${countOf(quality.midstreamConnections, 'connection')} joined in mid-stream`)
  }
  if (decoded.truncated > 0)
    parts.push(`${countOf(decoded.truncated, 'packet')} cut inside the headers (snaplen)`)
  if (decoded.malformed > 0) parts.push(countOf(decoded.malformed, 'malformed packet'))
  if (quality.incompleteDatagrams > 0) {
    parts.push(`${countOf(quality.incompleteDatagrams, 'IP packet')} with fragments missing`)
  }
  if (quality.overlappingDatagrams > 0) {
    parts.push(`${countOf(quality.overlappingDatagrams, 'IP packet')} dropped, fragments overlap`)
  }
  if (quality.badChecksums > 0) parts.push(countOf(quality.badChecksums, 'bad checksum'))
  if (quality.offloadedChecksums > 0) {
    parts.push(`${countOf(quality.offloadedChecksums, 'checksum')} left to the card`)
  }
  return parts
}

function timesOrOnce(count: number): string {
  return count === 1 ? 'once' : `${countText(count)} times`
}
