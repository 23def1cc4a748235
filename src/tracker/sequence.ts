/**
 * Arithmetic on TCP sequence numbers (RFC 9293 section 3.4; serial numbers of 32 bits, RFC 1982 section 3).
 *
 * A sequence number is an int32: every result here is one, whatever 32-bit spelling came in, and `>>> 0` prints it.
 * The order is the sign of the difference modulo 2^32, as in Linux's before() and after() (include/net/tcp.h), so it
 * only means something for numbers less than 2^31 apart. RFC 1982 leaves the order of numbers exactly 2^31 apart
 * undefined; here, as in Linux, each of such a pair is both before and after the other.
 */

/** `value + count` modulo 2^32. */
export function add(value: number, count: number): number {
  return (value + count) | 0
}

/** How far `a` lies past `b`, as int32: negative if `a` is before `b`. */
export function distance(a: number, b: number): number {
  return (a - b) | 0
}

export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

export function isAfter(a: number, b: number): boolean {
  return ((b - a) | 0) < 0
}

/** The negation of `isAfter`. */
export function isAtOrBefore(a: number, b: number): boolean {
  return ((b - a) | 0) >= 0
}

/** The negation of `isBefore`. */
export function isAtOrAfter(a: number, b: number): boolean {
  return ((a - b) | 0) >= 0
}

/** The one of two that comes later; `a` if they are equal. */
export function later(a: number, b: number): number {
  return ((b - a) | 0) > 0 ? b | 0 : a | 0
}

/** The one of two that comes earlier; `a` if they are equal. */
export function earlier(a: number, b: number): number {
  return ((b - a) | 0) < 0 ? b | 0 : a | 0
}

/**
 * Whether `left <= seq < left + size` (RFC 9293 section 3.10.7.4, first check). `size` is an unsigned count below 2^32;
 * nothing is in a window of size 0.
 */
export function isInWindow(seq: number, left: number, size: number): boolean {
  return (seq - left) >>> 0 < size
}
