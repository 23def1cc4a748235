import type { IcmpError } from '../decode/icmp-error.ts'
import type { Segment } from '../decode/segment.ts'
import { isRequest } from './acceptance.ts'
import { OPENED, REFUSED, WAS_RESET } from './connection-flags.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, HAS_NUMBERS } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { distance, isAtOrAfter, isAtOrBefore } from './sequence.ts'
import { RCV_ICMP, RCV_ICMP_PASSIVE } from './state-events.ts'
import { ASSUMED, CLOSED, LISTEN, SYN_RCVD, SYN_SENT, TIME_WAIT, UNKNOWN } from './tcp-state.ts'
import { EVENT_ICMP_ERROR, ICMP_ENDS, ICMP_IGNORED, ICMP_SOFT } from './tracker-events.ts'

/** Linux NR_ICMP_UNREACH; what needs fragmentation is about the path’s MTU and ends nothing. */
const UNREACHABLE = 3
const NET_UNREACHABLE = 0
const HOST_UNREACHABLE = 1
const FRAGMENTATION_NEEDED = 4
const GREATEST_UNREACHABLE_CODE = 15
const SOURCE_QUENCH = 4

const UNREACHABLE_V6 = 1
const PACKET_TOO_BIG_V6 = 2
const PARAMETER_PROBLEM_V6 = 4

const MOST_ICMP_ERRORS = 16
/** A SYN was already under way if it passes this soon after the error that ends its sender: [6.18] 8 ms, ns. */
const CROSSING_TIME = 20e6

/**
 * An ICMP error reaches the end that sent the quoted segment: what Linux does with it (tcp_v4_err, tcp_v6_err,
 * tcp_req_err). Returns ICMP_*.
 */
export function icmpArrives(
  machine: Machine,
  target: Endpoint,
  peer: Endpoint,
  segment: Segment,
  error: IcmpError,
): number {
  const { state } = target
  if (state === CLOSED || state === LISTEN || state === TIME_WAIT || state === UNKNOWN) return ICMP_IGNORED
  if (!isOutstanding(machine, target, segment.seq)) return ICMP_IGNORED
  if (!ask(machine, 'has-a-meaning', !saysNothing(error))) return ICMP_IGNORED
  if (state === SYN_RCVD && isRequest(target, peer)) {
    if (
      !ask(machine, 'ends-a-request', endsRequest(error)) ||
      !machine.enter(target, RCV_ICMP_PASSIVE, ASSUMED)
    )
      return ICMP_SOFT
    return ICMP_ENDS
  }
  const isOpening = state === SYN_SENT || (state === SYN_RCVD && (target.flags & ACTIVE_OPEN) !== 0)
  if (!ask(machine, 'target-opens', isOpening)) return ICMP_SOFT
  if (!ask(machine, 'not-about-size', !isAboutSize(error))) return ICMP_SOFT
  if (!machine.enter(target, RCV_ICMP, ASSUMED)) return ICMP_SOFT
  machine.connection.flags |= (machine.connection.flags & OPENED) === 0 ? REFUSED : WAS_RESET
  return ICMP_ENDS
}

/** The endpoint’s segment at hand and an error that ended it crossed: it disproves nothing. */
export function crossesIcmp(machine: Machine, endpoint: Endpoint): boolean {
  const errors = machine.extraOf(endpoint)?.icmpErrors ?? []
  return errors.some(({ effect, time }) => effect === ICMP_ENDS && machine.now - time < CROSSING_TIME)
}

/** Keeps the error for the report, of many the first ones. */
export function noteIcmpError(
  machine: Machine,
  target: Endpoint,
  segment: Segment,
  { version, type, code, mtu }: IcmpError,
  effect: number,
): void {
  const extra = machine.ensureExtra(target)
  if (extra.icmpErrors.length === MOST_ICMP_ERRORS) return
  extra.noteIcmpError({
    packet: machine.packet,
    time: machine.now,
    version,
    type,
    code,
    mtu,
    effect,
    seq: segment.seq,
  })
}

/** between(seq, snd_una, snd_nxt): anybody can send an error, but few know these numbers. */
function isOutstanding(machine: Machine, { flags, sndUna, sndNxt }: Endpoint, seq: number): boolean {
  if ((flags & HAS_NUMBERS) === 0) return false
  const isOut = isAtOrAfter(seq, sndUna) && isAtOrBefore(seq, sndNxt)
  return ask(machine, 'quoted-is-out', isOut, distance(seq, sndUna), distance(seq, sndNxt))
}

function saysNothing({ version, type, code }: IcmpError): boolean {
  if (version === 6) return false
  return type === SOURCE_QUENCH || (type === UNREACHABLE && code > GREATEST_UNREACHABLE_CODE)
}

function isAboutSize({ version, type, code }: IcmpError): boolean {
  return version === 6 ? type === PACKET_TOO_BIG_V6 : type === UNREACHABLE && code === FRAGMENTATION_NEEDED
}

/** Linux tcp_v4_err lets few errors drop a request; tcp_v6_err those that icmpv6_err_convert calls fatal. */
function endsRequest({ version, type, code }: IcmpError): boolean {
  if (version === 4) return type !== UNREACHABLE || code === NET_UNREACHABLE || code === HOST_UNREACHABLE
  if (type === UNREACHABLE_V6) return code === 1 || code >= 4
  return type === PARAMETER_PROBLEM_V6
}

export function tellIcmpError(machine: Machine, segment: Segment, error: IcmpError, effect: number): void {
  if (!machine.events.wants(EVENT_ICMP_ERROR)) return
  const { event } = machine.events
  event.icmp = error
  event.quotedSeq = segment.seq
  machine.tellOf(EVENT_ICMP_ERROR, machine.sender, machine.receiver, effect)
}
