import type { Connection } from './connection.ts'
import { EVICTED, SELF } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { FIN_SENT, HAS_ACKED, HAS_NUMBERS, SENT_DATA } from './endpoint-flags.ts'
import { historyText } from './history.ts'
import type { Machine } from './machine.ts'
import { distance, isAfter } from './sequence.ts'
import { ACKNOWLEDGED, ASSUMED, CLOSED, CLOSING, FIN_WAIT_1, LAST_ACK, TIMER } from './tcp-state.ts'
import { ORIGINATOR_AT, RESPONDER_AT, ZEEK_CLOSED, zeekConnState, zeekStateAt } from './zeek-state.ts'

/** What Zeek's conn.log says of a connection beside what everybody counts; the originator is the client. */
export interface ZeekRecord {
  readonly connState: string
  readonly history: string
  /** Nanoseconds up to the segment by which the second of both ends closed, what passed behind that left out. */
  readonly duration: number
  /** Payload by sequence numbers, what was not captured included. */
  readonly origBytes: number
  readonly respBytes: number
  /** Payload of both that was acknowledged and not captured. */
  readonly missedBytes: number
}

/** History letter: the analysis is partial, as a limit was reached. Zeek writes it in upper case. */
const PARTIAL_ANALYSIS = 'X'
const SEQUENCE_SPACE = 2 ** 32
/** What an acknowledgment may be ahead of what was seen: more is a foreign number. */
const FARTHEST_AHEAD = 1 << 30

export function zeekRecord(
  machine: Machine,
  connection: Connection,
  client: Endpoint,
  server: Endpoint,
): ZeekRecord {
  const { zeek, flags, start, end } = connection
  const letters = historyText(connection)
  const history = (flags & EVICTED) === 0 ? letters : letters + PARTIAL_ANALYSIS
  const hasData = ((client.flags | server.flags) & SENT_DATA) !== 0
  const closed = Math.max(
    closedAt(machine, client, zeekStateAt(zeek, ORIGINATOR_AT)),
    closedAt(machine, server, zeekStateAt(zeek, RESPONDER_AT)),
  )
  const isSelf = (flags & SELF) !== 0
  return {
    connState: zeekConnState(zeek, hasData, history),
    history,
    duration: Math.min(end, closed) - start,
    origBytes: sizeOf(machine, client, server, zeekStateAt(zeek, ORIGINATOR_AT)),
    respBytes: isSelf ? 0 : sizeOf(machine, server, client, zeekStateAt(zeek, RESPONDER_AT)),
    missedBytes: missedOf(machine, client) + (isSelf ? 0 : missedOf(machine, server)),
  }
}

/** When it sent its first FIN, or its RST; Infinity if it has not. */
function closedAt({ log }: Machine, endpoint: Endpoint, state: number): number {
  let time = Number.POSITIVE_INFINITY
  if (state < ZEEK_CLOSED) return time
  let isConfirmed = endpoint.basis === ACKNOWLEDGED
  for (let entry = endpoint.logTail; entry !== 0; entry = log.previous(entry)) {
    const basis = log.basis(entry, isConfirmed)
    if (isClosing(log.state(entry)) && basis !== ASSUMED && basis !== TIMER) time = log.time(entry)
    isConfirmed = log.isConfirmedBelow(entry, isConfirmed)
  }
  return time
}

/** A state that an end enters by sending. */
function isClosing(state: number): boolean {
  return state === FIN_WAIT_1 || state === LAST_ACK || state === CLOSING || state === CLOSED
}

/**
 * TCP_Endpoint::Size: from its first number to the last that was sent or acknowledged, without SYN and FIN. Numbers go round
 * every 4 GiB; how often they have is told by the bytes that were seen.
 */
function sizeOf(machine: Machine, endpoint: Endpoint, peer: Endpoint, state: number): number {
  if ((endpoint.flags & HAS_NUMBERS) === 0) return 0
  const extra = machine.extraOf(endpoint)
  const claimed = machine.extraOf(peer)?.claimedAck
  let end = endpoint.sndNxt
  if ((peer.flags & HAS_ACKED) !== 0 && isAhead(peer.ackSent, end)) end = peer.ackSent
  if (claimed !== undefined && isAhead(claimed, end)) end = claimed
  const fin = (endpoint.flags & FIN_SENT) !== 0 || state === ZEEK_CLOSED ? 1 : 0
  const span = Math.max(0, ((end - endpoint.isn) >>> 0) - 1 - fin)
  const seen = endpoint.payloadBytes - (extra?.repeatedBytes ?? 0)
  return span + Math.max(0, Math.round((seen - span) / SEQUENCE_SPACE)) * SEQUENCE_SPACE
}

function isAhead(number: number, end: number): boolean {
  return isAfter(number, end) && distance(number, end) <= FARTHEST_AHEAD
}

function missedOf(machine: Machine, endpoint: Endpoint): number {
  return machine.extraOf(endpoint)?.historyGapBytes ?? 0
}
