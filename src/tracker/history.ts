import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import type { Connection } from './connection.ts'
import { SELF } from './connection-flags.ts'
import type { Endpoint } from './endpoint.ts'
import { FIN_SENT } from './endpoint-flags.ts'
import type { Machine } from './machine.ts'
import { distance, isAfter, isBefore } from './sequence.ts'
import {
  moveZeekStates,
  ORIGINATOR_AT,
  RESPONDER_AT,
  ZEEK_CLOSED,
  ZEEK_ESTABLISHED,
  ZEEK_INACTIVE,
  ZEEK_RESET,
  zeekStateAt,
} from './zeek-state.ts'

/** Letters that an endpoint has in Zeek's `history`, as bits of its half of `Connection.zeek` below its state. */
const HAS_A = 1
const HAS_D = 2
const HAS_I = 4
const HAS_Q = 8
const HAS_SYN = 16
const HAS_F = 32
const HAS_R = 64
/** From where the state of an endpoint lies in `Connection.zeek` down to its letters. */
const LETTERS_BELOW = 8

/** Letters kept: six words of four. */
const HISTORY_CAPACITY = 24

const LETTER_S = 0x53
const LETTER_H = 0x48
const LETTER_A = 0x41
const LETTER_D = 0x44
const LETTER_F = 0x46
const LETTER_R = 0x52
const LETTER_T = 0x54
const LETTER_W = 0x57
const LETTER_C = 0x43
const LETTER_G = 0x47
const LETTER_I = 0x49
const LETTER_Q = 0x51
const FLIPPED = 0x5e
const LOWER_CASE = 0x20

/** What the largest scale makes of a window (RFC 7323 section 2.3): no gap that is acknowledged is wider. */
const WIDEST_GAP = 1 << 30

/** What the history reads of a segment. */
type HistorySegment = Pick<Segment, 'flags' | 'payloadLength' | 'seq' | 'window'>

/**
 * Adds a segment's letters to the connection's history and moves Zeek's endpoint states, as update_history, update_window,
 * update_last_seq and UpdateStateMachine of Zeek's TCPSessionAdapter.cc do, in this order. `isRepeat` says that its sender
 * had sent this sequence range before. Upper case is the originator:
 *
 * - once a direction: a pure ACK, d payload, i FIN+RST, q SYN+FIN or SYN+RST. Payload on a SYN, FIN or RST is no d.
 * - again with another sequence number: s SYN, h SYN-ACK, f FIN (by where it ends), r RST.
 * - at the 1st, 10th, 100th time: t payload sent again, w a window of zero, unless its sender has reset or its peer has
 *   closed. Neither counts after its sender's RST.
 */
export function addHistory(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  segment: HistorySegment,
  isRepeat: boolean,
): void {
  const at = sideAt(connection, sender)
  const { flags, payloadLength } = segment
  if ((flags & (SYN | FIN | RST)) !== 0) addControl(machine, connection, sender, segment, at)
  else if (payloadLength > 0) once(connection, at, HAS_D, LETTER_D)
  else if ((flags & ACK) !== 0) once(connection, at, HAS_A, LETTER_A)

  const state = zeekStateAt(connection.zeek, at)
  if (segment.window === 0 && (flags & RST) === 0 && state < ZEEK_RESET) {
    addZeroWindow(machine, connection, sender, at)
  }
  if (isRepeat && payloadLength > 0 && state < ZEEK_RESET) {
    const count = ++machine.ensureExtra(sender).historyRepeats
    if (isPowerOfTen(count)) append(connection, at, LETTER_T)
  }
  if (state === ZEEK_INACTIVE || (flags & (SYN | FIN | RST)) !== 0) {
    connection.zeek = moveZeekStates(connection.zeek, at, flags, payloadLength)
  }
}

/** `c`: the checksum of a segment is wrong, at the 1st, 10th, 100th time. Zeek takes nothing else from it. */
export function addDamaged(machine: Machine, connection: Connection, sender: Endpoint): void {
  const count = ++machine.ensureExtra(sender).historyDamaged
  if (isPowerOfTen(count)) append(connection, sideAt(connection, sender), LETTER_C)
}

/**
 * `g`: data that `sent` was not seen sending are acknowledged, at the 1st, 10th, 100th time; each stretch of them is a gap
 * (TCP_Reassembler::Undelivered). As in Zeek they count where both ends are open or closing in order, not once for good: what
 * passes behind its acknowledgment fills no gap.
 */
export function addGaps(machine: Machine, connection: Connection, sent: Endpoint, ack: number): void {
  if ((connection.flags & SELF) !== 0) return
  if (!isClean(connection.zeek, ORIGINATOR_AT) || !isClean(connection.zeek, RESPONDER_AT)) return
  const before = machine.extraOf(sent)
  const historyGapEnd = before?.historyGapEnd
  if (before !== undefined) {
    const { unseen } = before
    for (let at = 0; at < unseen.length; at += 2) {
      addGap(machine, connection, sent, historyGapEnd, unseen[at] as number, unseen[at + 1] as number, ack)
    }
  }
  if (isAfter(ack, sent.sndNxt)) addGap(machine, connection, sent, historyGapEnd, sent.sndNxt, ack, ack)
  const extra = machine.extraOf(sent)
  if (extra !== undefined && isAfter(ack, extra.historyGapEnd ?? sent.isn)) extra.historyGapEnd = ack
}

