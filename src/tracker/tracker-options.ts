import type { NetworkTable } from '../decode/network-table.ts'
import type { FinishedConnection } from './connection-summary.ts'
import type { HostProfiles } from './host-profiles.ts'
import type { PacketTrace } from './packet-trace.ts'

export interface TrackerOptions {
  /** Called once per connection when it leaves the tracker, in no particular order of id. */
  readonly onConnection: (connection: FinishedConnection) => void
  /** Id of a connection whose segments are to be logged: the ordinal of its first packet. */
  readonly watch?: number
  /** Records what is made of the packet that goes through `explain`. */
  readonly trace?: PacketTrace | undefined
  /** What the decoder numbered the networks of segments by; without it no tunnel has a name. */
  readonly networks?: NetworkTable
  /** Connections held at once; when there are more, some leave before their time (`eviction.ts`). From 1. */
  readonly maxConnections?: number | undefined
  /** False where Wireshark's numbers of streams would be wrong: there is no file, or it holds more than is taken. */
  readonly numbersStreams?: boolean
  /** What is known of the hosts; by default all are Linux as it comes. */
  readonly hosts?: HostProfiles
}
