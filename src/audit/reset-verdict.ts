import type { Segment } from '../decode/segment.ts'
import { ACK } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import { HAS_ACKED, HAS_NUMBERS, OFFERED_TIMESTAMPS, SEEN } from '../tracker/endpoint-flags.ts'
import { isBefore } from '../tracker/sequence.ts'
import type { Confidence } from './finding.ts'
import { resetForm } from './reset-form.ts'

/**
 * Whether an RST was sent by the endpoint whose address it bears. What fits neither form of Linux is odd; NATs and load
 * balancers do odd things too, so one reason alone proves nothing.
 */
export const FORGERY_SIGNS = ['ttl', 'below-sent', 'no-timestamps', 'ip-id', 'mac', 'continues'] as const
export type ForgerySign = (typeof FORGERY_SIGNS)[number]

/** What each sign weighs: only who goes on sending was certainly alive. */
const WEIGHTS: Readonly<Record<ForgerySign, number>> = {
  ttl: 1,
  'below-sent': 1,
  'no-timestamps': 1,
  'ip-id': 1,
  mac: 1,
  continues: 2,
}
const LIKELY = 2
const CERTAIN = 3

/** What the signs together amount to: undefined is no verdict, not a genuine RST. */
export function forgeryConfidence(signs: readonly ForgerySign[]): Confidence | undefined {
  const weight = signs.reduce((sum, sign) => sum + WEIGHTS[sign], 0)
  if (weight >= CERTAIN) return 'certain'
  return weight >= LIKELY ? 'likely' : undefined
}

/** Segments a sender must have sent before its usual TTL is one. */
const FEW = 2

/** What speaks against `endpoint` having sent the RST, at the moment it passes. */
export function forgerySigns(endpoint: Endpoint, peer: Endpoint, segment: Segment): ForgerySign[] {
  const signs: ForgerySign[] = []
  if ((endpoint.flags & SEEN) === 0 || endpoint.packets < FEW) return signs
  if (endpoint.mssScaleAndTtl >>> 24 !== segment.ttl) signs.push('ttl')
  if (isBelowSent(endpoint, peer, segment)) signs.push('below-sent')
  if (lacksTimestamps(endpoint, peer, segment)) signs.push('no-timestamps')
  return signs
}

/**
 * Its source had sent more already, and no acknowledgment of the peer has this number, which a passive RST repeats; the
 * one that answers a segment without ACK begins at 0 (tcp_v4_send_reset).
 */
function isBelowSent(endpoint: Endpoint, peer: Endpoint, segment: Segment): boolean {
  if ((endpoint.flags & HAS_NUMBERS) === 0 || (peer.flags & HAS_ACKED) === 0) return false
  if (segment.seq === 0 && (segment.flags & ACK) !== 0 && resetForm(segment) === 'passive') return false
  return isBefore(segment.seq, endpoint.sndNxt) && segment.seq !== peer.ackSent
}

/** From a socket that uses timestamps an active RST has them; other systems than Linux leave them out with the window. */
function lacksTimestamps(endpoint: Endpoint, peer: Endpoint, segment: Segment): boolean {
  if ((endpoint.flags & peer.flags & OFFERED_TIMESTAMPS) === 0) return false
  return segment.window !== 0 && (segment.options.present & OPTION_TIMESTAMPS) === 0
}

/** An IP ID further than this from the next of its series is of another series. */
const FARTHEST_IP_ID = 2000

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

/** What of an RST is compared with what follows. */
export interface ResetTrace {
  readonly ipId: number
  readonly macHigh: number
  readonly macLow: number
}
