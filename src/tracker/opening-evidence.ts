import type { Segment } from '../decode/segment.ts'
import { FIN } from '../decode/tcp-flags.ts'
import { OPTION_SACK } from '../decode/tcp-options.ts'
import type { Connection } from './connection.ts'
import { USED_FAST_OPEN } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { ACTIVE_OPEN, DOUBT_HANDSHAKE, HAS_ACKED, HAS_ISN } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { CHALLENGE_TIME } from './retry-times.ts'
import { CAUSE_NONE } from './segment-class.ts'
import { isAfter, isBefore } from './sequence.ts'
import { SEEN_OPEN } from './state-events.ts'
import { ACKNOWLEDGED, ESTABLISHED, LISTEN, SENT, SYN_RCVD, SYN_SENT, UNKNOWN } from './tcp-state.ts'

/** A segment without SYN is sent by an endpoint that is open. */
export function weighOpening(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  segment: Segment,
): void {
  switch (sender.state) {
    case UNKNOWN:
    case LISTEN:
    case SYN_SENT:
      machine.resolve(sender, SEEN_OPEN, SENT)
      sender.rcvNxt = segment.ack
      return
    case SYN_RCVD: {
      if (isFastOpenServer(connection, sender) && (sender.flags & DOUBT_HANDSHAKE) === 0) return
      if (
        segment.payloadLength === 0 &&
        (segment.flags & FIN) === 0 &&
        !isBefore(sender.rcvNxt, segment.ack)
      ) {
        if (isAnswer(machine, sender)) return
      }
      machine.resolve(sender, SEEN_OPEN, ACKNOWLEDGED)
      return
    }
    case ESTABLISHED:
      // Behind Fast Open it may have sent this before the last ACK came.
      if (isFastOpenServer(connection, sender) && !isAfter(segment.ack, sender.ackSent)) return
      if (machine.isUnproven(sender) && !isOfRequest(machine, sender, segment)) {
        machine.confirm(sender)
        machine.setDeadline(sender)
      }
  }
}

/**
 * A handshake that waits for its third segment, or for room, answers with this what it cannot take (tcp_check_req): a bare ACK of
 * no more than the SYN.
 */
function isOfRequest(machine: Machine, sender: Endpoint, segment: Segment): boolean {
  const { isn, flags } = machine.peerOf(sender)
  if ((sender.flags & ACTIVE_OPEN) !== 0 || (flags & HAS_ISN) === 0) return false
  const isBare = segment.payloadLength === 0 && (segment.flags & FIN) === 0
  return isBare && segment.ack === ((isn + 1) | 0) && (segment.options.present & OPTION_SACK) === 0
}

/** It may speak before the handshake is over (RFC 7413). */
function isFastOpenServer(connection: Connection, endpoint: Endpoint): boolean {
  return (
    (connection.flags & USED_FAST_OPEN) !== 0 && (endpoint.flags & (ACTIVE_OPEN | HAS_ACKED)) === HAS_ACKED
  )
}

/** The endpoint was lately sent something it answers with a bare ACK whatever its state. */
function isAnswer(machine: Machine, sender: Endpoint): boolean {
  const extra = machine.extraOf(sender)
  return (
    extra !== undefined &&
    extra.provokedBy !== CAUSE_NONE &&
    machine.now - extra.provokedTime < CHALLENGE_TIME
  )
}
