import type { ConnectionSummary, EndpointSummary } from '../tracker/connection-summary.ts'
import {
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SENT,
  SYN_RCVD,
  SYN_SENT,
  TIMER,
} from '../tracker/tcp-state.ts'
import { ICMP_ENDS } from '../tracker/tracker-events.ts'
import { icmpName } from './icmp-text.ts'
import { countOf, durationText, timesText } from './number-text.ts'

type Role = 'client' | 'server'

/** Linux TCP_RTO_MIN, ns: until then nobody owes the answer to a FIN. */
const ANSWER_DUE = 200e6

/** What became of a connection, in plain words. `end` is the last moment the report speaks of. */
export function outcomeText(connection: ConnectionSummary, end: number): string {
  return [mainClause(connection, end), ...sideNotes(connection)].join(', ')
}

function mainClause(connection: ConnectionSummary, end: number): string {
  switch (connection.outcome) {
    case 'unanswered':
      return unansweredText(connection)
    case 'refused':
      return refusedText(connection)
    case 'half-open':
      return `SYN-ACK sent ${timesText((connection.handshake?.synAckRetries ?? 0) + 1)}, never completed`
    case 'closed':
      return closedText(connection)
    case 'reset':
      return resetText(connection)
    case 'timed-out':
      return timedOutText(connection)
    case 'open':
      return openText(connection, end)
    case 'unknown':
      return connection.oneSided ? 'one direction captured, too little seen' : 'too little seen'
  }
}

function unansweredText(connection: ConnectionSummary): string {
  const sent = (connection.handshake?.synRetries ?? 0) + 1
  const ending = gaveUp(connection.client) ? ', given up' : ''
  return `SYN sent ${timesText(sent)}, never answered${ending}`
}

function refusedText({ client, server }: ConnectionSummary): string {
  const error = client.icmpErrors.find(({ effect }) => effect === ICMP_ENDS)
  if (error !== undefined) return `refused by ${icmpName(error.version, error.type, error.code)}`
  if (server.resets > 0) return 'refused by server'
  return client.resets > 0 ? 'reset by client before it was open' : 'refused on the way'
}

function closedText(connection: ConnectionSummary): string {
  switch (connection.closedFirst) {
    case null:
      return 'closed'
    case 'both':
      return 'closed by both at once'
    default:
      return `closed by ${connection.closedFirst}, orderly`
  }
}

function resetText(connection: ConnectionSummary): string {
  const by = resetBy(connection)
  if (by !== null && gaveUp(connection[by])) {
    const { stateSince } = connection[by]
    return `${by} gave up after ${durationText(stateSince - connection.start)}, reset ${other(by)} later`
  }
  const after = `after ${durationText(resetAt(connection) - connection.start)}`
  // Whoever sends a reset is closed by it; an end that is still open did not send this one.
  if (by !== null && connection[by].state !== CLOSED)
    return `reset in ${by}'s name ${after}, ${by} still open`
  const reset = by === null ? `reset ${after}` : `reset by ${by} ${after}`
  const { closedFirst } = connection
  return closedFirst === null || closedFirst === 'both' ? reset : `${reset}, ${closedFirst} had closed`
}

/** Who sent the reset; when both did, the one it closed first. */
function resetBy(connection: ConnectionSummary): Role | null {
  const { client, server } = connection
  if (client.resets === 0 && server.resets === 0) return null
  if (server.resets === 0) return 'client'
  if (client.resets === 0) return 'server'
  return sentResetAt(client) <= sentResetAt(server) ? 'client' : 'server'
}

/** When the first of the two ends was gone by a packet. */
function resetAt({ client, server, end }: ConnectionSummary): number {
  const closings = [client, server]
    .map(({ transitions }) => transitions.findLast((step) => step.state === CLOSED && step.basis !== TIMER))
    .flatMap((step) => (step === undefined ? [] : [step.time]))
  return closings.length === 0 ? end : Math.min(...closings)
}

