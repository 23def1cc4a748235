import type { Segment } from '../decode/segment.ts'
import type { Connection } from './connection.ts'
import { ASKED, BEGAN_TLS, MIDSTREAM, SERVER_SPOKE_FIRST } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { SENT_DATA } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'

/** Where in `Connection.roles` the exchanges are counted; as many as there is room for. */
const EXCHANGES = 17
const MOST_EXCHANGES = 0x7fff
/** Silence of a server, ns, that is worth remembering when it speaks unasked. */
const LONG_PAUSE = 0.5e9

/** First byte of a TLS record (RFC 8446 §5.1): those that a client sends before its first request; then the version. */
const CHANGE_CIPHER_SPEC = 20
const HANDSHAKE = 22
const MAJOR_VERSION = 3
const LAST_MINOR_VERSION = 4
const VERSION_END = 3

/** Exchanges so far: times that the client has sent payload after the server’s, or for the first time; 0 in mid-stream. */
export function exchangesOf(connection: Connection): number {
  return connection.roles >>> EXCHANGES
}

/** New payload passes; before anything of it is written down. */
export function noteTurn(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  receiver: Endpoint,
  segment: Segment,
): void {
  if ((sender.index & 1) !== connection.clientSide) {
    if ((connection.flags & ASKED) !== 0) connection.flags &= ~ASKED
    else if (machine.now - sender.resendTime >= LONG_PAUSE) {
      machine.pauses.add(connection.id, machine.now, machine.now - sender.resendTime, segment.seq)
    }
  } else if ((connection.flags & ASKED) === 0) beginExchange(connection, receiver, segment)
}

/**
 * What a client sends in the handshake of TLS is no request: up to its ChangeCipherSpec in TLS 1.2 and 1.3 alike. The first
 * request comes in a segment of its own, whether or not the server’s session tickets have passed before it.
 */
function beginExchange(connection: Connection, server: Endpoint, segment: Segment): void {
  if (isTlsHandshake(segment)) {
    connection.flags |= BEGAN_TLS
    return
  }
  const hasSpoken = (server.flags & SENT_DATA) !== 0 && exchangesOf(connection) === 0
  if (hasSpoken && (connection.flags & BEGAN_TLS) === 0) connection.flags |= SERVER_SPOKE_FIRST
  connection.flags |= ASKED
  // Joined in mid-stream, who asks is a guess by the ports, and how often before nobody knows.
  if ((connection.flags & MIDSTREAM) !== 0) return
  if (exchangesOf(connection) < MOST_EXCHANGES) connection.roles += 1 << EXCHANGES
}

function isTlsHandshake({ view, payloadStart, captureEnd, ipEnd }: Segment): boolean {
  if (Math.min(captureEnd, ipEnd) - payloadStart < VERSION_END) return false
  const type = view.getUint8(payloadStart)
  if (type !== HANDSHAKE && type !== CHANGE_CIPHER_SPEC) return false
  const isVersion = view.getUint8(payloadStart + 1) === MAJOR_VERSION
  return isVersion && view.getUint8(payloadStart + 2) <= LAST_MINOR_VERSION
}
