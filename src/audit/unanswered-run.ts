import type { Moment } from './rule-context.ts'
import type { ConnectionEvent } from './rule-handlers.ts'

/** What one end sends in a row without hearing anything: the first and the last of it, and how many. */
export class UnansweredRun {
  count = 0
  first: Moment | undefined
  last: Moment | undefined
  /** Segments its peer had sent by the last: times may be equal, where a capture keeps milliseconds only. */
  heard = 0

  /** `event.endpoint` tries once more; whatever its peer has sent since the last try ends the run before. */
  note({ packet, time, endpoint, peer }: ConnectionEvent): void {
    if (peer.packets > this.heard) this.count = 0
    this.heard = peer.packets
    this.last = { packet, time, side: endpoint.index & 1 }
    if (this.count++ === 0) this.first = this.last
  }

  /** First and last, or the only one. */
  get moments(): readonly Moment[] {
    const { first, last } = this
    if (this.count === 0 || first === undefined || last === undefined) return []
    return this.count === 1 ? [first] : [first, last]
  }

  /** From the first to the last, ns. */
  get length(): number {
    const [first, last] = this.moments
    return first === undefined || last === undefined ? 0 : last.time - first.time
  }
}
