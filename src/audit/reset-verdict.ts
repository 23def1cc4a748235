import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import { OPTION_AUTHENTICATION, OPTION_MD5, OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import {
  HAS_ACKED,
  HAS_NUMBERS,
  HAS_TS_RECENT,
  OFFERED_TIMESTAMPS,
  RST_RECEIVED,
  SEEN,
  SIGNED,
} from '../tracker/endpoint-flags.ts'
import { aheadOfSeries } from '../tracker/ip-id-series.ts'
import { isAfter, isBefore } from '../tracker/sequence.ts'
import { CLOSED, TIME_WAIT } from '../tracker/tcp-state.ts'
import type { Confidence } from './finding.ts'
import { resetForm } from './reset-form.ts'
import type { ResetReason } from './reset-reason.ts'
import type { EventOf } from './rule-handlers.ts'

/**
 * What speaks against an RST having been sent by the endpoint whose address it bears (Weaver et al. 2009). NATs and load
 * balancers do odd things too, so one reason alone proves nothing.
 */
export const FORGERY_SIGNS = [
  /** Its TTL is not that of its source's other packets. */
  'ttl',
  /** Its source had sent more already, and no acknowledgment of the peer has its number (DATA_SEQ_RST). */
  'below-sent',
  /** It leaves out the timestamps that the connection uses. */
  'no-timestamps',
  /** Its IP ID is outside its source's series, before it or behind. */
  'ip-id',
  /** It comes from another card than what its source sends later. */
  'mac',
  /** It follows another RST at once with a higher number, which the peer never acknowledged (RST_SEQ_CHANGE). */
  'seq-change',
  /** It follows another RST at once with another acknowledgment (RST_ACK_CHANGE). */
  'ack-change',
  /** It has the number that a challenge ACK has just told, and the form of an RST that no ACK drew. */
  'disclosed',
  /** It is signed, and its source signs nothing; or it is not, and its source signs everything. */
  'signature',
  /** Its source had no socket any more, and it is no answer to anything. */
  'no-socket',
  /** Its source goes on as if nothing had happened (RST_SEQ_DATA). */
  'continues',
] as const
export type ForgerySign = (typeof FORGERY_SIGNS)[number]

/** What speaks for it. */
export const GENUINE_SIGNS = [
  /** It is numbered and formed as the answer to what its source was sent last. */
  'answers',
  /** It bears the connection's timestamps, no older than the last. */
  'timestamps',
  /** Its IP ID is the next of its source's series. */
  'next-ip-id',
  /** It begins where its source had stopped. */
  'next-number',
] as const
export type GenuineSign = (typeof GENUINE_SIGNS)[number]

/** Whose an RST is. */
export const RESET_ORIGINS = ['source', 'forged', 'middlebox', 'unknown'] as const
export type ResetOrigin = (typeof RESET_ORIGINS)[number]

export interface ResetVerdict {
  readonly origin: ResetOrigin
  readonly confidence: Confidence
}

/** What each sign weighs: only who goes on sending was certainly alive. */
const WEIGHTS: Readonly<Record<ForgerySign, number>> = {
  ttl: 1,
  'below-sent': 1,
  'no-timestamps': 1,
  'ip-id': 1,
  mac: 1,
  'seq-change': 1,
  'ack-change': 1,
  disclosed: 1,
  signature: 1,
  'no-socket': 1,
  continues: 2,
}
const LIKELY = 2
const CERTAIN = 3

/** Reasons for an RST of an end that was known to have no socket. */
const WITHOUT_SOCKET: readonly ResetReason[] = [
  'data-after-close',
  'after-close',
  'after-reset',
  'gave-up',
  'answer-unwanted',
]

/** Whose the RST is, by what speaks against its source and for it, and what it would mean as its source's own. */
export function resetVerdict(
  against: ReadonlySet<ForgerySign>,
  favour: ReadonlySet<GenuineSign>,
  reason: ResetReason,
): ResetVerdict {
  const weight = [...against].reduce((sum, sign) => sum + WEIGHTS[sign], 0)
  if (reason === 'idle-middlebox' && !against.has('continues'))
    return { origin: 'middlebox', confidence: 'likely' }
  if (weight >= CERTAIN) return { origin: 'forged', confidence: 'certain' }
  if (weight >= LIKELY) return { origin: 'forged', confidence: 'likely' }
  // One that refuses a SYN is its host's or a firewall's in its name, and looks the same.
  const fits = favour.has('answers') || favour.has('next-number')
  if (weight > 0 || !fits || reason === 'refused') return { origin: 'unknown', confidence: 'possible' }
  const isProven = favour.has('answers')
    ? WITHOUT_SOCKET.includes(reason)
    : favour.has('timestamps') && favour.has('next-ip-id')
  return { origin: 'source', confidence: isProven ? 'certain' : 'likely' }
}

/** Segments a sender must have sent before its usual TTL is one. */
const FEW = 2
/** An IP ID further than this from the next of its series is of another series; one as near as this is the next. */
const FARTHEST_IP_ID = 2000
const NEXT_IP_ID = 4

/** What speaks against the RST being its source's own at the moment it passes. */
export function forgerySigns(event: EventOf<'reset'>): ForgerySign[] {
  const { connection, endpoint, peer, segment, before } = event
  const signs: ForgerySign[] = []
  if ((endpoint.flags & SEEN) === 0 || endpoint.packets < FEW) return signs
  if (endpoint.mssScaleAndTtl >>> 24 !== segment.ttl) signs.push('ttl')
  if (isBelowSent(endpoint, peer, segment)) signs.push('below-sent')
  if (lacksTimestamps(endpoint, peer, segment)) signs.push('no-timestamps')
  const ahead = aheadOfSeries(connection, endpoint, segment.ipId)
  if (ahead !== undefined && Math.abs(ahead) > FARTHEST_IP_ID) signs.push('ip-id')
  if (isSignedOtherwise(endpoint, segment)) signs.push('signature')
  const isOver = before === CLOSED || before === TIME_WAIT
  if (isOver && (endpoint.flags & RST_RECEIVED) === 0 && resetForm(segment) !== 'passive')
    signs.push('no-socket')
  return signs
}

/** What speaks for it then. */
export function genuineSigns(event: EventOf<'reset'>): GenuineSign[] {
  const { connection, endpoint, peer, segment } = event
  const signs: GenuineSign[] = []
  if (resetForm(segment) === 'passive') return answersLast(peer, segment) ? ['answers'] : []
  if ((endpoint.flags & HAS_NUMBERS) !== 0 && segment.seq === endpoint.sndNxt) signs.push('next-number')
  if (hasTimestamps(peer, segment)) signs.push('timestamps')
  const ahead = aheadOfSeries(connection, endpoint, segment.ipId)
  if (ahead !== undefined && Math.abs(ahead) <= NEXT_IP_ID) signs.push('next-ip-id')
  return signs
}

/**
 * Its source had sent more already, and no acknowledgment of the peer has this number, which a passive RST repeats: that of a segment
 * which came late, maybe. The one that answers a segment without ACK begins at 0 (tcp_v4_send_reset).
 */
function isBelowSent(endpoint: Endpoint, peer: Endpoint, segment: Segment): boolean {
  if ((endpoint.flags & HAS_NUMBERS) === 0 || (peer.flags & HAS_ACKED) === 0) return false
  if (resetForm(segment) === 'passive') {
    if ((segment.flags & ACK) !== 0 && segment.seq === 0) return false
    const isOfPeer = !isBefore(segment.seq, endpoint.isn) && !isAfter(segment.seq, peer.ackSent)
    if ((segment.flags & ACK) === 0 && isOfPeer) return false
  }
  return isBefore(segment.seq, endpoint.sndNxt) && segment.seq !== peer.ackSent
}

/** From a socket that uses timestamps an active RST has them; other systems than Linux leave them out with the window. */
function lacksTimestamps(endpoint: Endpoint, peer: Endpoint, segment: Segment): boolean {
  if ((endpoint.flags & peer.flags & OFFERED_TIMESTAMPS) === 0) return false
  return segment.window !== 0 && (segment.options.present & OPTION_TIMESTAMPS) === 0
}

function hasTimestamps(peer: Endpoint, segment: Segment): boolean {
  if ((segment.options.present & OPTION_TIMESTAMPS) === 0 || (peer.flags & HAS_TS_RECENT) === 0) return false
  return !isBefore(segment.options.tsVal, peer.tsRecent)
}

/** A host that has lost its keys with its connections sends passive ones unsigned. */
function isSignedOtherwise(endpoint: Endpoint, segment: Segment): boolean {
  const isSigned = (segment.options.present & (OPTION_MD5 | OPTION_AUTHENTICATION)) !== 0
  const signs = (endpoint.flags & SIGNED) !== 0
  return isSigned ? !signs : signs && resetForm(segment) !== 'passive'
}

function answersLast(peer: Endpoint, segment: Segment): boolean {
  if ((segment.flags & ACK) !== 0) return (peer.flags & HAS_NUMBERS) === 0 || segment.ack === peer.sndNxt
  return (peer.flags & HAS_ACKED) !== 0 && segment.seq === peer.ackSent
}

/** How far its source had come when an RST passed. */
export interface ResetSource {
  readonly sndNxt: number
  readonly ackSent: number
  /** Its newest timestamp that its peer had taken; undefined if it uses none. */
  readonly tsVal: number | undefined
}

/** What was on its way when an RST passed is there by then, ns: as long as the least retransmission timeout of Linux. */
const ON_ITS_WAY = 0.2e9

export function sourceOf(endpoint: Endpoint, peer: Endpoint): ResetSource {
  const hasTimestamps = (peer.flags & HAS_TS_RECENT) !== 0
  return {
    sndNxt: endpoint.sndNxt,
    ackSent: endpoint.ackSent,
    tsVal: hasTimestamps ? peer.tsRecent : undefined,
  }
}

/** What the source has sent `wait` ns behind its RST is no straggler from before: it is newer, or too late for one. */
export function isNewer(before: ResetSource, now: ResetSource, wait: number): boolean {
  if (before.tsVal !== undefined && now.tsVal !== undefined) return isAfter(now.tsVal, before.tsVal)
  return isAfter(now.sndNxt, before.sndNxt) || isAfter(now.ackSent, before.ackSent) || wait >= ON_ITS_WAY
}

/** What of an RST is compared with what its source sends later, and with another RST. */
export interface ResetTrace {
  readonly seq: number
  readonly ack: number
  readonly hasAck: boolean
  readonly isPassive: boolean
  readonly ipId: number
  readonly macHigh: number
  readonly macLow: number
}

/** What a later segment of the endpoint tells of an RST before it: another machine's numbering, another's card. */
export function signsOfSuccessor(reset: ResetTrace, segment: Segment): ForgerySign[] {
  const signs: ForgerySign[] = []
  // Linux numbers what no socket sends 0.
  if (reset.ipId > 0 && segment.ipId > 0) {
    const ahead = ((segment.ipId - reset.ipId) << 16) >> 16
    if (Math.abs(ahead) > FARTHEST_IP_ID) signs.push('ip-id')
  }
  if (reset.macHigh !== segment.sourceMacHigh || reset.macLow !== segment.sourceMacLow) signs.push('mac')
  return signs
}

/**
 * What an RST right behind another one of the same source tells of both. A socket sends one; a host without one answers
 * each segment with its own acknowledgment (1, 51, 101 ... [6.18]), which is nowhere above what it had sent.
 */
export function signsOfPair(first: ResetTrace, second: ResetTrace, sndNxt: number): ForgerySign[] {
  const signs: ForgerySign[] = []
  const isAcknowledged = second.isPassive && !isAfter(second.seq, sndNxt)
  if (isAfter(second.seq, first.seq) && !isAcknowledged) signs.push('seq-change')
  const bothAck = first.hasAck && second.hasAck && !first.isPassive && !second.isPassive
  if (bothAck && first.ack !== second.ack) signs.push('ack-change')
  return signs
}
