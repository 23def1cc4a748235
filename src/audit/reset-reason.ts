import { HAS_PENDING_SYN } from '../tracker/connection-flags.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import {
  ACTIVE_OPEN,
  FIN_SENT,
  HAS_ISN,
  PROBED,
  RST_RECEIVED,
  RST_SENT,
  SEEN,
  SENT_DATA,
  TIMED_OUT,
  WINDOW_CLOSED,
} from '../tracker/endpoint-flags.ts'
import { isAfter } from '../tracker/sequence.ts'
import { CLOSED, ESTABLISHED, LISTEN, SYN_RCVD, SYN_SENT, UNKNOWN } from '../tracker/tcp-state.ts'
import { isKnownOpen } from './known-open.ts'
import { resetForm } from './reset-form.ts'
import type { EventOf } from './rule-handlers.ts'

/** Why the endpoint that an RST names sent it, if it did. */
export const RESET_REASONS = [
  /** Nothing listens there, or a firewall says so. */
  'refused',
  /** The segment it answers belongs to no connection that its host knows. */
  'no-connection',
  /** The accept queue is full and tcp_abort_on_overflow set, or the listener went away in the middle of the handshake. */
  'not-accepted',
  /** The answer to its SYN was none: for a connect() given up, an older SYN, or a SYN that its kernel did not send. */
  'answer-unwanted',
  /** An acknowledgment in the handshake of what was never sent. */
  'wrong-ack',
  /** Data for a socket that its application had closed, or that its process's end had. */
  'data-after-close',
  /** Anything else for a connection that had been closed. */
  'after-close',
  /** It has reset the connection before, or was reset. */
  'after-reset',
  /** It had retried until it gave the connection up. */
  'gave-up',
  /** Its host has no such connection any more and has closed none: it restarted, or gave up where nobody saw it. */
  'forgotten',
  /** A firewall or balancer between both ends has forgotten the idle connection. */
  'idle-middlebox',
  /** Its keep-alive probes were not answered. */
  'keep-alive',
  /** Closed, or its process ended, with data received and not read (RFC 2525 §2.17, Linux tcp_close). */
  'unread-data',
  /** SO_LINGER 0, connect(AF_UNSPEC), or an orphan that its kernel would not keep. */
  'abort',
  'unknown',
] as const
export type ResetReason = (typeof RESET_REASONS)[number]

/** The silence, ns, behind which a host that resets from afar is a middlebox, and that which a middlebox may explain. */
const SHORT_SILENCE = 1e9
const LONG_SILENCE = 60e9
/** An RST this soon behind the handshake, ns, answers its third segment. */
const HANDSHAKE_TIME = 1e9

/**
 * What the RST of a `reset` event can mean, the likeliest first, as far as is known when it passes. Rules that look back
 * when the connection leaves pass it through `settledReasons`. Whether it is its sender's own is not asked here.
 */
export function resetReasons(event: EventOf<'reset'>): readonly ResetReason[] {
  const { endpoint, peer, segment, before, peerBefore } = event
  const form = resetForm(segment)
  if (peerBefore === SYN_SENT) return ['refused']
  if (form === 'passive') return passiveReasons(event)
  if (form === 'neither' || before === UNKNOWN) return ['unknown']
  if ((peer.flags & (PROBED | WINDOW_CLOSED)) === PROBED) return ['keep-alive']
  if (!hasReceivedData(endpoint, peer)) return ['abort']
  return (endpoint.flags & SENT_DATA) === 0 ? ['unread-data', 'abort'] : ['abort', 'unread-data']
}

/** The same, known the whole connection: a FIN of the sender that was on its way makes "forgotten" a close. */
export function settledReasons(reasons: readonly ResetReason[], sender: Endpoint): readonly ResetReason[] {
  const hadClosed = reasons[0] === 'forgotten' && (sender.flags & FIN_SENT) !== 0
  return hadClosed ? ['data-after-close'] : reasons
}

/** It was sent without a socket, in answer to a segment of the peer. */
function passiveReasons(event: EventOf<'reset'>): readonly ResetReason[] {
  const { connection, endpoint, peer, before } = event
  const { flags } = endpoint
  const isOver = before === CLOSED
  const hasData = hasUnacknowledgedData(endpoint, peer)
  const isKnown = isKnownOpen(endpoint)
  if ((connection.flags & HAS_PENDING_SYN) !== 0) {
    // It refuses what comes for the old connection, or what challenges the new SYN and is no answer to it.
    if ((flags & FIN_SENT) !== 0 && hasData) return ['data-after-close']
    return [isOver || !isKnown || (flags & FIN_SENT) !== 0 ? 'answer-unwanted' : 'forgotten']
  }
  if (isOver) {
    if ((flags & TIMED_OUT) !== 0) return ['gave-up']
    if ((flags & (RST_SENT | RST_RECEIVED)) !== 0) return ['after-reset']
  }
  if ((flags & FIN_SENT) !== 0) return [hasData ? 'data-after-close' : 'after-close']
  if (isOver) return ['after-close']
  if (before === UNKNOWN || before === LISTEN || (flags & SEEN) === 0) return ['no-connection']
  if (before === SYN_SENT || isFirstAnswer(event)) return ['answer-unwanted']
  // That it still waits has just come out.
  if (before === ESTABLISHED && endpoint.state === SYN_RCVD) return ['wrong-ack']
  if ((flags & ACTIVE_OPEN) === 0 && isInHandshake(event)) return ['not-accepted']
  if (before === SYN_RCVD) return ['wrong-ack']
  return isKnown ? whoForgot(event) : ['no-connection']
}

/** A client's answer to the SYN-ACK is this RST. */
function isFirstAnswer({ connection, endpoint, before, peerBefore }: EventOf<'reset'>): boolean {
  const isClient = (endpoint.flags & ACTIVE_OPEN) !== 0
  return isClient && before === ESTABLISHED && peerBefore === SYN_RCVD && connection.openTime < 0
}

/** A server that has sent its SYN-ACK and nothing else answers the third segment of the handshake. */
function isInHandshake({ connection, endpoint, segment, time }: EventOf<'reset'>): boolean {
  if ((endpoint.flags & HAS_ISN) === 0 || segment.seq !== ((endpoint.isn + 1) | 0)) return false
  if (endpoint.packets > connection.synAckCopies || connection.openTime < 0) return false
  return time - connection.openTime < HANDSHAKE_TIME
}

function whoForgot({ endpoint, peer, segment }: EventOf<'reset'>): readonly ResetReason[] {
  const silence = peer.lastTime - endpoint.lastTime
  const isFromElsewhere = endpoint.mssScaleAndTtl >>> 24 !== segment.ttl
  if (isFromElsewhere && silence >= SHORT_SILENCE) return ['idle-middlebox']
  return silence >= LONG_SILENCE ? ['forgotten', 'idle-middlebox'] : ['forgotten']
}

function hasReceivedData(endpoint: Endpoint, peer: Endpoint): boolean {
  return (peer.flags & SENT_DATA) !== 0 && isAfter(endpoint.rcvNxt, (peer.isn + 1) | 0)
}

function hasUnacknowledgedData(endpoint: Endpoint, peer: Endpoint): boolean {
  if ((peer.flags & SENT_DATA) === 0) return false
  const end = (peer.flags & FIN_SENT) !== 0 ? (peer.finEnd - 1) | 0 : peer.sndNxt
  return isAfter(end, endpoint.ackSent)
}
