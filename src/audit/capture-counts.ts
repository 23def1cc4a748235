import type { SenderQuality } from '../tracker/capture-quality.ts'

/** A packet that shows what the capture did. */
export interface Witness {
  readonly packet: number
  readonly time: number
}

/** What a run learned about the capture itself, for the rules that judge it and the confidence of all others. */
export interface CaptureCounts {
  readonly packets: number
  readonly tcp: number
  /** Packets of which the capture kept too little, and the first of them. */
  readonly truncated: number
  readonly truncatedPackets: readonly Witness[]
  readonly connections: number
  /** The last moment, nanoseconds since the first packet. */
  readonly end: number
  /** Capture files that were read. */
  readonly files: number
  /** The first packets that are older than the one before. */
  readonly reversals: readonly Witness[]
  readonly quality: {
    readonly unseenSegments: number
    readonly unseenBytes: number
    readonly seenBytes: number
    readonly duplicateFrames: number
    /** Of these, one hop further, and in another VLAN. */
    readonly routedFrames: number
    readonly otherVlanFrames: number
    readonly timeReversals: number
    readonly largestTimeReversal: number
    /** SYNs, and data and FINs, that were captured behind their answers; the longest way behind, ns; the first of them. */
    readonly lateSyns: number
    readonly lateSegments: number
    readonly longestLead: number
    readonly late: readonly Witness[]
    readonly oneSidedConnections: number
    /** Of these, the ones of which only the client was seen sending. */
    readonly clientOnlyConnections: number
    readonly midstreamConnections: number
    readonly badChecksums: number
    readonly offloadedChecksums: number
    readonly offloadedSegments: number
    /** The first packets with either. */
    readonly offloaded: readonly Witness[]
    readonly senders: readonly SenderQuality[]
    /** The most that was captured of a packet that was not captured whole, or 0. */
    readonly cutLength: number
    /** What the capturing kernels dropped; null or absent if the files do not say. */
    readonly kernelDrops?: number | null
    /** Where reading of the first file that ended early did: behind that packet, at that byte. */
    readonly stoppedAt: {
      readonly source: number
      readonly packet: number
      readonly offset: number
      readonly reason: string
    } | null
  }
}
