import {
  CLOSE_WAIT,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  type StateName,
  SYN_RCVD,
  SYN_SENT,
  stateName,
  type TcpState,
  TIME_WAIT,
} from '../tracker/tcp-state.ts'

/** States of a socket that exists, in the order of a connection's life. */
export const OPEN_STATES: readonly TcpState[] = [
  SYN_SENT,
  SYN_RCVD,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  CLOSING,
  CLOSE_WAIT,
  LAST_ACK,
  TIME_WAIT,
]

export const OPEN_STATE_NAMES: readonly StateName[] = OPEN_STATES.map(stateName)
