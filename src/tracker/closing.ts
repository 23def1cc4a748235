import type { Segment } from '../decode/segment.ts'
import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'
import { distance } from './sequence.ts'

/** How the sender of a FIN came to close. */
export interface Closing {
  /** Time since it last sent payload, and since its peer did, ns; a SYN counts as payload where none followed. */
  readonly sinceData: number
  readonly sincePeerData: number
  /**
   * How long it had been silent before its last words, ns, and their bytes; both 0 if the FIN does not follow them at once, if
   * they were asked for, and for a client.
   */
  readonly pause: number
  readonly lastWords: number
}

export class ClosingRecord implements Closing {
  sinceData = -0
  sincePeerData = -0
  pause = -0
  lastWords = 0

  /** Before the FIN at hand counts as sent, but for its sender's SND.NXT. */
  fill(
    machine: Machine,
    { id, clientSide }: Connection,
    sender: Endpoint,
    receiver: Endpoint,
    segment: Segment,
  ): void {
    const { now, pauses } = machine
    this.sinceData = segment.payloadLength > 0 ? 0 : now - sender.resendTime
    this.sincePeerData = now - receiver.resendTime
    const pause = (sender.index & 1) === clientSide ? undefined : pauses.of(id, now)
    this.pause = pause === undefined ? 0 : pause.length
    this.lastWords = pause === undefined ? 0 : distance(sender.sndNxt, pause.seq) - 1
  }
}
