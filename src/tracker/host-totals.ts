import type { Connection } from './connection.ts'
import type { Outcome, ReceivedIcmpError } from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import { EndpointExtra } from './endpoint-extra.ts'
import {
  FAST_OPEN,
  FIN_SENT,
  HAS_ISN,
  OFFERED_MSS,
  OFFERED_SACK,
  OFFERED_SCALE,
  OFFERED_TIMESTAMPS,
  RST_SENT,
  SEEN,
} from './endpoint-flags.ts'
import { ipVersionOf } from './flow-table.ts'
import type { Machine } from './machine.ts'
import type { OddSyn } from './odd-syn.ts'
import type { TcpState } from './tcp-state.ts'
import { ICMP_IGNORED } from './tracker-events.ts'

/** An address and a port. Address words as in a segment: IPv4 uses the first. */
export interface HostEnd {
  readonly ipVersion: number
  readonly address: readonly [number, number, number, number]
  readonly port: number
}

/** What one end of a connection came to, all in numbers. */
export interface EndTotals extends HostEnd {
  readonly state: TcpState
  /** It sent anything at all, a FIN, an RST of its own. */
  readonly seen: boolean
  readonly finSent: boolean
  readonly resetSent: boolean
  readonly packets: number
  readonly bytes: number
  readonly payloadBytes: number
  /** int32; null without its SYN. */
  readonly isn: number | null
  /** What its SYN or SYN-ACK offered; null where it did not, or was not seen. */
  readonly mss: number | null
  readonly windowScale: number | null
  readonly sackPermitted: boolean
  readonly timestamps: boolean
  readonly fastOpen: boolean
  /** TSval of its first SYN or of its last SYN-ACK, int32; null without timestamps. */
  readonly tsVal: number | null
  /** Its SYN or SYN-ACK has options that somebody on the way seems to have changed. */
  readonly oddSyn: OddSyn | null
  /** When it last sent anything. */
  readonly lastTime: number
  readonly timeoutRetransmissions: number
  readonly fastRetransmissions: number
  readonly tailLossProbes: number
  readonly spuriousRetransmissions: number
  /** Those of the four before that carried payload, and FINs sent again without any. */
  readonly dataTimeouts: number
  readonly dataFastResends: number
  readonly dataProbes: number
  readonly dataSpurious: number
  readonly finResends: number
  /** ICMP told it that a segment is too large for the way: it sends smaller ones instead. */
  readonly mtuLowered: boolean
  readonly outOfOrder: number
  readonly zeroWindows: number
  readonly keepAlives: number
  readonly challengeAcks: number
  /**
   * What it sent again since its peer was last heard: how often, when it was first sent, the packet of the first repeat, and
   * how long the peer had been silent then, ns. It was answered if the peer was heard later.
   */
  readonly tries: number
  readonly triesSince: number
  readonly triesPacket: number
  readonly silenceBefore: number
  /** Smallest round trip measured, ns; 0 for none. */
  readonly rttMin: number
}

/** What a connection came to when it left the tracker. */
export interface HostTotals {
  readonly client: EndTotals
  readonly server: EndTotals
  readonly start: number
  readonly end: number
  readonly firstPacket: number
  readonly lastPacket: number
  readonly packets: number
  readonly outcome: Outcome
  readonly closedFirst: 'client' | 'server' | 'both' | null
  readonly midstream: boolean
  /** It left before its time, to make room for others. */
  readonly evicted: boolean
  /** One of its ends was seen in several VLANs: it may be two connections. */
  readonly vlanCollision: boolean
  /** Who sent the segment it was first seen by, and that segment’s flags. */
  readonly openedBy: 'client' | 'server'
  readonly openingFlags: number
  readonly synCopies: number
  readonly synAckCopies: number
  /** When the SYN-ACK passed, and the acknowledgment of it; null if they did not. */
  readonly synAckTime: number | null
  readonly openTime: number | null
}

export type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** An end to be filled. */
export class EndRecord implements Writable<HostEnd> {
  ipVersion = 0
  address: [number, number, number, number] = [0, 0, 0, 0]
  port = 0
}

