import type { Connection } from './connection.ts'
import {
  EVICTED,
  FIRST_FIN_0,
  FIRST_FIN_1,
  HANDSHAKE_AMBIGUOUS,
  MIDSTREAM,
  OPENED,
  REFUSED,
  SELF,
  USED_FAST_OPEN,
  WAS_RESET,
} from './connection-flags.ts'
import type {
  ConnectionSummary,
  EndpointSummary,
  HandshakeSummary,
  Outcome,
  RetractedTransition,
  Transition,
} from './connection-summary.ts'
import type { Endpoint } from './endpoint.ts'
import { EndpointExtra } from './endpoint-extra.ts'
import {
  ACTIVE_OPEN,
  FIN_ACKED,
  FIN_SENT,
  HAS_ACKED,
  HAS_CANDIDATE,
  HAS_ISN,
  OFFERED_MSS,
  OFFERED_SACK,
  OFFERED_SCALE,
  OFFERED_TIMESTAMPS,
  SEEN,
  TIMED_OUT,
} from './endpoint-flags.ts'
import { exchangesOf } from './exchanges.ts'
import { ipVersionOf, networkOf } from './flow-table.ts'
import type { Machine } from './machine.ts'
import { ROLE_BASIS } from './open-connection.ts'
import { distance, isAtOrAfter } from './sequence.ts'
import { ACKNOWLEDGED, CLOSING, FIN_WAIT_1, LAST_ACK, type TcpState, UNKNOWN } from './tcp-state.ts'
import { NO_PACKET } from './transition-log.ts'
import { zeekRecord } from './zeek-record.ts'

const ROLE_BASES = ['handshake', 'port', 'first-packet'] as const
const NO_TROUBLE = new EndpointExtra()
/** A socket connected to itself is both ends; what it sent stands with the client, so that sums are right. */
const COUNTED_WITH_THE_CLIENT = {
  packets: 0,
  bytes: 0,
  payloadBytes: 0,
  uniqueBytes: 0,
  retransmissions: 0,
  retransmissionKinds: { timeout: 0, fast: 0, tailLossProbe: 0, spurious: 0 },
  outOfOrder: 0,
  duplicateAcks: 0,
  zeroWindows: 0,
  keepAlives: 0,
  zeroWindowProbes: 0,
  windowUpdates: 0,
  challengeAcks: 0,
  resets: 0,
  icmpErrors: [],
  rtt: null,
} as const

/** All that is known of the connection a row holds, as plain data. */
export function summarize(
  machine: Machine,
  connection: Connection,
  client: Endpoint,
  server: Endpoint,
): ConnectionSummary {
  return {
    id: connection.id,
    stream: connection.stream < 0 ? null : connection.stream,
    client: summarizeEndpoint(machine, connection, client),
    server:
      (connection.flags & SELF) === 0
        ? summarizeEndpoint(machine, connection, server)
        : { ...summarizeEndpoint(machine, connection, server), ...COUNTED_WITH_THE_CLIENT },
    roleBasis: ROLE_BASES[connection.roles & ROLE_BASIS] ?? 'first-packet',
    start: connection.start,
    end: connection.end,
    firstPacket: connection.firstPacket,
    lastPacket: connection.lastPacket,
    packets: connection.packets,
    midstream: (connection.flags & MIDSTREAM) !== 0,
    evicted: (connection.flags & EVICTED) !== 0,
    oneSided: isOneSided(client, server),
    outcome: outcomeOf(connection, client, server),
    closedFirst: closedFirstOf(connection, client),
    exchanges: exchangesOf(connection),
    ...machine.networks.surroundings(networkOf(connection.words, connection.base)),
    handshake: summarizeHandshake(connection, client, server),
    zeek: zeekRecord(machine, connection, client, server),
  }
}

/** More than a sender without an answer has on its way, bytes. */
const MOST_UNANSWERED = 65_535

