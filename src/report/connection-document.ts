import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { Tunnel } from '../decode/network-table.ts'
import { ACK, formatFlags } from '../decode/tcp-flags.ts'
import type {
  ConnectionSummary,
  EndpointSummary,
  HandshakeSummary,
  ReceivedIcmpError,
  Transition,
} from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { CAUSE_NAMES, CAUSE_NONE, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { ICMP_EFFECT_NAMES } from '../tracker/tracker-events.ts'
import { addressText } from './endpoint-text.ts'
import { packetFields } from './packet-name.ts'
import type {
  ConnectionDocument,
  EndpointDocument,
  IcmpErrorDocument,
  SegmentDocument,
  TransitionDocument,
  TunnelDocument,
} from './report-document.ts'
import { outerAddresses } from './surroundings-text.ts'
import type { Timestamp } from './timestamp.ts'

/** One connection as the JSON document shows it. */
export function connectionDocument(
  connection: ConnectionSummary,
  timestamp: Timestamp,
  origins?: PacketOrigins,
): ConnectionDocument {
  const { closedFirst, handshake } = connection
  return {
    id: connection.id,
    // Wireshark numbers the streams of one file.
    stream: origins === undefined ? connection.stream : null,
    client: endpointDocument(connection.client, timestamp, origins),
    server: endpointDocument(connection.server, timestamp, origins),
    roleBasis: connection.roleBasis,
    start: timestamp.rfc3339(connection.start),
    end: timestamp.rfc3339(connection.end),
    durationSeconds: seconds(connection.end - connection.start),
    ...packetFields('firstPacket', 'firstSource', connection.firstPacket, origins),
    ...packetFields('lastPacket', 'lastSource', connection.lastPacket, origins),
    packets: connection.packets,
    midstream: connection.midstream,
    ...(connection.evicted && { evicted: true as const }),
    oneSided: connection.oneSided,
    ...tunnelPart(connection.tunnels),
    ...(connection.vlans.length > 0 && { vlans: [...connection.vlans] }),
    outcome: connection.outcome,
    ...(closedFirst !== null && { closedFirst }),
    ...(handshake !== null && { handshake: handshakeDocument(handshake) }),
    zeek: { connState: connection.zeek.connState, history: connection.zeek.history },
    findings: [],
  }
}

/** Each tunnel inside the next. */
function tunnelPart(tunnels: readonly Tunnel[]): { tunnel?: TunnelDocument } {
  const tunnel = tunnels.reduceRight<TunnelDocument | undefined>(
    (inside, { kind, id, ...ends }) => ({
      kind,
      ...(id !== null && { id }),
      outer: outerAddresses({ kind, id, ...ends }),
      ...(inside !== undefined && { inside }),
    }),
    undefined,
  )
  return tunnel === undefined ? {} : { tunnel }
}

function handshakeDocument(handshake: HandshakeSummary): NonNullable<ConnectionDocument['handshake']> {
  return {
    rttSeconds: secondsOrNull(handshake.rtt),
    serverRttSeconds: secondsOrNull(handshake.serverRtt),
    clientRttSeconds: secondsOrNull(handshake.clientRtt),
    synRetries: handshake.synRetries,
    synAckRetries: handshake.synAckRetries,
    ...(handshake.fastOpen && { fastOpen: true }),
  }
}

function endpointDocument(
  endpoint: EndpointSummary,
  timestamp: Timestamp,
  origins: PacketOrigins | undefined,
): EndpointDocument {
  const { isn, mss, windowScale, sackPermitted, timestamps, rtt } = endpoint
  return {
    address: addressText(endpoint),
    port: endpoint.port,
    state: stateName(endpoint.state),
    stateSince: timestamp.rfc3339(endpoint.stateSince),
    stateBasis: basisName(endpoint.stateBasis),
    ...packetFields('statePacket', 'stateSource', endpoint.statePacket, origins),
    packets: endpoint.packets,
    bytes: endpoint.bytes,
    payloadBytes: endpoint.payloadBytes,
    uniqueBytes: endpoint.uniqueBytes,
    ...(isn !== null && { isn }),
    ...(mss !== null && { mss }),
    ...(windowScale !== null && { windowScale }),
    ...(sackPermitted !== null && { sackPermitted }),
    ...(timestamps !== null && { timestamps }),
    retransmissions: endpoint.retransmissions,
    retransmissionKinds: { ...endpoint.retransmissionKinds },
    outOfOrder: endpoint.outOfOrder,
    duplicateAcks: endpoint.duplicateAcks,
    zeroWindows: endpoint.zeroWindows,
    keepAlives: endpoint.keepAlives,
    zeroWindowProbes: endpoint.zeroWindowProbes,
    windowUpdates: endpoint.windowUpdates,
    challengeAcks: endpoint.challengeAcks,
    resets: endpoint.resets,
    ...(rtt !== null && {
      rttSeconds: {
        samples: rtt.samples,
        min: seconds(rtt.min),
        mean: seconds(rtt.mean),
        max: seconds(rtt.max),
      },
    }),
    ...(endpoint.icmpErrors.length > 0 && {
      icmpErrors: endpoint.icmpErrors.map((error) => icmpErrorDocument(error, timestamp, origins)),
    }),
    transitions: endpoint.transitions.map((transition) => transitionDocument(transition, timestamp, origins)),
    retracted: endpoint.retracted.map((transition) => ({
      ...transitionDocument(transition, timestamp, origins),
      ...packetFields('disprovedBy', 'disprovedBySource', transition.disprovedBy, origins),
      disprovedAt: timestamp.rfc3339(transition.disprovedAt),
    })),
  }
}

function icmpErrorDocument(
  error: ReceivedIcmpError,
  timestamp: Timestamp,
  origins: PacketOrigins | undefined,
): IcmpErrorDocument {
  return {
    ...packetFields('packet', 'source', error.packet, origins),
    time: timestamp.rfc3339(error.time),
    version: error.version === 6 ? 6 : 4,
    type: error.type,
    code: error.code,
    ...(error.mtu > 0 && { mtu: error.mtu }),
    effect: ICMP_EFFECT_NAMES[error.effect] ?? 'ignored',
    seq: error.seq >>> 0,
  }
}

function transitionDocument(
  transition: Transition,
  timestamp: Timestamp,
  origins: PacketOrigins | undefined,
): TransitionDocument {
  return {
    state: stateName(transition.state),
    time: timestamp.rfc3339(transition.time),
    ...packetFields('packet', 'source', transition.packet, origins),
    basis: basisName(transition.basis),
  }
}

/** One segment of a watched connection; sequence numbers absolute and unsigned. */
export function segmentDocument(
  segment: LoggedSegment,
  timestamp: Timestamp,
  origins?: PacketOrigins,
): SegmentDocument {
  const cause = segment.cause === CAUSE_NONE ? undefined : CAUSE_NAMES[segment.cause]
  return {
    ...packetFields('packet', 'source', segment.packet, origins),
    time: timestamp.rfc3339(segment.time),
    from: segment.fromClient ? 'client' : 'server',
    flags: formatFlags(segment.flags),
    seq: segment.seq >>> 0,
    ...((segment.flags & ACK) !== 0 && { ack: segment.ack >>> 0 }),
    window: segment.window,
    payloadLength: segment.payloadLength,
    class: SEGMENT_CLASS_NAMES[segment.segmentClass] ?? 'new',
    ...(cause !== undefined && { cause }),
    ...(segment.causePacket !== null &&
      packetFields('causePacket', 'causeSource', segment.causePacket, origins)),
    ...(segment.sackEdges.length > 0 && { sack: sackBlocks(segment.sackEdges) }),
    ...(segment.mss !== null && { mss: segment.mss }),
    ...(segment.windowScale !== null && { windowScale: segment.windowScale }),
  }
}

function sackBlocks(edges: readonly number[]): [number, number][] {
  const blocks: [number, number][] = []
  for (let index = 0; index + 1 < edges.length; index += 2) {
    blocks.push([(edges[index] ?? 0) >>> 0, (edges[index + 1] ?? 0) >>> 0])
  }
  return blocks
}

function seconds(nanoseconds: number): number {
  return nanoseconds / 1e9
}

function secondsOrNull(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : seconds(nanoseconds)
}
