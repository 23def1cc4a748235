import type { ConnectionSummary, EndpointSummary } from '../tracker/connection-summary.ts'
import { CLOSED, STATE_NAMES, type StateName } from '../tracker/tcp-state.ts'
import type { ValueKind } from './comparison.ts'
import type { Notes } from './connection-notes.ts'

/** A number of connections that something may be expected of. */
export interface Metric {
  /** Its key in an expectation file. */
  readonly name: string
  readonly kind: ValueKind
  /** For the schema and the reference; continues "number of", "time of" and the like with nothing: a phrase of its own. */
  readonly says: string
  /** The statistic that a comparison alone is about. */
  readonly alone: 'total' | 'each' | 'max'
  /** The numbers of one connection; none where it has none. Seconds, not nanoseconds. */
  readonly of: (connection: ConnectionSummary, notes: Notes, end: number) => readonly number[]
  /** What the numbers are shares of; then `total` is the sum of the parts by the sum of the wholes. */
  readonly whole?: (connection: ConnectionSummary) => number
}

type EndCount =
  | 'packets'
  | 'bytes'
  | 'payloadBytes'
  | 'uniqueBytes'
  | 'retransmissions'
  | 'outOfOrder'
  | 'duplicateAcks'
  | 'zeroWindows'
  | 'keepAlives'
  | 'zeroWindowProbes'
  | 'windowUpdates'
  | 'challengeAcks'
  | 'resets'

const END_COUNTS: readonly (readonly [name: EndCount, kind: ValueKind, says: string])[] = [
  ['packets', 'count', 'TCP packets'],
  ['bytes', 'bytes', 'bytes of IP, headers included'],
  ['payloadBytes', 'bytes', 'payload bytes, repeats included'],
  ['uniqueBytes', 'bytes', 'payload bytes, repeats counted once'],
  ['retransmissions', 'count', 'segments sent again, of whatever kind'],
  ['outOfOrder', 'count', 'segments that passed later than they were sent'],
  ['duplicateAcks', 'count', 'duplicate acknowledgments'],
  ['zeroWindows', 'count', 'segments that offer a window of 0'],
  ['keepAlives', 'count', 'keep-alive probes'],
  ['zeroWindowProbes', 'count', 'zero-window probes'],
  ['windowUpdates', 'count', 'window updates'],
  ['challengeAcks', 'count', 'challenge ACKs'],
  ['resets', 'count', 'RSTs, whoever may have forged them'],
]

const RETRANSMISSION_KINDS = ['timeout', 'fast', 'tailLossProbe', 'spurious'] as const

function endMetrics([name, kind, says]: (typeof END_COUNTS)[number]): Metric[] {
  return [
    { name, kind, says, alone: 'total', of: ({ client, server }) => [client[name] + server[name]] },
    {
      name: `client.${name}`,
      kind,
      says: `of clients: ${says}`,
      alone: 'total',
      of: (c) => [c.client[name]],
    },
    {
      name: `server.${name}`,
      kind,
      says: `of servers: ${says}`,
      alone: 'total',
      of: (c) => [c.server[name]],
    },
  ]
}

