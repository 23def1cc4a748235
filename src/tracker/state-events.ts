/**
 * What can happen to an endpoint, as an observer names it. SEND events move the sender of a segment, RCV events its
 * receiver if it accepts the segment, the others come from timers or from what was first seen.
 */
export const SEND_SYN = 0
export const SEND_SYN_ACK = 1
export const SEND_FIN = 2
export const SEND_RST = 3
export const RCV_SYN = 4
export const RCV_SYN_ACK = 5
export const RCV_ACK_OF_SYN = 6
export const RCV_FIN = 7
export const RCV_ACK_OF_FIN = 8
/** An RST that the receiver accepts; PASSIVE where its half-open connection came from a listener. */
export const RCV_RST = 9
export const RCV_RST_PASSIVE = 10
export const TIME_WAIT_ELAPSED = 11
export const FIN_WAIT_2_ELAPSED = 12
/** Retries are over, or a repeat that was due did not come. */
export const GAVE_UP = 13
export const GAVE_UP_PASSIVE = 14
/** A SYN took over the tuple of a connection that lingered in TIME_WAIT, or whose host has forgotten it. */
export const REPLACED = 15
/** First seen in the middle of its life. */
export const SEEN_LISTENING = 16
export const SEEN_OPEN = 17
/** An ICMP error that ends the attempt to connect; PASSIVE where the half-open connection came from a listener. */
export const RCV_ICMP = 18
export const RCV_ICMP_PASSIVE = 19

export const STATE_EVENT_NAMES = [
  'SEND_SYN',
  'SEND_SYN_ACK',
  'SEND_FIN',
  'SEND_RST',
  'RCV_SYN',
  'RCV_SYN_ACK',
  'RCV_ACK_OF_SYN',
  'RCV_FIN',
  'RCV_ACK_OF_FIN',
  'RCV_RST',
  'RCV_RST_PASSIVE',
  'TIME_WAIT_ELAPSED',
  'FIN_WAIT_2_ELAPSED',
  'GAVE_UP',
  'GAVE_UP_PASSIVE',
  'REPLACED',
  'SEEN_LISTENING',
  'SEEN_OPEN',
  'RCV_ICMP',
  'RCV_ICMP_PASSIVE',
] as const

/** Index into STATE_EVENT_NAMES. */
export type StateEvent = number
