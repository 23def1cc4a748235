import type { Finding } from '../audit/finding.ts'
import type { HeldConnections } from '../tracker/held-connections.ts'

/** What metrics are made of: the run, as it stands when somebody asks. */
export interface MetricsReading {
  readonly packets: number
  readonly bytes: number
  readonly opened: number
  readonly tracked: number
  readonly evicted: number
  readonly held: HeldConnections
  findings(): readonly Finding[]
}

/** The interface that is listened to. */
export interface MetricsInterface {
  readonly epoch: bigint
  /** Nanoseconds since `epoch` up to which everything has been taken in; undefined before the first packet. */
  readonly elapsed?: number | undefined
  readonly listening?:
    | {
        readonly droppedByKernel?: number | undefined
        readonly droppedByInterface?: number | undefined
        readonly clockStepped: number
      }
    | undefined
}