/**
 * The answers of one end passed unseen. A side that stays silent while nothing of it is acknowledged is no fault of the capture,
 * nor is one of which nothing new is where the capture begins in the middle: its peer may call in vain.
 */
export function isOneSided(client: Endpoint, server: Endpoint): boolean {
  if ((client.flags & server.flags & SEEN) !== 0) return false
  const isClientSeen = (client.flags & SEEN) !== 0
  const seen = isClientSeen ? client : server
  const silent = isClientSeen ? server : client
  if ((seen.flags & HAS_ACKED) === 0) return false
  if ((seen.flags & HAS_ISN) !== 0) return true
  return distance(silent.sndNxt, silent.isn) > 1 || distance(seen.sndNxt, seen.isn) > MOST_UNANSWERED
}

/** What became of it, in one word. */
export function outcomeOf(connection: Connection, client: Endpoint, server: Endpoint): Outcome {
  const { flags } = connection
  if (finAcked(client, server) && finAcked(server, client)) return 'closed'
  if ((flags & WAS_RESET) !== 0) return 'reset'
  if ((flags & REFUSED) !== 0 && (flags & OPENED) === 0) return 'refused'
  const wasOpened = (flags & (OPENED | MIDSTREAM)) !== 0
  if (wasOpened && ((client.flags | server.flags) & TIMED_OUT) !== 0) return 'timed-out'
  if ((client.flags & ACTIVE_OPEN) !== 0 && (server.flags & SEEN) === 0 && !wasOpened) {
    return client.packets > connection.synCopies ? 'unknown' : 'unanswered'
  }
  if ((flags & OPENED) !== 0) return 'open'
  if (connection.synAckCopies > 0 && connection.openTime < 0) return 'half-open'
  return client.state === UNKNOWN || server.state === UNKNOWN ? 'unknown' : 'open'
}

/** Its FIN was sent, and seen or believed acknowledged. */
function finAcked(endpoint: Endpoint, peer: Endpoint): boolean {
  if ((endpoint.flags & FIN_SENT) === 0) return false
  if ((endpoint.flags & FIN_ACKED) !== 0) return true
  const { state } = endpoint
  const isWaiting = state === FIN_WAIT_1 || state === CLOSING || state === LAST_ACK
  // An acknowledgment of the last copy has passed, even if it is not believed to have arrived.
  if (isWaiting && (endpoint.flags & HAS_CANDIDATE) === 0) return false
  return (peer.flags & HAS_ACKED) !== 0 && isAtOrAfter(peer.ackSent, endpoint.finEnd)
}

/** Who sent the first FIN; `client` is the client's cursor. */
export function closedFirstOf(connection: Connection, client: Endpoint): ConnectionSummary['closedFirst'] {
  const first = connection.flags & (FIRST_FIN_0 | FIRST_FIN_1)
  if (first === 0) return null
  if (first === (FIRST_FIN_0 | FIRST_FIN_1)) return 'both'
  const byClient = ((first & FIRST_FIN_0) !== 0) === ((client.index & 1) === 0)
  return byClient ? 'client' : 'server'
}

function summarizeHandshake(
  connection: Connection,
  client: Endpoint,
  server: Endpoint,
): HandshakeSummary | null {
  if (((client.flags | server.flags) & HAS_ISN) === 0) return null
  const isClear = (connection.flags & HANDSHAKE_AMBIGUOUS) === 0
  const { synTime, synAckTime, openTime } = connection
  const hasSynAck = isClear && synTime >= 0 && synAckTime >= synTime
  const isComplete = hasSynAck && openTime >= synAckTime
  return {
    rtt: isComplete ? openTime - synTime : null,
    serverRtt: hasSynAck ? synAckTime - synTime : null,
    clientRtt: isClear && synAckTime >= 0 && openTime >= synAckTime ? openTime - synAckTime : null,
    synRetries: Math.max(0, connection.synCopies - 1),
    synAckRetries: Math.max(0, connection.synAckCopies - 1),
    fastOpen: (connection.flags & USED_FAST_OPEN) !== 0,
  }
}

