import {
  DEFECT_NONE,
  DEFECT_TCP_OPTION_BEYOND_HEADER,
  DEFECT_TCP_OPTION_LENGTH_SMALL,
  DEFECT_TCP_OPTION_LENGTH_WRONG,
} from './defect.ts'

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
  /** Of a SYN: the longest run of NOPs, as far as captured. */
  padding = 0
  /** Where the first bad option starts in the segment's `view`; 0 if none is bad. */
  defectOffset = 0
}

/** Option kinds, https://www.iana.org/assignments/tcp-parameters. */
const KIND_END = 0
const KIND_NO_OPERATION = 1
const KIND_MSS = 2
const KIND_WINDOW_SCALE = 3
const KIND_SACK_PERMITTED = 4
const KIND_SACK = 5
const KIND_TIMESTAMPS = 8
const KIND_MD5 = 19
const KIND_USER_TIMEOUT = 28
const KIND_AUTHENTICATION = 29
const KIND_MPTCP = 30
const KIND_FAST_OPEN = 34
const KIND_ACCURATE_ECN_0 = 172
const KIND_ACCURATE_ECN_1 = 174
const KIND_EXPERIMENT_1 = 253
const KIND_EXPERIMENT_2 = 254

/** Fast Open before it had a kind of its own (RFC 7413 section 4.1.1, RFC 6994). */
const FAST_OPEN_EXPERIMENT = 0xf989

/**
 * Reads the options in `[start, headerEnd)`, as far as they were captured (`capturedEnd`, at most `headerEnd`): the
 * only walker over options. Returns the first defect, DEFECT_NONE if there is none. An option of a known kind with a
 * wrong length is skipped, as Linux does (tcp_parse_options); a length that makes no sense ends the walk.
 */
export function readTcpOptions(
  view: DataView,
  start: number,
  headerEnd: number,
  capturedEnd: number,
  options: TcpOptions,
): number {
  let defect = DEFECT_NONE
  let at = start
  while (at < capturedEnd) {
    const kind = view.getUint8(at)
    if (kind === KIND_END) break
    if (kind === KIND_NO_OPERATION) {
      at++
      continue
    }
    if (at + 1 >= headerEnd) return firstDefect(defect, DEFECT_TCP_OPTION_BEYOND_HEADER, at, options)
    if (at + 1 >= capturedEnd) break
    const length = view.getUint8(at + 1)
    if (length < 2) return firstDefect(defect, DEFECT_TCP_OPTION_LENGTH_SMALL, at, options)
    if (at + length > headerEnd) return firstDefect(defect, DEFECT_TCP_OPTION_BEYOND_HEADER, at, options)
    if (at + length > capturedEnd) break
    if (!readOption(view, at, kind, length, options)) {
      defect = firstDefect(defect, DEFECT_TCP_OPTION_LENGTH_WRONG, at, options)
    }
    at += length
  }
  return defect
}

/** The longest run of NOPs between options: stacks align by some, and boxes write them over what they take out. */
export function longestPadding(view: DataView, start: number, end: number): number {
  let longest = 0
  let run = 0
  for (let at = start; at < end; ) {
    const kind = view.getUint8(at)
    if (kind === KIND_END) break
    run = kind === KIND_NO_OPERATION ? run + 1 : 0
    if (run > longest) longest = run
    at += kind === KIND_NO_OPERATION || at + 1 >= end ? 1 : Math.max(2, view.getUint8(at + 1))
  }
  return longest
}

function firstDefect(earlier: number, defect: number, at: number, options: TcpOptions): number {
  if (earlier !== DEFECT_NONE) return earlier
  options.defectOffset = at
  return defect
}

/** Whether the option has a length that its kind allows; all of it is captured. */
function readOption(view: DataView, at: number, kind: number, length: number, options: TcpOptions): boolean {
  switch (kind) {
    case KIND_TIMESTAMPS:
      if (length !== 10) return false
      if (isFirst(options, OPTION_TIMESTAMPS)) {
        options.tsVal = view.getInt32(at + 2)
        options.tsEcr = view.getInt32(at + 6)
      }
      return true
    case KIND_SACK:
      if (length < 10 || (length - 2) % 8 !== 0) return false
      if (isFirst(options, OPTION_SACK)) readSackBlocks(view, at + 2, (length - 2) / 8, options)
      return true
    case KIND_MSS:
      if (length !== 4) return false
      if (isFirst(options, OPTION_MSS)) options.mss = view.getUint16(at + 2)
      return true
    case KIND_WINDOW_SCALE:
      if (length !== 3) return false
      if (isFirst(options, OPTION_WINDOW_SCALE)) options.windowScale = view.getUint8(at + 2)
      return true
    case KIND_SACK_PERMITTED:
      if (length !== 2) return false
      isFirst(options, OPTION_SACK_PERMITTED)
      return true
    case KIND_MD5:
      if (length !== 18) return false
      isFirst(options, OPTION_MD5)
      return true
    case KIND_USER_TIMEOUT:
      if (length !== 4) return false
      isFirst(options, OPTION_USER_TIMEOUT)
      return true
    case KIND_AUTHENTICATION:
      if (length < 4) return false
      isFirst(options, OPTION_AUTHENTICATION)
      return true
    case KIND_MPTCP:
      if (length < 3) return false
      isFirst(options, OPTION_MPTCP)
      return true
    case KIND_FAST_OPEN:
      return readFastOpen(length - 2, options)
    case KIND_ACCURATE_ECN_0:
    case KIND_ACCURATE_ECN_1:
      // RFC 9768 section 3.2.3: none to three counters of three bytes.
      if (length > 11 || (length - 2) % 3 !== 0) return false
      isFirst(options, OPTION_ACCURATE_ECN)
      return true
    case KIND_EXPERIMENT_1:
    case KIND_EXPERIMENT_2:
      if (length >= 4 && view.getUint16(at + 2) === FAST_OPEN_EXPERIMENT)
        return readFastOpen(length - 4, options)
      isFirst(options, OPTION_EXPERIMENT)
      return true
    default:
      isFirst(options, OPTION_UNKNOWN)
      return true
  }
}

/** Notes the option; false, and noted as a duplicate, if the segment had it before. */
function isFirst(options: TcpOptions, option: number): boolean {
  if ((options.present & option) !== 0) {
    options.duplicated |= option
    return false
  }
  options.present |= option
  return true
}

/** Four blocks are all that fit into 40 bytes of options. */
function readSackBlocks(view: DataView, start: number, count: number, options: TcpOptions): void {
  options.sackCount = count
  for (let edge = 0; edge < 2 * count; edge++) options.sackEdges[edge] = view.getInt32(start + 4 * edge)
}

/** RFC 7413 section 4.1.1: a cookie has an even number of bytes from 4 to 16; none asks for one. */
function readFastOpen(cookieLength: number, options: TcpOptions): boolean {
  if (cookieLength !== 0 && (cookieLength < 4 || cookieLength > 16 || cookieLength % 2 !== 0)) return false
  if (isFirst(options, OPTION_FAST_OPEN)) options.fastOpenCookieLength = cookieLength
  return true
}
