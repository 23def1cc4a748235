import type { Count, Seconds } from './document-values.ts'
import { addressText } from './endpoint-text.ts'
import type { CaptureQuality } from './report.ts'

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
    lateSegments: quality.lateSegments,
    longestLeadSeconds: quality.longestLead / 1e9,
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

/** What the capture itself did to the packets: to be known before the rest is believed. */
export interface QualityDocument {
  /** About how many segments of `unseenBytes`. */
  unseenSegments: Count
  /** Acknowledged data that was never captured. */
  unseenBytes: Count
  /** Payload that was captured, repeats not counted. */
  seenBytes: Count
  duplicateFrames: Count
  duplicateKinds: { again: Count; routed: Count; otherVlan: Count }
  timeReversals: Count
  largestTimeReversalSeconds: Seconds
  oneSidedConnections: Count
  oneSided: { clientOnly: Count; serverOnly: Count }
  midstreamConnections: Count
  /** Connections that left before their time, to make room for others (--max-connections). */
  evictedConnections: Count
  incompleteDatagrams: Count
  overlappingDatagrams: Count
  /** Connections of which all but the SYN was captured. */
  unseenSyns: Count
  /** SYNs captured behind their SYN-ACK: the frames are not in their order. */
  lateSyns: Count
  /** Data and FINs that were captured behind what acknowledges them. */
  lateSegments: Count
  /** How long at most an answer stood before what it answers, of either kind. */
  longestLeadSeconds: Seconds
  vlanCollisions: Count
  /** Not received; those left to the card, and those that the receiver refuted, are not among them. */
  badChecksums: Count
  /** Wrong as captured, but acknowledged by the receiver. */
  refutedChecksums: Count
  /** The pseudo-header's sum: the card was to finish it after the capture. */
  offloadedChecksums: Count
  /** Longer than the MSS or the MTU: the card was to cut them, or had joined them. */
  offloadedSegments: Count
  /** Packets whose headers were captured and whose payload was not, or not all of it (snaplen). */
  cutPayloads: Count
  /** The most bytes captured of a packet that was not captured whole; 0 if all were. */
  cutLength: Count
  /** The same by who sent, for those of whom there is anything to say. */
  senders: SenderQualityDocument[]
  /** Packets that the capturing interfaces and kernels dropped; absent if the capture files do not say. */
  kernelDrops?: Count
  stoppedAt?: { source: Count; offset: Count; packet: Count; reason: string }
}

export interface SenderQualityDocument {
  address: string
  unseenSegments: Count
  unseenBytes: Count
  badChecksums: Count
  offloadedChecksums: Count
  offloadedSegments: Count
}