/** The part of [left, right) that is acknowledged by `ack` and lies behind `counted`, up to which gaps were told. */
function addGap(
  machine: Machine,
  connection: Connection,
  sent: Endpoint,
  counted: number | undefined,
  left: number,
  right: number,
  ack: number,
): void {
  const from = counted !== undefined && isAfter(counted, left) ? counted : left
  const bytes = distance(isBefore(ack, right) ? ack : right, from)
  if (bytes <= 0 || bytes > WIDEST_GAP) return
  const extra = machine.ensureExtra(sent)
  extra.historyGapBytes += bytes
  const count = ++extra.historyGaps
  if (isPowerOfTen(count)) append(connection, sideAt(connection, sent), LETTER_G)
}

function isClean(bits: number, at: number): boolean {
  const state = zeekStateAt(bits, at)
  return state === ZEEK_ESTABLISHED || state === ZEEK_CLOSED
}

/** `^`: the first packet came from whom the connection takes for the responder. */
export function addFlip(connection: Connection): void {
  append(connection, ORIGINATOR_AT, FLIPPED)
}

/** The history as text. */
export function historyText(connection: Connection): string {
  const words = [
    connection.history0,
    connection.history1,
    connection.history2,
    connection.history3,
    connection.history4,
    connection.history5,
  ]
  let text = ''
  for (let i = 0; i < Math.min(connection.historyLength, HISTORY_CAPACITY); i++) {
    text += String.fromCharCode(((words[i >> 2] as number) >>> (8 * (i & 3))) & 0xff)
  }
  return text
}

function addControl(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  segment: HistorySegment,
  at: number,
): void {
  const { flags } = segment
  switch (flags & (SYN | FIN | RST)) {
    case SYN:
      addSyn(machine, connection, sender, segment, at)
      return
    case FIN:
      addFin(machine, connection, sender, (segment.seq + segment.payloadLength + 1) | 0, at)
      return
    case RST:
      addRst(machine, connection, sender, segment.seq, at)
      return
    case FIN | RST:
    case SYN | FIN | RST:
      once(connection, at, HAS_I, LETTER_I)
      return
    default:
      once(connection, at, HAS_Q, LETTER_Q)
  }
}

/** Before its end has closed, a SYN with another number counts for the same SYN: Zeek numbers its endpoint anew. */
function addSyn(
  machine: Machine,
  connection: Connection,
  sender: Endpoint,
  segment: HistorySegment,
  at: number,
): void {
  const letter = (segment.flags & ACK) !== 0 ? LETTER_H : LETTER_S
  const isFirst = once(connection, at, HAS_SYN, letter)
  const extra = machine.extraOf(sender)
  if (extra?.historyRstBase !== undefined) {
    extra.historyRst = (extra.historyRst + segment.seq - extra.historyRstBase) | 0
    extra.historyRstBase = segment.seq
  }
  const last = extra?.historySyn ?? sender.isn
  if (segment.seq === last) return
  if (!isFirst && zeekStateAt(connection.zeek, at) >= ZEEK_CLOSED) append(connection, at, letter)
  machine.ensureExtra(sender).historySyn = segment.seq
}

/** Its last FIN is the one that `finEnd` tells of, unless its receiver could not take that. */
function addFin(machine: Machine, connection: Connection, sender: Endpoint, end: number, at: number): void {
  const isFirst = once(connection, at, HAS_F, LETTER_F)
  const onRecord = (sender.flags & FIN_SENT) !== 0 ? sender.finEnd : undefined
  const last = machine.extraOf(sender)?.historyFin ?? onRecord
  if (!isFirst && end !== last) append(connection, at, LETTER_F)
  if (end !== last) machine.ensureExtra(sender).historyFin = end
}

/** An RST ahead of its sender's SYN may be injected: Zeek numbers the endpoint anew at the SYN, and with it the RST. */
function addRst(machine: Machine, connection: Connection, sender: Endpoint, seq: number, at: number): void {
  const extra = machine.ensureExtra(sender)
  const isFirst = once(connection, at, HAS_R, LETTER_R)
  if (!isFirst && seq !== extra.historyRst) append(connection, at, LETTER_R)
  if (zeekStateAt(connection.zeek, at) === ZEEK_INACTIVE) extra.historyRstBase = (seq - 1) | 0
  extra.historyRst = seq
}

function addZeroWindow(machine: Machine, connection: Connection, sender: Endpoint, at: number): void {
  const peer = zeekStateAt(connection.zeek, ORIGINATOR_AT + RESPONDER_AT - at)
  if (peer === ZEEK_CLOSED) return
  const count = ++machine.ensureExtra(sender).historyZeroWindows
  if (isPowerOfTen(count)) append(connection, at, LETTER_W)
}

function sideAt(connection: Connection, endpoint: Endpoint): number {
  return (endpoint.index & 1) === connection.clientSide ? ORIGINATOR_AT : RESPONDER_AT
}

/** Writes a letter of which `bit` keeps count; false if it stood there already. */
function once(connection: Connection, at: number, bit: number, letter: number): boolean {
  const own = bit << (at - LETTERS_BELOW)
  if ((connection.zeek & own) !== 0) return false
  connection.zeek |= own
  append(connection, at, letter)
  return true
}

function append(connection: Connection, at: number, upperCase: number): void {
  const index = connection.historyLength++
  const bits = (at === ORIGINATOR_AT ? upperCase : upperCase | LOWER_CASE) << (8 * (index & 3))
  switch (index >> 2) {
    case 0:
      connection.history0 |= bits
      return
    case 1:
      connection.history1 |= bits
      return
    case 2:
      connection.history2 |= bits
      return
    case 3:
      connection.history3 |= bits
      return
    case 4:
      connection.history4 |= bits
      return
    case 5:
      connection.history5 |= bits
  }
}

function isPowerOfTen(count: number): boolean {
  let rest = count
  while (rest >= 10 && rest % 10 === 0) rest /= 10
  return rest === 1
}
