/** What a run learned about the capture itself, for the rules that judge it and the confidence of all others. */
export interface CaptureCounts {
  readonly packets: number
  readonly tcp: number
  /** Packets of which the capture kept too little. */
  readonly truncated: number
  readonly connections: number
  /** The last moment, nanoseconds since the first packet. */
  readonly end: number
  /** The file stopped in the middle of a record. */
  readonly stopped: boolean
  readonly quality: {
    readonly unseenSegments: number
    readonly unseenBytes: number
    readonly seenBytes: number
    readonly duplicateFrames: number
    readonly timeReversals: number
    readonly oneSidedConnections: number
    readonly midstreamConnections: number
    readonly badChecksums: number
    readonly offloadedChecksums: number
    readonly offloadedSegments: number
  }
}