/** `CLOSE_WAIT` to `closeWait`. */
export function stateKey(state: StateName): string {
  return state.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** States that an end can be in for too long. */
const LASTING: readonly StateName[] = STATE_NAMES.filter(
  (name) => !['UNKNOWN', 'LISTEN', 'CLOSED'].includes(name),
)

function stateMetric(name: StateName): Metric {
  const state = STATE_NAMES.indexOf(name)
  return {
    name: `${stateKey(name)}.maxSeconds`,
    kind: 'seconds',
    says: `the longest that an end was in ${name}; 0 if none was`,
    alone: 'max',
    of: (connection, _notes, end) => [
      Math.max(
        longestIn(state, connection.client, connection, end),
        longestIn(state, connection.server, connection, end),
      ),
    ],
  }
}

/** Seconds. A state that has not ended lasts to the end of the capture. */
function longestIn(
  state: number,
  { transitions }: EndpointSummary,
  { evicted, end: lastPacket }: ConnectionSummary,
  end: number,
): number {
  let longest = 0
  for (const [index, transition] of transitions.entries()) {
    if (transition.state !== state) continue
    const until = transitions[index + 1]?.time ?? (evicted || state === CLOSED ? lastPacket : end)
    longest = Math.max(longest, until - transition.time)
  }
  return longest / 1e9
}

const oneIf = (condition: boolean): readonly number[] => [condition ? 1 : 0]
const secondsOf = (time: number | null | undefined): readonly number[] =>
  time === null || time === undefined ? [] : [time / 1e9]

/** All of them, in the order of the reference. */
export const METRICS: readonly Metric[] = [
  { name: 'connections', kind: 'count', says: 'connections', alone: 'total', of: () => [1] },
  {
    name: 'durationSeconds',
    kind: 'seconds',
    says: 'time from the first packet of a connection to its last',
    alone: 'each',
    of: ({ start, end }) => [(end - start) / 1e9],
  },
  {
    name: 'exchanges',
    kind: 'count',
    says: 'times that a client sent payload after the server’s, the first included',
    alone: 'total',
    of: ({ exchanges }) => [exchanges],
  },
  {
    name: 'handshake.rttSeconds',
    kind: 'seconds',
    says: 'time from SYN to the ACK of the SYN-ACK, of handshakes in which nothing was repeated',
    alone: 'each',
    of: ({ handshake }) => secondsOf(handshake?.rtt),
  },
  {
    name: 'handshake.serverRttSeconds',
    kind: 'seconds',
    says: 'time from SYN to SYN-ACK, where neither was repeated',
    alone: 'each',
    of: ({ handshake }) => secondsOf(handshake?.serverRtt),
  },
  {
    name: 'handshake.clientRttSeconds',
    kind: 'seconds',
    says: 'time from SYN-ACK to its ACK, where neither was repeated',
    alone: 'each',
    of: ({ handshake }) => secondsOf(handshake?.clientRtt),
  },
  {
    name: 'handshake.synRetries',
    kind: 'count',
    says: 'SYNs sent again',
    alone: 'total',
    of: ({ handshake }) => [handshake?.synRetries ?? 0],
  },
  {
    name: 'handshake.synAckRetries',
    kind: 'count',
    says: 'SYN-ACKs sent again',
    alone: 'total',
    of: ({ handshake }) => [handshake?.synAckRetries ?? 0],
  },
  {
    name: 'handshake.fastOpen',
    kind: 'count',
    says: 'connections that used TCP Fast Open',
    alone: 'total',
    of: ({ handshake }) => oneIf(handshake?.fastOpen === true),
  },
  {
    name: 'rttSeconds',
    kind: 'seconds',
    says: 'mean round trip that the capture shows of an end, of both ends of each connection',
    alone: 'each',
    of: ({ client, server }) => [...secondsOf(client.rtt?.mean), ...secondsOf(server.rtt?.mean)],
  },
  ...END_COUNTS.flatMap(endMetrics),
  {
    name: 'retransmissionRate',
    kind: 'share',
    says: 'segments sent again, as a share of all TCP packets',
    alone: 'total',
    of: ({ client, server }) => [client.retransmissions + server.retransmissions],
    whole: ({ client, server }) => client.packets + server.packets,
  },
  ...RETRANSMISSION_KINDS.map(
    (kind): Metric => ({
      name: `retransmissions.${kind}`,
      kind: 'count',
      says: `segments sent again, of the kind ${kind}`,
      alone: 'total',
      of: ({ client, server }) => [client.retransmissionKinds[kind] + server.retransmissionKinds[kind]],
    }),
  ),
  ...(['client', 'server'] as const).flatMap((side): Metric[] => {
    const name = `resets.from${side === 'client' ? 'Client' : 'Server'}`
    return [
      {
        name,
        kind: 'count',
        says: `RSTs that bear the address of a ${side}`,
        alone: 'total',
        of: (connection) => [connection[side].resets],
      },
      {
        name: `${name}AfterData`,
        kind: 'count',
        says: `the same behind payload, whoever had sent that`,
        alone: 'total',
        of: (_connection, notes) => [notes.resetsAfterData[side]],
      },
    ]
  }),
  {
    name: 'icmpErrors',
    kind: 'count',
    says: 'ICMP errors about segments of a connection, the first ones of each end',
    alone: 'total',
    of: ({ client, server }) => [client.icmpErrors.length + server.icmpErrors.length],
  },
  {
    name: 'zeroWindow.longestSeconds',
    kind: 'seconds',
    says: 'the longest that an end offered a window of 0',
    alone: 'max',
    of: (connection, notes, end) => [notes.longestZeroWindow(connection, end) / 1e9],
  },
  {
    name: 'midstream',
    kind: 'count',
    says: 'connections whose beginning the capture does not show',
    alone: 'total',
    of: ({ midstream }) => oneIf(midstream),
  },
  {
    name: 'oneSided',
    kind: 'count',
    says: 'connections of which the capture shows one direction only',
    alone: 'total',
    of: ({ oneSided }) => oneIf(oneSided),
  },
  ...LASTING.map(stateMetric),
]

export const METRICS_BY_NAME: ReadonlyMap<string, Metric> = new Map(
  METRICS.map((metric) => [metric.name, metric]),
)