function summarizeEndpoint(machine: Machine, connection: Connection, endpoint: Endpoint): EndpointSummary {
  const { words, base: key } = connection
  const side = endpoint.index & 1
  const extra = machine.extraOf(endpoint) ?? NO_TROUBLE
  const { flags } = endpoint
  const hasSyn = (flags & HAS_ISN) !== 0
  const transitions = transitionsOf(machine, endpoint)
  const last = transitions.at(-1)
  const ports = words[key + 8] as number
  const address = key + 4 * side
  return {
    ipVersion: ipVersionOf(words, key),
    address: [
      words[address] as number,
      words[address + 1] as number,
      words[address + 2] as number,
      words[address + 3] as number,
    ],
    port: side === 0 ? ports >>> 16 : ports & 0xffff,
    state: endpoint.state,
    stateSince: last?.time ?? connection.start,
    stateBasis: last?.basis ?? 2,
    statePacket: last?.packet ?? null,
    packets: endpoint.packets,
    bytes: endpoint.bytes,
    payloadBytes: endpoint.payloadBytes,
    uniqueBytes: Math.max(0, endpoint.payloadBytes - extra.repeatedBytes),
    isn: hasSyn ? endpoint.isn >>> 0 : null,
    mss: (flags & OFFERED_MSS) !== 0 ? endpoint.mssScaleAndTtl & 0xffff : null,
    windowScale: (flags & OFFERED_SCALE) !== 0 ? (endpoint.mssScaleAndTtl >> 16) & 0xff : null,
    sackPermitted: hasSyn ? (flags & OFFERED_SACK) !== 0 : null,
    timestamps: hasSyn ? (flags & OFFERED_TIMESTAMPS) !== 0 : null,
    retransmissions: resendsOf(extra),
    retransmissionKinds: {
      timeout: extra.timeoutRetransmissions,
      fast: extra.fastRetransmissions,
      tailLossProbe: extra.tailLossProbes,
      spurious: extra.spuriousRetransmissions,
    },
    outOfOrder: extra.outOfOrder,
    duplicateAcks: extra.duplicateAcks,
    zeroWindows: extra.zeroWindows,
    keepAlives: extra.keepAlives,
    zeroWindowProbes: extra.zeroWindowProbes,
    windowUpdates: extra.windowUpdates,
    challengeAcks: extra.challengeAcks,
    resets: extra.resets,
    rtt:
      endpoint.rttSamples === 0
        ? null
        : {
            samples: endpoint.rttSamples,
            min: endpoint.rttMin,
            mean: endpoint.rttSum / endpoint.rttSamples,
            max: endpoint.rttMax,
          },
    icmpErrors: extra.icmpErrors.slice(),
    transitions,
    retracted: extra.retracted.slice() satisfies RetractedTransition[],
  }
}

/** Segments sent again, of whatever kind. */
export function resendsOf(extra: EndpointExtra): number {
  return (
    extra.timeoutRetransmissions +
    extra.fastRetransmissions +
    extra.tailLossProbes +
    extra.spuriousRetransmissions
  )
}

/** What is believed of the endpoint, oldest first. */
function transitionsOf(machine: Machine, endpoint: Endpoint): Transition[] {
  const { log } = machine
  const list: Transition[] = []
  let isConfirmed = endpoint.basis === ACKNOWLEDGED
  for (let entry = endpoint.logTail; entry !== 0; entry = log.previous(entry)) {
    const packet = log.packet(entry)
    list.push({
      state: log.state(entry) satisfies TcpState,
      basis: log.basis(entry, isConfirmed),
      time: log.time(entry),
      packet: packet === NO_PACKET ? null : packet,
    })
    isConfirmed = log.isConfirmedBelow(entry, isConfirmed)
  }
  return list.reverse()
}