function gaveUp({ state, stateBasis }: EndpointSummary): boolean {
  return state === CLOSED && stateBasis === TIMER
}

function sentResetAt(endpoint: EndpointSummary): number {
  const closed = endpoint.transitions.find((step) => step.state === CLOSED && step.basis === SENT)
  return closed?.time ?? Number.POSITIVE_INFINITY
}

function timedOutText(connection: ConnectionSummary): string {
  const goneRoles = (['client', 'server'] as const).filter((role) => gaveUp(connection[role]))
  const first = goneRoles.sort((a, b) => connection[a].stateSince - connection[b].stateSince)[0]
  if (first === undefined) return 'timed out'
  return `${first} gave up after ${durationText(connection[first].stateSince - connection.start)}`
}

function openText(connection: ConnectionSummary, end: number): string {
  const { client, server } = connection
  for (const role of ['client', 'server'] as const) {
    const text = closingText(role, connection[role], connection[other(role)], end)
    if (text !== null) return text
  }
  const opening = [client, server].find(({ state }) => state === SYN_SENT || state === SYN_RCVD)
  if (opening !== undefined) return `opening for ${durationText(end - connection.start)}`
  const idle = end - connection.end
  if (client.state !== ESTABLISHED || server.state !== ESTABLISHED) return 'open at one end'
  return idle >= 1e9 ? `open, idle ${durationText(idle)}` : 'open'
}

/** An end that waits for something in the middle of a close: for what, and how long already. */
function closingText(
  role: Role,
  endpoint: EndpointSummary,
  peer: EndpointSummary,
  end: number,
): string | null {
  const waited = durationText(Math.max(0, end - endpoint.stateSince))
  const peerRole = other(role)
  switch (endpoint.state) {
    case CLOSE_WAIT:
      // Only who is known to have the peer's FIN can be said to keep it waiting.
      if (endpoint.packets === 0) return `closed by ${peerRole}, ${role} not captured`
      if (endpoint.stateBasis === ASSUMED) return unansweredFinText(peerRole, endpoint.stateSince, end)
      return `${role} has not closed: CLOSE_WAIT for ${waited}`
    case LAST_ACK:
      return unansweredFinText(role, endpoint.stateSince, end)
    case CLOSING:
      return `closed by both, ${unansweredFinText(role, endpoint.stateSince, end)}`
    case FIN_WAIT_1:
      return peer.state === CLOSE_WAIT ? null : unansweredFinText(role, endpoint.stateSince, end)
    case FIN_WAIT_2:
      return peer.state === CLOSE_WAIT || peer.state === LAST_ACK
        ? null
        : `${role} waits for ${peerRole}'s FIN for ${waited}`
    default:
      return null
  }
}

function unansweredFinText(role: Role, since: number, end: number): string {
  const waited = end - since
  if (waited < ANSWER_DUE) return `${role}'s FIN not yet acknowledged`
  return `${role}'s FIN not acknowledged for ${durationText(waited)}`
}

function sideNotes({ client, server, midstream, evicted, outcome }: ConnectionSummary): string[] {
  const notes: string[] = []
  const resent = client.retransmissions + server.retransmissions
  const probesOnly = outcome === 'unanswered' || outcome === 'half-open' || outcome === 'refused'
  if (resent > 0 && !probesOnly) notes.push(countOf(resent, 'retransmission'))
  const closedWindows = client.zeroWindows + server.zeroWindows
  if (closedWindows > 0) notes.push(countOf(closedWindows, 'zero window'))
  const challenges = client.challengeAcks + server.challengeAcks
  if (challenges > 0) notes.push(countOf(challenges, 'challenge ACK'))
  if (midstream && outcome !== 'unknown') notes.push('start not seen')
  if (evicted) notes.push('then forgotten to make room')
  return notes
}

function other(role: Role): Role {
  return role === 'client' ? 'server' : 'client'
}
