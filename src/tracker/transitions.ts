import * as on from './state-events.ts'
import { STATE_EVENT_NAMES, type StateEvent } from './state-events.ts'
import {
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  LISTEN,
  STATE_NAMES,
  SYN_RCVD,
  SYN_SENT,
  type TcpState,
  TIME_WAIT,
  UNKNOWN,
} from './tcp-state.ts'

/*
 * We watch segments between two endpoints from one point. For each segment its sender takes a SEND event, which is
 * certain, and then its receiver the RCV events, if it accepts the segment, on the assumption that it arrives: a
 * segment may be lost behind us. What disproves an assumption takes the transition back (machine.ts); it is no
 * transition of its own. Which segments are accepted is not decided here but in segment-arrives.ts.
 *
 * One line per arrow; the last column is where it comes from: a section of RFC 9293, or a kernel function where Linux
 * goes its own way. docs/state-machine.md is printed from this list.
 */
export type TransitionRule = readonly [from: TcpState, event: StateEvent, to: TcpState, source: string]

export const TRANSITIONS: readonly TransitionRule[] = [
  // UNKNOWN: nothing seen of this endpoint yet
  [UNKNOWN, on.SEND_SYN, SYN_SENT, '3.10.1 OPEN call, active'],
  [UNKNOWN, on.SEND_SYN_ACK, SYN_RCVD, '3.10.7.2 third: its listener took a SYN that was not captured'],
  [UNKNOWN, on.SEND_RST, CLOSED, '3.10.7.1: nothing there'],
  [UNKNOWN, on.RCV_RST, CLOSED, '3.10.7.4 second: it was open, in which state is not known'],
  [UNKNOWN, on.SEEN_LISTENING, LISTEN, 'a SYN is on its way to it'],
  [UNKNOWN, on.SEEN_OPEN, ESTABLISHED, 'the capture began later than the connection'],
  // LISTEN
  [LISTEN, on.SEND_SYN, SYN_SENT, '3.10.2 SEND call; also both ends opening at once'],
  [LISTEN, on.SEND_SYN_ACK, SYN_RCVD, '3.10.7.2 third'],
  [LISTEN, on.RCV_SYN, SYN_RCVD, '3.10.7.2 third'],
  [LISTEN, on.SEND_RST, CLOSED, '3.10.7.1: it refused, so nothing listens'],
  [LISTEN, on.RCV_ACK_OF_SYN, ESTABLISHED, 'Linux cookie_v4_check: a SYN cookie comes back'],
  [LISTEN, on.SEEN_OPEN, ESTABLISHED, 'its SYN-ACK was not captured'],
  [LISTEN, on.REPLACED, CLOSED, 'the tuple opens anew'],
  // SYN_SENT
  [SYN_SENT, on.SEND_SYN_ACK, SYN_RCVD, '3.10.7.3 fourth: simultaneous open'],
  [SYN_SENT, on.RCV_SYN, SYN_RCVD, '3.10.7.3 fourth: simultaneous open'],
  [SYN_SENT, on.RCV_SYN_ACK, ESTABLISHED, '3.10.7.3 fourth'],
  [SYN_SENT, on.RCV_RST, CLOSED, '3.10.7.3 second'],
  [SYN_SENT, on.RCV_ICMP, CLOSED, '3.9.2.2; Linux tcp_v4_err, tcp_v6_err'],
  [SYN_SENT, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [SYN_SENT, on.GAVE_UP, CLOSED, '3.8.3 R2; Linux tcp_write_timeout, tcp_syn_retries'],
  [SYN_SENT, on.REPLACED, CLOSED, 'the tuple opens anew'],
  [SYN_SENT, on.SEEN_OPEN, ESTABLISHED, 'the SYN-ACK was not captured'],
  // SYN_RCVD
  [SYN_RCVD, on.RCV_ACK_OF_SYN, ESTABLISHED, '3.10.7.4 fifth'],
  [SYN_RCVD, on.SEEN_OPEN, ESTABLISHED, 'the ACK of its SYN was not captured'],
  [SYN_RCVD, on.SEND_FIN, FIN_WAIT_1, '3.10.4 CLOSE call'],
  [SYN_RCVD, on.RCV_FIN, CLOSE_WAIT, '3.10.7.4 eighth; Fast Open reads before the ACK of the SYN'],
  [SYN_RCVD, on.RCV_RST, CLOSED, '3.10.7.4 second, active OPEN'],
  [SYN_RCVD, on.RCV_RST_PASSIVE, LISTEN, '3.10.7.4 second, passive OPEN; Linux tcp_check_req'],
  [SYN_RCVD, on.RCV_ICMP, CLOSED, 'Linux tcp_v4_err, tcp_v6_err: both ends opening at once'],
  [SYN_RCVD, on.RCV_ICMP_PASSIVE, LISTEN, 'Linux tcp_req_err'],
  [SYN_RCVD, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [SYN_RCVD, on.GAVE_UP, CLOSED, '3.8.3 R2; Linux tcp_synack_retries'],
  [SYN_RCVD, on.GAVE_UP_PASSIVE, LISTEN, 'Linux reqsk_timer_handler; or a SYN cookie, which keeps no state'],
  [SYN_RCVD, on.REPLACED, CLOSED, 'the tuple opens anew'],
  // ESTABLISHED
  [ESTABLISHED, on.SEND_FIN, FIN_WAIT_1, '3.10.4 CLOSE call'],
  [ESTABLISHED, on.RCV_FIN, CLOSE_WAIT, '3.10.7.4 eighth'],
  [ESTABLISHED, on.RCV_RST, CLOSED, '3.10.7.4 second, narrowed by RFC 5961 3.2'],
  [ESTABLISHED, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [ESTABLISHED, on.GAVE_UP, CLOSED, '3.8.3 R2; Linux tcp_retries2: nothing is sent'],
  [ESTABLISHED, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // FIN_WAIT_1
  [FIN_WAIT_1, on.RCV_ACK_OF_FIN, FIN_WAIT_2, '3.10.7.4 fifth'],
  [FIN_WAIT_1, on.RCV_FIN, CLOSING, '3.10.7.4 eighth'],
  [FIN_WAIT_1, on.RCV_RST, CLOSED, '3.10.7.4 second'],
  [FIN_WAIT_1, on.SEND_RST, CLOSED, '3.10.5 ABORT call; Linux tcp_rcv_state_process: data after close()'],
  [FIN_WAIT_1, on.GAVE_UP, CLOSED, 'Linux tcp_orphan_retries'],
  [FIN_WAIT_1, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // FIN_WAIT_2
  [FIN_WAIT_2, on.RCV_FIN, TIME_WAIT, '3.10.7.4 eighth'],
  [FIN_WAIT_2, on.RCV_RST, CLOSED, '3.10.7.4 second'],
  [
    FIN_WAIT_2,
    on.SEND_RST,
    CLOSED,
    '3.10.5 ABORT call; Linux tcp_timewait_state_process: data after close()',
  ],
  [FIN_WAIT_2, on.FIN_WAIT_2_ELAPSED, CLOSED, 'Linux tcp_fin_timeout, after close()'],
  [FIN_WAIT_2, on.GAVE_UP, CLOSED, '3.8.3 R2'],
  [FIN_WAIT_2, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // CLOSE_WAIT
  [CLOSE_WAIT, on.SEND_FIN, LAST_ACK, '3.10.4 CLOSE call'],
  [CLOSE_WAIT, on.RCV_RST, CLOSED, '3.10.7.4 second'],
  [CLOSE_WAIT, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [CLOSE_WAIT, on.GAVE_UP, CLOSED, '3.8.3 R2'],
  [CLOSE_WAIT, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // CLOSING
  [CLOSING, on.RCV_ACK_OF_FIN, TIME_WAIT, '3.10.7.4 fifth'],
  [CLOSING, on.RCV_RST, CLOSED, '3.10.7.4 second'],
  [CLOSING, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [CLOSING, on.GAVE_UP, CLOSED, 'Linux tcp_orphan_retries'],
  [CLOSING, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // LAST_ACK
  [LAST_ACK, on.RCV_ACK_OF_FIN, CLOSED, '3.10.7.4 fifth'],
  [LAST_ACK, on.RCV_RST, CLOSED, '3.10.7.4 second'],
  [LAST_ACK, on.SEND_RST, CLOSED, '3.10.5 ABORT call'],
  [LAST_ACK, on.GAVE_UP, CLOSED, 'Linux tcp_orphan_retries'],
  [LAST_ACK, on.REPLACED, CLOSED, 'its host has forgotten it: 3.5.1'],
  // TIME_WAIT
  [TIME_WAIT, on.TIME_WAIT_ELAPSED, CLOSED, '3.10.8; Linux TCP_TIMEWAIT_LEN, 60 s'],
  [TIME_WAIT, on.RCV_RST, CLOSED, 'Linux tcp_timewait_state_process, tcp_rfc1337 = 0; RFC 1337'],
  [TIME_WAIT, on.SEND_RST, CLOSED, 'Linux tcp_timewait_state_process'],
  [TIME_WAIT, on.REPLACED, CLOSED, '3.10.7.4 fourth, RFC 6191; Linux TCP_TW_SYN'],
  // CLOSED
  [CLOSED, on.SEND_SYN, SYN_SENT, '3.10.1 OPEN call, active'],
  [CLOSED, on.SEND_SYN_ACK, SYN_RCVD, '3.10.7.2 third'],
]

/** No arrow leads from this state on this event: the endpoint stays where it is. */
export const NO_TRANSITION = 255

const EVENT_BITS = 5
const MATRIX = compile(TRANSITIONS)

/** The state that `event` leads to from `state`, or NO_TRANSITION. */
export function nextState(state: TcpState, event: StateEvent): TcpState {
  return MATRIX[(state << EVENT_BITS) | event] as TcpState
}

/**
 * The list as a matrix indexed by state and event.
 * @throws when a pair occurs twice, or a state can never be entered.
 */
export function compile(rules: readonly TransitionRule[]): Uint8Array {
  const matrix = new Uint8Array(STATE_NAMES.length << EVENT_BITS).fill(NO_TRANSITION)
  for (const [from, event, to] of rules) {
    const at = (from << EVENT_BITS) | event
    if (matrix[at] !== NO_TRANSITION) {
      throw new Error(`two transitions from ${STATE_NAMES[from]} on ${STATE_EVENT_NAMES[event]}`)
    }
    matrix[at] = to
  }
  for (let state = LISTEN; state <= CLOSED; state++) {
    if (!rules.some(([, , to]) => to === state)) throw new Error(`${STATE_NAMES[state]} can never be entered`)
  }
  return matrix
}
