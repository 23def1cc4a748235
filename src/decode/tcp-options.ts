/** Bits of `TcpOptions.present` and `.duplicated`. */
export const OPTION_MSS = 1 << 0
export const OPTION_WINDOW_SCALE = 1 << 1
export const OPTION_SACK_PERMITTED = 1 << 2
export const OPTION_SACK = 1 << 3
export const OPTION_TIMESTAMPS = 1 << 4
export const OPTION_MD5 = 1 << 5
export const OPTION_AUTHENTICATION = 1 << 6
export const OPTION_MPTCP = 1 << 7
export const OPTION_FAST_OPEN = 1 << 8
export const OPTION_USER_TIMEOUT = 1 << 9
export const OPTION_ACCURATE_ECN = 1 << 10
export const OPTION_EXPERIMENT = 1 << 11
export const OPTION_UNKNOWN = 1 << 12

/** Summary of a segment's options, filled by the one walker. The first value wins; `duplicated` says there were more. */
export class TcpOptions {
  present = 0
  duplicated = 0
  /** Maximum segment size, 0-65535 (RFC 9293 section 3.7.1). */
  mss = 0
  /** Shift count as sent, 0-255: not clamped at 14 (RFC 7323 section 2.3). */
  windowScale = 0
  /** TSval and TSecr, int32 (RFC 7323 section 3.2). */
  tsVal = 0
  tsEcr = 0
  /** SACK blocks (RFC 2018): `sackEdges[2i]` left, `[2i + 1]` right edge, int32. */
  sackCount = 0
  readonly sackEdges = new Int32Array(8)
  /** Bytes of Fast Open cookie (RFC 7413; also the experimental kind 254 with magic F989); 0 is a cookie request. */
  fastOpenCookieLength = 0
}
