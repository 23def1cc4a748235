/** Bits of `Endpoint.flags`: what was seen of an endpoint, and what is in doubt about it. */

/** It has sent at least one segment. */
export const SEEN = 1 << 0
/** Its SYN was seen, so `isn` is its initial sequence number. */
export const HAS_ISN = 1 << 1
/** `sndNxt` and `sndUna` mean something: it has sent, or its peer has acknowledged. */
export const HAS_NUMBERS = 1 << 2
/** It has sent an ACK: `ackSent`, `windowEdge` and `window` mean something. */
export const HAS_ACKED = 1 << 3
/** Its SYN offered these (mssScaleAndTtl, RFC 7323, RFC 2018). */
export const OFFERED_MSS = 1 << 4
export const OFFERED_SCALE = 1 << 5
export const OFFERED_SACK = 1 << 6
export const OFFERED_TIMESTAMPS = 1 << 7
/** It opened actively: its first SYN had no ACK. */
export const ACTIVE_OPEN = 1 << 8
/** It sent a FIN, which ends at `finEnd`. */
export const FIN_SENT = 1 << 9
/** It is taken to have received its peer's FIN. */
export const FIN_RECEIVED = 1 << 10
/** It is taken to have received the ACK of its own FIN. */
export const FIN_ACKED = 1 << 11
/** It accepted data after its own FIN: shutdown(), not close(). */
export const HALF_CLOSED = 1 << 12
/** A probe or segment it must answer at once was sent to it: a keep-alive or zero-window probe. */
export const PROBED = 1 << 13
/** `tsRecent` holds a timestamp. */
export const HAS_TS_RECENT = 1 << 14
/** It takes part in an RTT sample: the ACK that reaches `rttSeq` ends it. */
export const RTT_PENDING = 1 << 15
/** A copy of what would move it went unanswered: further copies count only when answered. */
export const DOUBT_HANDSHAKE = 1 << 16
export const DOUBT_FIN = 1 << 17
export const DOUBT_FIN_ACK = 1 << 18
/** The last copy that would have moved it stands in its `EndpointExtra.candidate`. */
export const HAS_CANDIDATE = 1 << 19
/** Cookie or data on its SYN (RFC 7413). */
export const FAST_OPEN = 1 << 20
/** It sent an RST that was taken at its word. */
export const RST_SENT = 1 << 21
/** It accepted an RST. */
export const RST_RECEIVED = 1 << 22
/** It signs with MD5 or AO: unsigned segments to and from it mean nothing. */
export const SIGNED = 1 << 23
/** It sent payload. */
export const SENT_DATA = 1 << 24
/** Its last ACK carried SACK blocks: it holds data out of order. */
export const SACKING = 1 << 25
/** It retries no more (timer). */
export const TIMED_OUT = 1 << 26
/** It offered a window of 0 and has not opened it since. */
export const WINDOW_CLOSED = 1 << 27
/** It has been in TIME_WAIT, if only as was believed then. */
export const HAD_TIME_WAIT = 1 << 28

/** `windowEdge` is in bytes: the scale of the window it offers is known, or there is none. */
export const WINDOW_KNOWN = 1 << 29

/** Its FIN, in its last copy, brought the acknowledgment of its peer's FIN along. */
export const FIN_ACKS_FIN = 1 << 30

/** Its first word on the peer's FIN came from one number behind all it was seen to send: its own FIN was out before. */
export const FIN_UNSEEN = 1 << 31

/** Everything that is forgotten when a segment proves all that was in doubt. */
export const DOUBTS = DOUBT_HANDSHAKE | DOUBT_FIN | DOUBT_FIN_ACK | HAS_CANDIDATE
