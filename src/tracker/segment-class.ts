/** What a segment was taken for. Exactly one class per segment; index into SEGMENT_CLASS_NAMES. */
export const CLASS_NEW = 0
/** An ACK without payload that tells something new. */
export const CLASS_ACK = 1
export const CLASS_DUPLICATE_ACK = 2
export const CLASS_WINDOW_UPDATE = 3
export const CLASS_RETRANSMISSION_TIMEOUT = 4
export const CLASS_RETRANSMISSION_FAST = 5
export const CLASS_TAIL_LOSS_PROBE = 6
/** Resent although an acknowledgment for all of it had already passed the capture point. */
export const CLASS_SPURIOUS_RETRANSMISSION = 7
/** Late, but sent once: reordering on the way to the capture point. */
export const CLASS_OUT_OF_ORDER = 8
export const CLASS_KEEP_ALIVE = 9
export const CLASS_KEEP_ALIVE_ACK = 10
export const CLASS_ZERO_WINDOW_PROBE = 11
export const CLASS_ZERO_WINDOW_PROBE_ACK = 12
export const CLASS_CHALLENGE_ACK = 13
/** The same frame seen again by the capture, not by TCP. */
export const CLASS_CAPTURE_DUPLICATE = 14
/** A SYN on a live connection, waiting for the answer that tells what it was. */
export const CLASS_PENDING_SYN = 15
/** Outside what its receiver accepts, and no class above. */
export const CLASS_UNACCEPTABLE = 16

export const SEGMENT_CLASS_NAMES = [
  'new',
  'ack',
  'duplicate-ack',
  'window-update',
  'retransmission-timeout',
  'retransmission-fast',
  'tail-loss-probe',
  'spurious-retransmission',
  'out-of-order',
  'keep-alive',
  'keep-alive-ack',
  'zero-window-probe',
  'zero-window-probe-ack',
  'challenge-ack',
  'capture-duplicate',
  'pending-syn',
  'unacceptable',
] as const

export type SegmentClass = number

/** What drew a challenge ACK (RFC 5961 sections 3.2, 4.2, 5.2; Linux tcp_send_challenge_ack). */
export const CAUSE_NONE = 0
export const CAUSE_SYN = 1
export const CAUSE_RST = 2
export const CAUSE_OLD_ACK = 3
export const CAUSE_FUTURE_ACK = 4
/** Out of the window or an old timestamp: a plain duplicate ACK by the same rate limit. */
export const CAUSE_OUT_OF_WINDOW = 5
export const CAUSE_PAWS = 6
/** An acknowledgment of what was never sent, in a handshake: it draws an RST, no challenge. */
export const CAUSE_WRONG_ACK = 7

export const CAUSE_NAMES = [
  'none',
  'syn',
  'rst',
  'old-ack',
  'future-ack',
  'out-of-window',
  'paws',
  'wrong-ack',
] as const
