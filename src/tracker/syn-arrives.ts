import type { Segment } from '../decode/segment.ts'
import { OPTION_TIMESTAMPS } from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import { OPENED } from './connection-flags.ts'
import { ask } from './decision-trail.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, HAS_ISN, HAS_NUMBERS, HAS_TS_RECENT, SEEN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { distance, isAfter } from './sequence.ts'
import { CLOSED, LISTEN, SYN_RCVD, SYN_SENT, type TcpState, TIME_WAIT, UNKNOWN } from './tcp-state.ts'

/** Another copy of the SYN that opened this connection. */
export const SYN_REPEATS = 0
/** Both ends open at once. */
export const SYN_SIMULTANEOUS = 1
/** The tuple is free for it: a new connection. */
export const SYN_OPENS = 2
/** The tuple is alive: wait for the answer that tells. */
export const SYN_PENDS = 3

/** What a SYN without ACK means on a tuple that has a connection. */
export function synVerdict(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): number {
  const reopens = receiver.state === TIME_WAIT && reopensTimeWait(machine, receiver, segment)
  if (hasSameNumber(machine, sender, segment) && ask(machine, 'no-reopening', !reopens)) {
    const isOver = (connection.flags & OPENED) !== 0 && isGone(sender.state) && isGone(receiver.state)
    return ask(machine, 'old-one-not-over', !isOver) ? SYN_REPEATS : SYN_OPENS
  }
  if (ask(machine, 'peer-opens', receiver.state === SYN_SENT)) {
    const hasSent = (sender.flags & (SEEN | HAS_ISN)) !== 0
    const isFirst = !hasSent && (isGone(sender.state) || sender.state === SYN_RCVD)
    if (ask(machine, 'nothing-sent-before', isFirst)) return SYN_SIMULTANEOUS
  }
  if (ask(machine, 'no-socket-at-peer', isGone(receiver.state))) return SYN_OPENS
  // Where nobody listens, as on the port of one who opened actively, TIME_WAIT answers all the same.
  if (reopens) {
    const mayListen = (receiver.flags & ACTIVE_OPEN) === 0
    if (ask(machine, 'listener-behind-time-wait', mayListen)) return SYN_OPENS
  }
  return SYN_PENDS
}

function hasSameNumber(machine: Machine, sender: Endpoint, segment: Segment): boolean {
  if ((sender.flags & (HAS_ISN | HAS_NUMBERS)) === 0) return false
  const above = distance(segment.seq, sender.isn)
  return ask(machine, 'same-syn-number', above === 0, above)
}

/** No socket holds the tuple at this end. */
export function isGone(state: TcpState): boolean {
  return state === CLOSED || state === LISTEN || state === UNKNOWN
}

/** No socket that anything is expected of. */
export function isOver(state: TcpState): boolean {
  return state === TIME_WAIT || isGone(state)
}

/** Linux tcp_timewait_state_process, TCP_TW_SYN; RFC 6191: a later number, or a later timestamp. */
function reopensTimeWait(machine: Machine, endpoint: Endpoint, segment: Segment): boolean {
  const hasTimestamp =
    (segment.options.present & OPTION_TIMESTAMPS) !== 0 && (endpoint.flags & HAS_TS_RECENT) !== 0
  const age = (endpoint.tsRecent - segment.options.tsVal) | 0
  const above = distance(segment.seq, endpoint.rcvNxt)
  if (!hasTimestamp)
    return ask(machine, 'number-beyond-time-wait', isAfter(segment.seq, endpoint.rcvNxt), above)
  const isLater = age <= 0 && (isAfter(segment.seq, endpoint.rcvNxt) || age < 0)
  return ask(machine, 'later-than-time-wait', isLater, above, -age)
}
