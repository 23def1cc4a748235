import type {
  ConnectionSummary,
  EndpointSummary,
  FinishedConnection,
  FinishedEndpoint,
  Transition,
} from '../../src/tracker/connection-summary.ts'
import { ESTABLISHED, SENT, TIME_WAIT } from '../../src/tracker/tcp-state.ts'

/** A finished endpoint for report tests: an idle ESTABLISHED one but for what a test says. */
export function endpointSummary(given: Partial<EndpointSummary> = {}): EndpointSummary {
  return {
    ipVersion: 4,
    address: ipv4(10, 0, 0, 5),
    port: 51324,
    state: ESTABLISHED,
    stateSince: 0,
    stateBasis: SENT,
    statePacket: 1,
    packets: 3,
    bytes: 180,
    payloadBytes: 0,
    uniqueBytes: 0,
    isn: null,
    mss: null,
    windowScale: null,
    sackPermitted: null,
    timestamps: null,
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
    rtt: null,
    icmpErrors: [],
    transitions: [],
    retracted: [],
    ...given,
  }
}

/** As the tracker hands a connection out. */
export function finished(connection: ConnectionSummary): FinishedConnection {
  const client = finishedEndpoint(connection.client)
  const server = finishedEndpoint(connection.server)
  return { ...connection, client, server, summary: () => connection, fillTotals: () => {} }
}

function finishedEndpoint(endpoint: EndpointSummary): FinishedEndpoint {
  const { transitions } = endpoint
  const timeWaits = transitions.flatMap(({ state, time }, index) =>
    state === TIME_WAIT ? [time, transitions[index + 1]?.time ?? Number.POSITIVE_INFINITY] : [],
  )
  return { ...endpoint, timeWaits }
}

/** A finished connection for report tests: 10.0.0.5:51324 to 10.0.0.9:443, open, but for what a test says. */
export function connectionSummary(given: Partial<ConnectionSummary> = {}): ConnectionSummary {
  return {
    id: 1,
    stream: 0,
    client: endpointSummary(),
    server: endpointSummary({ address: ipv4(10, 0, 0, 9), port: 443 }),
    roleBasis: 'handshake',
    start: 0,
    end: 1_200_000_000,
    firstPacket: 1,
    tunnels: [],
    vlans: [],
    lastPacket: 6,
    packets: 6,
    midstream: false,
    evicted: false,
    oneSided: false,
    outcome: 'open',
    closedFirst: null,
    exchanges: 0,
    handshake: null,
    zeek: {
      connState: 'S1',
      history: 'ShA',
      duration: 1_200_000_000,
      origBytes: 0,
      respBytes: 0,
      missedBytes: 0,
    },
    ...given,
  }
}

export function ipv4(a: number, b: number, c: number, d: number): [number, number, number, number] {
  return [(a << 24) | (b << 16) | (c << 8) | d, 0, 0, 0]
}

export function ipv6(...groups: readonly number[]): [number, number, number, number] {
  const word = (index: number) => ((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)
  return [word(0), word(2), word(4), word(6)]
}

/** `steps([SYN_SENT, SENT, 0, 1], ...)`: state, basis, time in nanoseconds, packet. */
export function steps(...list: readonly [number, number, number, number | null][]): Transition[] {
  return list.map(([state, basis, time, packet]) => ({ state, basis, time, packet }))
}
