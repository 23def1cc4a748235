import { ACK, FIN, SYN } from '../../src/decode/tcp-flags.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import type { TrackerOptions } from '../../src/tracker/tracker-options.ts'
import { buildFrame, type TcpFields } from './frame-builder.ts'
import { FrameDecoder } from './frame-decoder.ts'

/** A segment, and where it comes from. */
export interface Shot extends TcpFields {
  /** 0 from the client, 1 from the server. */
  readonly from?: 0 | 1
  /** ns since the first packet; by default 1 ms after the one before. */
  readonly time?: number
  /** Which of many clients. */
  readonly client?: number
  readonly ipId?: number
}

/** A tracker, and what it gave out. */
export class TrackerBench {
  readonly finished: ConnectionSummary[] = []
  readonly tracker: Tracker
  readonly #decoder = new FrameDecoder()
  #time = -1e6

  constructor({ watch, maxConnections }: Pick<TrackerOptions, 'watch' | 'maxConnections'> = {}) {
    this.tracker = new Tracker({
      onConnection: (connection) => this.finished.push(connection.summary()),
      ...(watch === undefined ? {} : { watch }),
      maxConnections,
    })
  }

  play(...shots: readonly Shot[]): this {
    for (const shot of shots) this.#shoot(shot)
    return this
  }

  #shoot({ from = 0, time, client = 0, ipId, ...tcp }: Shot): void {
    this.#time = time ?? this.#time + 1e6
    const own = { address: `10.${client >> 16}.${(client >> 8) & 0xff}.${client & 0xff}`, port: 40_000 }
    const peer = { address: '192.0.2.1', port: 80 }
    const [source, destination] = from === 0 ? [own, peer] : [peer, own]
    const frame = buildFrame({
      source: source.address,
      destination: destination.address,
      ipId: ipId ?? (this.#decoder.frames & 0x7fff) + 1,
      tcp: { sourcePort: source.port, destinationPort: destination.port, ...tcp },
    })
    this.tracker.segment(this.#decoder.next(frame, this.#time))
  }
}

export const opening = (client = 0): Shot[] => [
  { client, flags: SYN, seq: 100 },
  { client, from: 1, flags: SYN | ACK, seq: 300, ack: 101 },
  { client, flags: ACK, seq: 101, ack: 301 },
]
export const closing = (client = 0): Shot[] => [
  { client, flags: FIN | ACK, seq: 101, ack: 301 },
  { client, from: 1, flags: FIN | ACK, seq: 301, ack: 102 },
  { client, flags: ACK, seq: 102, ack: 302 },
]
