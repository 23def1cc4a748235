import type { Segment } from '../decode/segment.ts'
import { FIN } from '../decode/tcp-flags.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import { VLAN_COLLISION } from '../tracker/connection-flags.ts'
import type { Endpoint } from '../tracker/endpoint.ts'
import { FIN_SENT, RST_RECEIVED, RST_SENT, TIMED_OUT } from '../tracker/endpoint-flags.ts'
import {
  CLOSED,
  CLOSING,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SENT,
  type TcpState,
  TIME_WAIT,
} from '../tracker/tcp-state.ts'
import type { Entry, Moment } from './rule-context.ts'
import type { EventOf } from './rule-handlers.ts'

/** Copies of one FIN that are kept as evidence: a default orphan sends ten. */
const MOST_COPIES = 12
/**
 * No stack’s timer repeats a FIN that is alone on its way sooner, ns: Linux waits TCP_RTO_MIN, 200 ms, before a tail loss
 * probe too. What comes sooner is one copy on two ways, or a forgery.
 */
const SOONEST_REPEAT = 100e6
/** An answer that comes sooner than this share of the fastest round trip was drawn by an earlier copy. */
const SOONEST_ANSWER = 0.9

export interface FinCopy extends Moment {
  readonly tsVal: number | undefined
}

/** Copies of FINs after the first, by the side of their sender. */
export interface FinRepeats {
  readonly kept: readonly [FinCopy[], FinCopy[]]
  readonly counts: [number, number]
}

export function noFinRepeats(): FinRepeats {
  return { kept: [[], []], counts: [0, 0] }
}

/** The segment that is sent again is a FIN, and not another connection’s in another VLAN. */
export function isFinAgain({ connection, endpoint, segment }: EventOf<'retransmission'>): boolean {
  if ((segment.flags & FIN) === 0 || (endpoint.flags & FIN_SENT) === 0) return false
  return (connection.flags & VLAN_COLLISION) === 0
}

export function noteFinRepeat(repeats: FinRepeats, moment: Moment, segment: Segment): void {
  const side = moment.side as 0 | 1
  const kept = repeats.kept[side]
  const before = kept.at(-1)
  if (before !== undefined && moment.time - before.time < SOONEST_REPEAT) return
  repeats.counts[side]++
  if (kept.length < MOST_COPIES - 1) kept.push({ ...moment, tsVal: timestampOf(segment) })
}

function timestampOf({ options }: Segment): number | undefined {
  return (options.present & OPTION_TIMESTAMPS) === 0 ? undefined : options.tsVal
}

/** Copies that follow the first soon enough to be no repeats. */
export function isTooEarly(copy: Moment, first: Moment | undefined): boolean {
  return first !== undefined && copy.time - first.time < SOONEST_REPEAT
}

type Entered = (endpoint: Endpoint, ...states: TcpState[]) => Entry | undefined

/** The first copy of its FIN, if it was captured. */
export function firstFin(entered: Entered, endpoint: Endpoint): Moment | undefined {
  const entry = entered(endpoint, FIN_WAIT_1, LAST_ACK)
  return entry?.basis === SENT ? entry : undefined
}

/** An acknowledgment at `time` cannot be the answer to a copy that passed at `copy`. */
export function isTooSoon(endpoint: Endpoint, time: number, copy: number): boolean {
  return time - copy < SOONEST_ANSWER * endpoint.rttMin
}

/** The acknowledgment by which it went on behind its FIN. */
export function finAnswer(entered: Entered, endpoint: Endpoint): Entry | undefined {
  const wait = entered(endpoint, FIN_WAIT_2)
  if (wait !== undefined) return wait
  if (entered(endpoint, CLOSING) !== undefined) return entered(endpoint, TIME_WAIT)
  if ((endpoint.flags & (TIMED_OUT | RST_RECEIVED | RST_SENT)) !== 0) return undefined
  return entered(endpoint, LAST_ACK) === undefined ? undefined : entered(endpoint, CLOSED)
}

/** The timestamp that the segment echoes. */
export function echoOf({ options }: Segment): number | undefined {
  return (options.present & OPTION_TIMESTAMPS) === 0 ? undefined : options.tsEcr
}
