import type { CaptureCounts } from '../../src/audit/capture-counts.ts'

/** A capture without any fault of its own. */
export function faultlessCapture({
  tcp,
  end,
}: {
  readonly tcp: number
  readonly end: number
}): CaptureCounts {
  return {
    packets: 0,
    tcp,
    truncated: 0,
    connections: 100,
    end,
    files: 1,
    truncatedPackets: [],
    reversals: [],
    quality: {
      unseenSegments: 0,
      unseenBytes: 0,
      seenBytes: 0,
      offloadedSegments: 0,
      duplicateFrames: 0,
      timeReversals: 0,
      oneSidedConnections: 0,
      midstreamConnections: 0,
      badChecksums: 0,
      offloadedChecksums: 0,
      routedFrames: 0,
      otherVlanFrames: 0,
      largestTimeReversal: 0,
      lateSyns: 0,
      lateSegments: 0,
      longestLead: 0,
      late: [],
      clientOnlyConnections: 0,
      offloaded: [],
      senders: [],
      cutLength: 0,
      stoppedAt: null,
    },
  }
}
