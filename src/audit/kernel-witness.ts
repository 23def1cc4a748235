import type { CounterName } from '../host/kernel-counters.ts'
import { CLOSE_WAIT, FIN_WAIT_2, type TcpState } from '../tracker/tcp-state.ts'
import type { Finding } from './finding.ts'

/**
 * Whose kernel can say something of a finding: the end (or host) it is about, the other host, an end of its first
 * connection, or who sent the packets that it shows under a note, or got them.
 */
export type WitnessEnd =
  | 'host'
  | 'peer'
  | 'client'
  | 'server'
  | { readonly sent: string }
  | { readonly received: string }

/**
 * Which sockets it is about: all of that end in a state; the listener of its address and port; the socket of its first
 * connection; all towards the other host. The processes that have them open are named.
 */
export type WitnessSockets = TcpState | 'listener' | 'connection' | 'towards-peer'

export interface KernelWitness {
  readonly end: WitnessEnd
  readonly sockets?: WitnessSockets
  /** Counters that move with what the finding says: told at 0 too, as that speaks against it. */
  readonly counters?: readonly CounterName[]
  /** Counters that move in some cases only: told if they did. */
  readonly also?: readonly CounterName[]
}

const ext = (...names: readonly string[]): CounterName[] => names.map((name) => ({ group: 'TcpExt', name }))
const tcp = (...names: readonly string[]): CounterName[] => names.map((name) => ({ group: 'Tcp', name }))

const DROPPED_SYNS = ext('ListenOverflows', 'ListenDrops', 'TCPReqQFullDrop')
const ABORTS = ext('TCPAbortOnClose', 'TCPAbortOnData', 'TCPAbortOnMemory', 'TCPAbortOnLinger')
const RESENDS = [
  ...tcp('RetransSegs'),
  ...ext('TCPTimeouts', 'TCPLossProbes', 'TCPFastRetrans', 'TCPSpuriousRTOs', 'TCPDSACKRecv'),
]
const PRESSURE = ext('TCPZeroWindowDrop', 'TCPRcvQDrop', 'TCPBacklogDrop', 'PruneCalled', 'RcvPruned')

/**
 * What a kernel says of its own ends of the findings of each rule. A rule that is not here is about nothing that a kernel
 * counts or a process holds. Counters corroborate and never more: they count all connections of the host, and whatever they
 * say, a finding is what packets show.
 */
