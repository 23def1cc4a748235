/** An interface that packets were captured on, as its capture describes it. One object per interface. */
export interface CaptureInterface {
  readonly linkType: number
  /** 0: no limit, or none that is said. */
  readonly snaplen: number
  /** Unit of its times, as pcapng's if_tsresol: 6 for microseconds, 9 for nanoseconds, 0x80 + n for 2^-n seconds. */
  readonly timestampResolution: number
  /** Seconds to add to its times. */
  readonly timestampOffset: bigint
  readonly name?: string | undefined
  readonly description?: string | undefined
}

/** Where and when a packet was captured, in the capture's own terms: nothing is rounded. */
export interface FrameOrigin {
  readonly interface: CaptureInterface
  /** In units of the interface, without its offset. */
  readonly ticks: bigint
}