export class EndTotalsRecord implements Writable<EndTotals> {
  ipVersion = 4
  address: [number, number, number, number] = [0, 0, 0, 0]
  port = 0
  state: TcpState = 0
  seen = false
  finSent = false
  resetSent = false
  packets = 0
  bytes = 0
  payloadBytes = 0
  isn: number | null = null
  mss: number | null = null
  windowScale: number | null = null
  sackPermitted = false
  timestamps = false
  fastOpen = false
  tsVal: number | null = null
  oddSyn: OddSyn | null = null
  lastTime = -0
  timeoutRetransmissions = 0
  fastRetransmissions = 0
  tailLossProbes = 0
  spuriousRetransmissions = 0
  dataTimeouts = 0
  dataFastResends = 0
  dataProbes = 0
  dataSpurious = 0
  finResends = 0
  mtuLowered = false
  outOfOrder = 0
  zeroWindows = 0
  keepAlives = 0
  challengeAcks = 0
  tries = 0
  triesSince = -0
  triesPacket = 0
  silenceBefore = -0
  rttMin = 0

  fill(machine: Machine, connection: Connection, endpoint: Endpoint): void {
    fillEnd(this, connection, endpoint.index & 1)
    const { flags } = endpoint
    const extra = machine.extraOf(endpoint) ?? NO_TROUBLE
    this.state = endpoint.state
    this.seen = (flags & SEEN) !== 0
    this.finSent = (flags & FIN_SENT) !== 0
    this.resetSent = (flags & RST_SENT) !== 0
    this.packets = endpoint.packets
    this.bytes = endpoint.bytes
    this.payloadBytes = endpoint.payloadBytes
    this.isn = (flags & HAS_ISN) === 0 ? null : endpoint.isn
    this.mss = (flags & OFFERED_MSS) === 0 ? null : endpoint.mssScaleAndTtl & 0xffff
    this.windowScale = (flags & OFFERED_SCALE) === 0 ? null : (endpoint.mssScaleAndTtl >> 16) & 0xff
    this.sackPermitted = (flags & OFFERED_SACK) !== 0
    this.timestamps = (flags & OFFERED_TIMESTAMPS) !== 0
    this.fastOpen = (flags & FAST_OPEN) !== 0
    this.tsVal = (flags & OFFERED_TIMESTAMPS) === 0 ? null : endpoint.tsVal
    this.oddSyn = extra.oddSyn ?? null
    this.lastTime = endpoint.lastTime
    this.timeoutRetransmissions = extra.timeoutRetransmissions
    this.fastRetransmissions = extra.fastRetransmissions
    this.tailLossProbes = extra.tailLossProbes
    this.spuriousRetransmissions = extra.spuriousRetransmissions
    this.dataTimeouts = extra.dataTimeouts
    this.dataFastResends = extra.dataFastResends
    this.dataProbes = extra.dataProbes
    this.dataSpurious = extra.dataSpurious
    this.finResends = extra.finResends
    this.mtuLowered = isMtuLowered(extra)
    this.outOfOrder = extra.outOfOrder
    this.zeroWindows = extra.zeroWindows
    this.keepAlives = extra.keepAlives
    this.challengeAcks = extra.challengeAcks
    this.tries = extra.tries
    this.triesSince = extra.triesSince
    this.triesPacket = extra.triesPacket
    this.silenceBefore = extra.silenceBefore
    this.rttMin = endpoint.rttMin
  }
}

const NO_TROUBLE = new EndpointExtra()

function isMtuLowered({ icmpErrors }: EndpointExtra): boolean {
  for (let i = 0; i < icmpErrors.length; i++) {
    const { mtu, effect } = icmpErrors[i] as ReceivedIcmpError
    if (mtu > 0 && effect !== ICMP_IGNORED) return true
  }
  return false
}

/** Writes one end of the key at the start of the connection's row (row-fields.ts) into `end`. */
export function fillEnd(end: Writable<HostEnd>, connection: Connection, side: number): void {
  const { words, base } = connection
  const at = base + 4 * side
  const address = end.address as [number, number, number, number]
  address[0] = words[at] as number
  address[1] = words[at + 1] as number
  address[2] = words[at + 2] as number
  address[3] = words[at + 3] as number
  end.ipVersion = ipVersionOf(words, base)
  end.port = portOf(connection, side)
}

export function portOf({ words, base }: Connection, side: number): number {
  const ports = words[base + 8] as number
  return side === 0 ? ports >>> 16 : ports & 0xffff
}

/** One end of a connection, to keep. */
export function endOf(connection: Connection, side: number): HostEnd {
  const end = { ipVersion: 4, address: [0, 0, 0, 0] as [number, number, number, number], port: 0 }
  fillEnd(end, connection, side)
  return end
}