export const KERNEL_WITNESSES: Readonly<Record<string, readonly KernelWitness[]>> = {
  'abortive-close': [{ end: { sent: 'reset' }, sockets: 'listener', also: ABORTS }],
  'accept-queue-overflow': [
    { end: 'host', sockets: 'listener', counters: ext('ListenOverflows', 'ListenDrops') },
  ],
  'challenge-ack': [
    {
      end: { sent: 'challenge' },
      counters: ext('TCPChallengeACK'),
      also: ext('TCPSYNChallenge', 'TCPACKSkippedChallenge'),
    },
  ],
  'checksum-bad': [{ end: { received: 'damaged' }, also: tcp('InCsumErrors') }],
  'close-cause-idle-timeout': [{ end: 'host', sockets: 'listener' }],
  'close-cause-no-keepalive': [{ end: 'host', sockets: 'listener' }],
  'close-cause-request-limit': [{ end: 'host', sockets: 'listener' }],
  'close-wait-leak': [{ end: 'host', sockets: CLOSE_WAIT }],
  'connection-abandoned': [
    { end: 'client', sockets: 'connection' },
    { end: 'server', sockets: 'connection' },
  ],
  'data-after-close': [{ end: { sent: 'reset' }, also: ABORTS }],
  'fast-open': [{ end: 'server', also: ext('TCPFastOpenPassiveFail', 'TCPFastOpenListenOverflow') }],
  'fin-unanswered': [
    { end: { sent: 'fin' }, sockets: 'connection', also: ext('TCPTimeouts', 'TCPAbortOnTimeout') },
  ],
  'fin-wait-2-stuck': [{ end: 'host', sockets: FIN_WAIT_2 }],
  'half-open': [
    {
      end: { sent: 'unanswered' },
      sockets: 'connection',
      also: ext('TCPTimeouts', 'TCPKeepAlive', 'TCPAbortOnTimeout'),
    },
    { end: { received: 'reset' }, also: tcp('EstabResets') },
  ],
  'handshake-ack-lost': [{ end: 'server', sockets: 'listener', also: ext('ListenOverflows', 'ListenDrops') }],
  'handshake-slow': [{ end: 'server', sockets: 'listener', also: DROPPED_SYNS }],
  'handshake-unanswered': [
    { end: 'server', sockets: 'listener', also: DROPPED_SYNS },
    { end: 'client', sockets: 'connection', also: ext('TCPSynRetrans') },
  ],
  'idle-connection': [
    { end: 'client', sockets: 'connection' },
    { end: 'server', sockets: 'connection' },
  ],
  'keepalive-active': [{ end: { sent: 'probe' }, counters: ext('TCPKeepAlive') }],
  'keepalive-unanswered': [
    {
      end: { sent: 'probe' },
      sockets: 'connection',
      counters: ext('TCPKeepAlive'),
      also: ext('TCPAbortOnTimeout'),
    },
  ],
  'port-exhaustion': [{ end: 'host', sockets: 'towards-peer' }],
  'reset-after-challenge': [{ end: { sent: 'challenge' }, counters: ext('TCPChallengeACK') }],
  'reset-rejected': [{ end: { received: 'reset' }, also: ext('TCPChallengeACK') }],
  'retransmission-rate': [
    { end: 'host', also: RESENDS },
    { end: 'peer', also: RESENDS },
  ],
  'retransmission-timeout': [
    {
      end: { sent: 'repeat' },
      sockets: 'connection',
      counters: ext('TCPTimeouts'),
      also: ext('TCPAbortOnTimeout'),
    },
  ],
  'self-connect': [{ end: 'client', sockets: 'connection' }],
  'syn-ack-unanswered': [{ end: 'server', sockets: 'listener', also: ext('TCPSynRetrans') }],
  'syn-cookies-active': [
    {
      end: 'host',
      sockets: 'listener',
      counters: ext('SyncookiesSent'),
      also: ext('SyncookiesRecv', 'SyncookiesFailed', 'TCPReqQFullDoCookies'),
    },
  ],
  'syn-flood': [
    {
      end: 'host',
      sockets: 'listener',
      also: ext(
        'SyncookiesSent',
        'SyncookiesFailed',
        'TCPReqQFullDoCookies',
        'TCPReqQFullDrop',
        'ListenDrops',
      ),
    },
  ],
  'syn-on-established': [{ end: { sent: 'challenge' }, also: ext('TCPSYNChallenge', 'TCPChallengeACK') }],
  'time-wait-excess': [{ end: 'host', counters: ext('TCPTimeWaitOverflow') }],
  'time-wait-reused': [{ end: 'client', also: ext('TWRecycled') }],
  'window-exceeded': [{ end: { received: 'beyond' }, also: [...ext('BeyondWindow'), ...PRESSURE] }],
  'window-shrunk': [{ end: 'host', also: PRESSURE }],
  'zero-window-stall': [
    {
      end: 'host',
      sockets: 'connection',
      also: [...ext('TCPToZeroWindowAdv', 'TCPFromZeroWindowAdv'), ...PRESSURE],
    },
    { end: { received: 'closes' }, also: ext('TCPWinProbe') },
  ],
}

/** The ends that a witness of a finding may be, each with the other end of the connection if there is one. */
export function witnessEnds(finding: Finding, { end }: KernelWitness): WitnessedEnd[] {
  const { host, peer = null, client, server, evidence } = finding
  const isAbout = (one: HostEnd | null): boolean => one !== null && host !== null && isSameHost(one, host)
  if (typeof end !== 'string') {
    const note = 'sent' in end ? end.sent : end.received
    const senders = new Set(evidence.filter((item) => item.note === note).map(({ from }) => from))
    return [...senders].flatMap((from) => {
      if (from === null) return []
      const isClient = (from === 'client') === 'sent' in end
      return pair(isClient ? client : server, isClient ? server : client)
    })
  }
  switch (end) {
    case 'client':
      return pair(client, server)
    case 'server':
      // A finding about a listener has no connection of its own.
      return pair(server ?? host, client)
    case 'peer':
      return pair(peer, host)
    default:
      // The host's own end of the first connection is more than its address.
      if (host !== null && host.port === 0 && isAbout(client)) return pair(client, server)
      if (host !== null && host.port === 0 && isAbout(server)) return pair(server, client)
      return pair(host, peer ?? otherThan(host, client, server))
  }
}

export interface WitnessedEnd {
  readonly end: HostEnd
  readonly other: HostEnd | null
}

type HostEnd = NonNullable<Finding['host']>

function pair(end: HostEnd | null, other: HostEnd | null): WitnessedEnd[] {
  return end === null ? [] : [{ end, other }]
}

/** Which end of the first connection faces the host's own. */
function otherThan(host: HostEnd | null, client: HostEnd | null, server: HostEnd | null): HostEnd | null {
  if (host === null || client === null || server === null) return null
  return isSameHost(host, client) && host.port === client.port ? server : client
}

export function isSameHost(a: HostEnd, b: HostEnd): boolean {
  return a.ipVersion === b.ipVersion && a.address.every((word, index) => word === b.address[index])
}
