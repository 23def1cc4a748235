import type { CaptureCounts } from '../audit/capture-counts.ts'
import type { CaptureSource } from '../capture/capture-source.ts'
import { type CaptureFacts, reportEnd, type SourceFacts } from '../report/report.ts'

/** What a report says of a source; `filter` is that of the whole input. */
export function sourceFacts(source: CaptureSource, filter: string | undefined): SourceFacts {
  const { name, format, linkTypes, snaplen, comments = [], packetComments = 0, stoppedAt } = source
  const { listening } = source
  return {
    name,
    format,
    linkTypes: [...linkTypes],
    snaplen,
    filter,
    listening,
    comments: [...comments],
    packetComments,
    stoppedAt: stoppedAt ?? null,
  }
}

/** What rules are told of the capture as a whole. */
export function captureCounts(
  capture: CaptureFacts,
  connections: number,
  witnesses: Pick<CaptureCounts, 'reversals' | 'truncatedPackets'>,
): CaptureCounts {
  const { packets, decoded, quality } = capture
  return {
    packets,
    tcp: decoded.tcp,
    truncated: decoded.truncated,
    connections,
    end: reportEnd(capture),
    files: capture.sources.length,
    ...witnesses,
    quality,
  }
}
