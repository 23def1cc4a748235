import { addressText } from './endpoint-text.ts'
import type { CaptureQuality } from './report.ts'
import type { QualityDocument } from './report-document.ts'

/** The capture's quality as the JSON document shows it. */
export function qualityDocument(quality: CaptureQuality): QualityDocument {
  const { duplicateFrames, routedFrames, otherVlanFrames, kernelDrops = null, stoppedAt } = quality
  const { oneSidedConnections, clientOnlyConnections } = quality
  return {
    unseenSegments: quality.unseenSegments,
    unseenBytes: quality.unseenBytes,
    seenBytes: quality.seenBytes,
    duplicateFrames,
    duplicateKinds: {
      again: duplicateFrames - routedFrames - otherVlanFrames,
      routed: routedFrames,
      otherVlan: otherVlanFrames,
    },
    timeReversals: quality.timeReversals,
    largestTimeReversalSeconds: quality.largestTimeReversal / 1e9,
    oneSidedConnections,
    oneSided: {
      clientOnly: clientOnlyConnections,
      serverOnly: oneSidedConnections - clientOnlyConnections,
    },
    midstreamConnections: quality.midstreamConnections,
    evictedConnections: quality.evictedConnections,
    incompleteDatagrams: quality.incompleteDatagrams,
    overlappingDatagrams: quality.overlappingDatagrams,
    unseenSyns: quality.unseenSyns,
    lateSyns: quality.lateSyns,
    vlanCollisions: quality.vlanCollisions,
    badChecksums: quality.badChecksums,
    refutedChecksums: quality.refutedChecksums,
    offloadedChecksums: quality.offloadedChecksums,
    offloadedSegments: quality.offloadedSegments,
    cutPayloads: quality.cutPayloads,
    cutLength: quality.cutLength,
    senders: quality.senders.map((sender) => ({
      address: addressText(sender),
      unseenSegments: sender.unseenSegments,
      unseenBytes: sender.unseenBytes,
      badChecksums: sender.badChecksums,
      offloadedChecksums: sender.offloadedChecksums,
      offloadedSegments: sender.offloadedSegments,
    })),
    ...(kernelDrops !== null && { kernelDrops }),
    ...(stoppedAt !== null && { stoppedAt: { ...stoppedAt } }),
  }
}
