import { KIND_ICMP_ERROR, KIND_TCP } from '../../src/decode/segment.ts'
import { ACK, SYN } from '../../src/decode/tcp-flags.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { ICMP_EFFECT_NAMES } from '../../src/tracker/tracker-events.ts'
import { ArrowRecorder } from './arrow-recorder.ts'
import { buildFrame, type FrameFields, type TcpFields } from './frame-builder.ts'
import { buildIcmpError, type IcmpFields } from './icmp-builder.ts'
import { FrameFeed } from './packet-decoding.ts'

export type Ip = 4 | 6

/** Frames of one connection, 10.0.0.1:40000 to 10.0.0.2:80 (or the same in IPv6), and errors about them. */
export class IcmpDialogue {
  readonly arrows = new ArrowRecorder()
  readonly told: unknown[] = []
  readonly #ip: Ip
  readonly #feed = new FrameFeed()
  readonly #connections: ConnectionSummary[] = []
  readonly #tracker = new Tracker({
    onConnection: (connection) => this.#connections.push(connection.summary()),
  })
  #time = 0

  constructor(ip: Ip) {
    this.#ip = ip
    this.arrows.watch(this.#tracker)
    this.#tracker.events.subscribe('icmpError', ({ detail, icmp, quotedSeq, packet }) => {
      const { type, code, mtu } = icmp ?? {}
      this.told.push({ packet, type, code, mtu, seq: quotedSeq >>> 0, effect: ICMP_EFFECT_NAMES[detail] })
    })
  }

  fromClient(tcp: TcpFields, after = 0.001): this {
    return this.#take(buildFrame({ ip: this.#ip, tcp }), after)
  }

  fromServer(tcp: TcpFields, after = 0.001): this {
    return this.#take(buildFrame(this.#byServer(tcp)), after)
  }

  /** A router's error to the client about a segment of its, or to the server. */
  toClient(tcp: TcpFields, error: IcmpFields): this {
    return this.#take(buildIcmpError({ ip: this.#ip, tcp }, error), 0.001)
  }

  toServer(tcp: TcpFields, error: IcmpFields): this {
    return this.#take(buildIcmpError(this.#byServer(tcp), error), 0.001)
  }

  end(): ConnectionSummary {
    this.#tracker.finish(this.#time * 1e9)
    return this.#connections[0] as ConnectionSummary
  }

  #byServer(tcp: TcpFields): FrameFields {
    const ends =
      this.#ip === 4
        ? { source: '10.0.0.2', destination: '10.0.0.1' }
        : { source: '2001:db8::2', destination: '2001:db8::1' }
    return { ip: this.#ip, ...ends, tcp: { sourcePort: 80, destinationPort: 40000, ...tcp } }
  }

  #take(frame: Uint8Array, after: number): this {
    this.#time += after
    const kind = this.#feed.take(frame, { time: this.#time })
    const { segment, decoder } = this.#feed
    segment.ordinal = segment.packet
    if (kind === KIND_TCP) this.#tracker.segment(segment)
    else if (kind === KIND_ICMP_ERROR) this.#tracker.icmpError(segment, decoder.icmp)
    else throw new Error(`kind ${kind}`)
    return this
  }
}

export const CLIENT_SYN = { flags: SYN, seq: 100 }
export const SYN_ACK = { flags: SYN | ACK, seq: 300, ack: 101 }
export const opening = (ip: Ip) => new IcmpDialogue(ip).fromClient(CLIENT_SYN)
export const open = (ip: Ip) => opening(ip).fromServer(SYN_ACK).fromClient({ flags: ACK, seq: 101, ack: 301 })
