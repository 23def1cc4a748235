import type { ConnectionGist, EndpointGist, Outcome } from '../tracker/connection-summary.ts'
import {
  CLOSE_WAIT,
  CLOSING,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SYN_RCVD,
  SYN_SENT,
  type TcpState,
} from '../tracker/tcp-state.ts'

/** Scores are below this, so that a score and an id fit one exact double together. */
export const SCORE_LIMIT = 1024

const BY_OUTCOME: Readonly<Record<Outcome, number>> = {
  'half-open': 9,
  unanswered: 9,
  refused: 8,
  'timed-out': 8,
  reset: 7,
  open: 3,
  unknown: 2,
  closed: 1,
}
const STUCK = 6
const LOSSY = 5

/** How much a person who looks for trouble wants to see this connection; 0 to SCORE_LIMIT - 1, more is more. */
export function connectionScore(connection: ConnectionGist): number {
  let rank = BY_OUTCOME[connection.outcome]
  if (rank < STUCK && (isStuck(connection.client.state) || isStuck(connection.server.state))) rank = STUCK
  else if (rank < LOSSY && isLossy(connection)) rank = LOSSY
  return rank * 100 + Math.min(99, trouble(connection.client) + trouble(connection.server))
}

/** States that a connection passes through in a moment when both ends do their part. */
function isStuck(state: TcpState): boolean {
  return (
    state === CLOSE_WAIT ||
    state === LAST_ACK ||
    state === FIN_WAIT_1 ||
    state === FIN_WAIT_2 ||
    state === CLOSING ||
    state === SYN_SENT ||
    state === SYN_RCVD
  )
}

/** Three or more resent segments that are one in fifty or more. */
function isLossy(connection: ConnectionGist): boolean {
  const resent = connection.client.retransmissions + connection.server.retransmissions
  return resent >= 3 && resent * 50 >= connection.packets
}

function trouble(endpoint: EndpointGist): number {
  return endpoint.retransmissions + endpoint.zeroWindows + endpoint.challengeAcks
}
