import type { Segment } from '../decode/segment.ts'
import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'
import type { Connection } from './connection.ts'

/** Letters of Zeek's `history` that are written at most once a direction, as bits of `Connection.historySeen`. */
const ONCE_A = 1
const ONCE_D = 2
const ONCE_I = 4
const ONCE_Q = 8
const RESPONDER_SHIFT = 8

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
const LETTER_I = 0x49
const LETTER_Q = 0x51
const LOWER_CASE = 0x20

/**
 * Adds a segment's letters to the connection's history, as Zeek's documentation of conn.log has them: s SYN, h SYN-ACK,
 * a pure ACK, d payload, f FIN, r RST, i FIN+RST, q SYN+FIN or SYN+RST; upper case from the originator. `isRepeat`
 * says that its sender had sent this sequence range before.
 */
export function addHistory(
  connection: Connection,
  fromClient: boolean,
  segment: Pick<Segment, 'flags' | 'payloadLength'>,
  isRepeat: boolean,
): void {
  const flags = segment.flags
  if ((flags & SYN) !== 0 && (flags & (FIN | RST)) !== 0) once(connection, fromClient, ONCE_Q, LETTER_Q)
  else if ((flags & (FIN | RST)) === (FIN | RST)) once(connection, fromClient, ONCE_I, LETTER_I)
  else if ((flags & SYN) !== 0) {
    if (!isRepeat) append(connection, fromClient, (flags & ACK) !== 0 ? LETTER_H : LETTER_S)
  } else {
    if (segment.payloadLength > 0) once(connection, fromClient, ONCE_D, LETTER_D)
    else if ((flags & (FIN | RST)) === 0) once(connection, fromClient, ONCE_A, LETTER_A)
    if ((flags & FIN) !== 0 && !isRepeat) append(connection, fromClient, LETTER_F)
    if ((flags & RST) !== 0) append(connection, fromClient, LETTER_R)
  }
}

/** `t`: payload sent again, at the 1st, 10th, 100th time. */
export function addRepeat(connection: Connection, fromClient: boolean, count: number): void {
  if (isPowerOfTen(count)) append(connection, fromClient, LETTER_T)
}

/** `w`: a window of zero, at the 1st, 10th, 100th time. */
export function addZeroWindow(connection: Connection, fromClient: boolean, count: number): void {
  if (isPowerOfTen(count)) append(connection, fromClient, LETTER_W)
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

function once(connection: Connection, fromClient: boolean, bit: number, letter: number): void {
  const own = fromClient ? bit : bit << RESPONDER_SHIFT
  if ((connection.historySeen & own) !== 0) return
  connection.historySeen |= own
  append(connection, fromClient, letter)
}

function append(connection: Connection, fromClient: boolean, upperCase: number): void {
  const at = connection.historyLength++
  const bits = (fromClient ? upperCase : upperCase | LOWER_CASE) << (8 * (at & 3))
  switch (at >> 2) {
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
