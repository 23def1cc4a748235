// The eleven states of RFC 9293 section 3.3.2, and one more.

/** Too little was seen of the endpoint. */
export const UNKNOWN = 0
/** It waits for a SYN. */
export const LISTEN = 1
/** It has sent a SYN. */
export const SYN_SENT = 2
/** It has answered a SYN, or met one. */
export const SYN_RCVD = 3
/** It is open. */
export const ESTABLISHED = 4
/** It has closed, and its FIN is not acknowledged. */
export const FIN_WAIT_1 = 5
/** It has closed, and waits for the FIN of the other. */
export const FIN_WAIT_2 = 6
/** The other has closed, and it has not. */
export const CLOSE_WAIT = 7
/** Both have closed at once, and its FIN is not acknowledged. */
export const CLOSING = 8
/** The other closed first, and its own FIN is not acknowledged. */
export const LAST_ACK = 9
/** It closed first, and waits for stragglers. */
export const TIME_WAIT = 10
/** It has no socket any more. */
export const CLOSED = 11

export const STATE_NAMES = [
  'UNKNOWN',
  'LISTEN',
  'SYN_SENT',
  'SYN_RCVD',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSED',
] as const

/** The name of a state: those of RFC 9293, and UNKNOWN. */
export type StateName = (typeof STATE_NAMES)[number]

/** Index into STATE_NAMES. */
export type TcpState = number

/** The name of a state. */
export function stateName(state: TcpState): StateName {
  return STATE_NAMES[state] ?? 'UNKNOWN'
}

// On what a state rests, weakest last (docs/state-machine.md).

/** It sent what only this state sends. */
export const SENT = 0
/** It has shown that it received what moved it there. */
export const ACKNOWLEDGED = 1
/** It was sent what moves it there, and has not shown it yet. */
export const ASSUMED = 2
/** Time has passed that it does not wait beyond. */
export const TIMER = 3

export const BASIS_NAMES = ['sent', 'acknowledged', 'assumed', 'timer'] as const

/** On what a state rests: sent, acknowledged, assumed, timer. */
export type BasisName = (typeof BASIS_NAMES)[number]

/** Index into BASIS_NAMES. */
export type Basis = number

/** The name of a basis. */
export function basisName(basis: Basis): BasisName {
  return BASIS_NAMES[basis] ?? 'assumed'
}
