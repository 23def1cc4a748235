/** Bits of `Connection.flags`. */

/** The row is in use. */
export const LIVE = 1 << 0
/** Both ends are one socket. */
export const SELF = 1 << 1
/** It was first seen without its SYN. */
export const MIDSTREAM = 1 << 2
/** Wireshark's base number of endpoint 0 or 1 is known. */
export const STREAM_BASE_0 = 1 << 3
export const STREAM_BASE_1 = 1 << 4
/** It reached ESTABLISHED on both ends. */
export const OPENED = 1 << 5
/** The SYN was answered by RST, or an RST ended it before it was open. */
export const REFUSED = 1 << 6
/** An accepted RST ended it after it was open. */
export const WAS_RESET = 1 << 7
/** A pending SYN stands in the connection's extra. */
export const HAS_PENDING_SYN = 1 << 8
/** First FIN by endpoint 0 or 1. */
export const FIRST_FIN_0 = 1 << 9
export const FIRST_FIN_1 = 1 << 10
/** More than one SYN or SYN-ACK copy, or a resend: no handshake RTT (Karn). */
export const HANDSHAKE_AMBIGUOUS = 1 << 11
/** Data or a cookie rode on the SYN. */
export const USED_FAST_OPEN = 1 << 12
/** Segments of it bore VLAN tags; one end's bore different ones. */
export const TAGGED = 1 << 14
export const VLAN_COLLISION = 1 << 15
/** Its segments are being logged for the ladder. */
export const WATCHED = 1 << 13
/** What the capture did to it: data or what acknowledges it missing, frames held twice, segments late. */
export const MISSED_SEGMENTS = 1 << 16
export const DOUBLED_FRAMES = 1 << 17
export const DISORDERED = 1 << 18
/** A checksum that is not right: left to the card, or broken. */
export const UNFINISHED_CHECKSUM = 1 << 19
/** A header or its options were cut by the snapshot length. */
export const CUT_SHORT = 1 << 20
/** The client has sent payload that is a request since the server last sent any (exchanges.ts). */
export const ASKED = 1 << 21
/** The client’s first payload belongs to a TLS handshake. */
export const BEGAN_TLS = 1 << 22
/** The server sent payload before the client’s first. */
export const SERVER_SPOKE_FIRST = 1 << 23
/** It has to make room for another connection (eviction.ts). */
export const EVICTED = 1 << 24
/** What is known of the IP IDs of endpoint 0, and one bit up of endpoint 1 (ip-id-series.ts). */
export const HAS_IP_ID = 1 << 25
export const COUNTS_IP_ID = 1 << 27
export const DRAWS_IP_ID = 1 << 29
