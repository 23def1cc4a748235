/** The eleven states of RFC 9293 section 3.3.2, and UNKNOWN for an endpoint of which too little was seen. */
export const UNKNOWN = 0
export const LISTEN = 1
export const SYN_SENT = 2
export const SYN_RCVD = 3
export const ESTABLISHED = 4
export const FIN_WAIT_1 = 5
export const FIN_WAIT_2 = 6
export const CLOSE_WAIT = 7
export const CLOSING = 8
export const LAST_ACK = 9
export const TIME_WAIT = 10
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

export type StateName = (typeof STATE_NAMES)[number]

/** Index into STATE_NAMES. */
export type TcpState = number

export function stateName(state: TcpState): StateName {
  return STATE_NAMES[state] ?? 'UNKNOWN'
}

/** On what a state rests, weakest last (docs/state-machine.md). */
export const SENT = 0
export const ACKNOWLEDGED = 1
export const ASSUMED = 2
export const TIMER = 3

export const BASIS_NAMES = ['sent', 'acknowledged', 'assumed', 'timer'] as const

export type BasisName = (typeof BASIS_NAMES)[number]

/** Index into BASIS_NAMES. */
export type Basis = number

export function basisName(basis: Basis): BasisName {
  return BASIS_NAMES[basis] ?? 'assumed'
}
