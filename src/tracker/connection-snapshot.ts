import type { Connection } from './connection.ts'
import type { Transition } from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import {
  DOUBT_FIN,
  DOUBT_FIN_ACK,
  DOUBT_HANDSHAKE,
  HAS_ACKED,
  HAS_NUMBERS,
  SEEN,
  WINDOW_KNOWN,
} from './endpoint-flags.ts'
import { ipVersionOf } from './flow-table.ts'
import type { Machine } from './machine.ts'
import { isAfter } from './sequence.ts'
import type { TcpState } from './tcp-state.ts'
import { NO_PACKET } from './transition-log.ts'

/** What is known of an end at one moment: plain data, numbers absolute int32, times ns since the first packet. */
export interface EndSnapshot {
  readonly ipVersion: number
  readonly address: readonly [number, number, number, number]
  readonly port: number
  readonly state: TcpState
  /** How it came to that state; null if nothing showed it. */
  readonly entered: Transition | null
  /** It was seen sending. */
  readonly seen: boolean
  /** From here its numbers are counted: the number of its SYN, or one before the first that was seen. */
  readonly isn: number | null
  readonly sndUna: number | null
  readonly sndNxt: number | null
  readonly rcvNxt: number | null
  /** What it has acknowledged, and the window that it offers beyond that; null before its first ACK. */
  readonly acknowledged: number | null
  readonly window: number | null
  /** Right edge of the window, where that is known in bytes. */
  readonly windowEdge: number | null
  readonly rtt: { readonly samples: number; readonly min: number; readonly mean: number } | null
  /** Copies of what would have moved it went unanswered: further ones are not believed to arrive. */
  readonly doubts: readonly ('handshake' | 'fin' | 'fin-ack')[]
}

export interface ConnectionSnapshot {
  readonly id: number
  readonly sender: EndSnapshot
  readonly receiver: EndSnapshot
  readonly senderIsClient: boolean
}

/** The connection that the machine's cursors stand on, as it is now. */
export function snapshotOf(machine: Machine): ConnectionSnapshot {
  const { connection, sender, receiver } = machine
  return {
    id: connection.id,
    sender: endOf(machine, connection, sender, receiver),
    receiver: endOf(machine, connection, receiver, sender),
    senderIsClient: (sender.index & 1) === connection.clientSide,
  }
}

function endOf(machine: Machine, connection: Connection, endpoint: Endpoint, peer: Endpoint): EndSnapshot {
  const { words, base: key } = connection
  const { flags, logTail: tail } = endpoint
  const side = endpoint.index & 1
  const at = key + 4 * side
  const ports = words[key + 8] as number
  const hasNumbers = (flags & HAS_NUMBERS) !== 0
  const hasAcked = (flags & HAS_ACKED) !== 0
  const { log } = machine
  const packet = tail === 0 ? NO_PACKET : log.packet(tail)
  return {
    ipVersion: ipVersionOf(words, key),
    address: [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number],
    port: side === 0 ? ports >>> 16 : ports & 0xffff,
    state: endpoint.state,
    entered:
      tail === 0
        ? null
        : {
            state: endpoint.state,
            basis: endpoint.basis,
            time: log.time(tail),
            packet: packet === NO_PACKET ? null : packet,
          },
    seen: (flags & SEEN) !== 0,
    isn: hasNumbers ? endpoint.isn : null,
    sndUna: hasNumbers ? endpoint.sndUna : null,
    sndNxt: hasNumbers ? endpoint.sndNxt : null,
    rcvNxt: knowsNext(endpoint, peer) ? endpoint.rcvNxt : null,
    acknowledged: hasAcked ? endpoint.ackSent : null,
    window: hasAcked ? endpoint.window : null,
    windowEdge: hasAcked && (flags & WINDOW_KNOWN) !== 0 ? endpoint.windowEdge : null,
    rtt:
      endpoint.rttSamples === 0
        ? null
        : {
            samples: endpoint.rttSamples,
            min: endpoint.rttMin,
            mean: endpoint.rttSum / endpoint.rttSamples,
          },
    doubts: [
      ...((flags & DOUBT_HANDSHAKE) !== 0 ? (['handshake'] as const) : []),
      ...((flags & DOUBT_FIN) !== 0 ? (['fin'] as const) : []),
      ...((flags & DOUBT_FIN_ACK) !== 0 ? (['fin-ack'] as const) : []),
    ],
  }
}

/** RCV.NXT means something once the end has acknowledged, or its peer has sent from a number it follows. */
function knowsNext(endpoint: Endpoint, peer: Endpoint): boolean {
  if ((endpoint.flags & HAS_ACKED) !== 0) return true
  return (peer.flags & HAS_NUMBERS) !== 0 && isAfter(endpoint.rcvNxt, peer.isn)
}
