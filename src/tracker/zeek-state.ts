import { ACK, FIN, RST, SYN } from '../decode/tcp-flags.ts'

/**
 * Zeek's conn_state, by Zeek's own endpoint machine (TCPSessionAdapter.cc) and the rules of its conn/main.zeek. It judges
 * nothing: a SYN-ACK establishes, a FIN closes and an RST resets its sender, acceptable or not. It says what was sent;
 * the RFC 9293 states say what became of it.
 *
 * Different on purpose:
 * - Who is the originator is decided once, at the first packet; Zeek may turn the roles round later.
 * - No timer ends a connection (Zeek: 5 s after a SYN without answer or a close), and one tuple's next connection begins
 *   where its SYN is believed.
 * - A frame captured twice is one frame, and `t` stands for what is classified as a retransmission: not for segments out of
 *   order, nor for data on a first SYN or on an RST, which Zeek's plain comparison of numbers takes in; but for what is sent
 *   again because its first copy was damaged, which Zeek forgets.
 * - Checksums are verified on some segments only (is-delivered.ts). A SYN with a wrong one has its `s` or `h` beside the `c`:
 *   where the capture has it wrong, and not the wire, nothing would ever have opened; the copy that is sent again has the same letter.
 * - Data whose headers were captured and whose payload was not (snaplen) have been seen: they make no gap.
 * - `x` is said of a connection that had to leave before its time (--max-connections): no other limit cuts an analysis short.
 * - Of the history the first 24 letters are kept.
 * - After an RST of both ends the sizes that tell REJ from RSTR are payload seen, not differences of sequence numbers.
 * - Connections to themselves have one endpoint.
 */
type ZeekState = number

/** Nothing sent. */
export const ZEEK_INACTIVE = 0
const SYN_SENT = 1
const SYN_ACK_SENT = 2
/** It sent something, its SYN unseen. */
const PARTIAL = 3
export const ZEEK_ESTABLISHED = 4
/** It sent a FIN. */
export const ZEEK_CLOSED = 5
/** It sent an RST; the second was CLOSED before (Zeek's prev_state), which counts for as much as the first but for one rule. */
export const ZEEK_RESET = 6
const RESET_AFTER_FIN = 7

const STATE_BITS = 7

/** Where the two states lie in `Connection.zeek`, each three bits. */
export const ORIGINATOR_AT = 8
export const RESPONDER_AT = 24

/** The state at `at` in `Connection.zeek`. */
export function zeekStateAt(bits: number, at: number): ZeekState {
  return (bits >>> at) & STATE_BITS
}

/** `Connection.zeek` after a segment of the endpoint whose state is at `at`. */
export function moveZeekStates(bits: number, at: number, flags: number, payloadLength: number): number {
  const peerAt = ORIGINATOR_AT + RESPONDER_AT - at
  const state = zeekStateAt(bits, at)
  const peer = zeekStateAt(bits, peerAt)
  if (state === ZEEK_INACTIVE) {
    const isAnsweredSyn = at === RESPONDER_AT && (flags & SYN) !== 0
    const establishesPeer = peer === SYN_SENT || (peer === SYN_ACK_SENT && (flags & ACK) === 0)
    const moved = withState(bits, at, afterFirst(at === ORIGINATOR_AT, peer, flags, payloadLength))
    return isAnsweredSyn && establishesPeer ? withState(moved, peerAt, ZEEK_ESTABLISHED) : moved
  }
  const moved = withState(bits, at, afterLater(state, peer, flags))
  const isFinAlone = (flags & (FIN | RST)) === FIN
  // A FIN and an RST behind it were a normal end after all, now that this end closes too.
  if (isFinAlone && (state === ZEEK_ESTABLISHED || state === PARTIAL) && peer === RESET_AFTER_FIN) {
    return withState(moved, peerAt, ZEEK_CLOSED)
  }
  return moved
}

/** UpdateInactiveState. */
function afterFirst(isOriginator: boolean, peer: ZeekState, flags: number, payloadLength: number): ZeekState {
  if ((flags & RST) !== 0) return (flags & FIN) !== 0 ? RESET_AFTER_FIN : ZEEK_RESET
  if ((flags & FIN) !== 0) return ZEEK_CLOSED
  if ((flags & SYN) !== 0) {
    if (!isOriginator) return ZEEK_ESTABLISHED
    return (flags & ACK) !== 0 ? SYN_ACK_SENT : SYN_SENT
  }
  // A stack that acknowledges the SYN before it answers it.
  if (!isOriginator && payloadLength === 0 && peer === SYN_SENT) return ZEEK_INACTIVE
  // The SYN escaped the capture; the SYN-ACK did not.
  return (flags & ACK) !== 0 && peer === ZEEK_ESTABLISHED ? ZEEK_ESTABLISHED : PARTIAL
}

/** UpdateSYN_SentState, UpdateEstablishedState, UpdateClosedState. */
function afterLater(state: ZeekState, peer: ZeekState, flags: number): ZeekState {
  const hasFin = (flags & FIN) !== 0
  const hasRst = (flags & RST) !== 0
  if (state >= ZEEK_RESET) return state
  if (state === ZEEK_CLOSED) return hasRst && peer !== ZEEK_CLOSED ? RESET_AFTER_FIN : state
  if (hasRst) return hasFin && (state === SYN_SENT || state === SYN_ACK_SENT) ? RESET_AFTER_FIN : ZEEK_RESET
  if (hasFin) return ZEEK_CLOSED
  if (state === PARTIAL && peer === ZEEK_INACTIVE && (flags & (SYN | ACK)) === SYN) return SYN_SENT
  return state
}

function withState(bits: number, at: number, state: ZeekState): number {
  return (bits & ~(STATE_BITS << at)) | (state << at)
}

/** Zeek's conn_state of the two states in `bits`; `hasData` says that either end sent payload. */
export function zeekConnState(bits: number, hasData: boolean, history: string): string {
  const originator = zeekStateAt(bits, ORIGINATOR_AT)
  const responder = zeekStateAt(bits, RESPONDER_AT)
  if (responder >= ZEEK_RESET) {
    if (originator === SYN_SENT || originator === SYN_ACK_SENT) return 'REJ'
    if (originator >= ZEEK_RESET && !hasData) return 'REJ'
    return isSilent(originator) ? 'RSTRH' : 'RSTR'
  }
  if (originator >= ZEEK_RESET) {
    if (!isSilent(responder)) return 'RSTO'
    return /^\^?S[^HAFGIQ]*R/.test(history) ? 'RSTOS0' : 'OTH'
  }
  if (originator === ZEEK_CLOSED) {
    if (responder === ZEEK_CLOSED) return 'SF'
    return responder === ZEEK_INACTIVE ? 'SH' : 'S2'
  }
  if (responder === ZEEK_CLOSED) return originator === ZEEK_INACTIVE ? 'SHR' : 'S3'
  if (originator === SYN_SENT && responder === ZEEK_INACTIVE) return 'S0'
  return originator === ZEEK_ESTABLISHED && responder === ZEEK_ESTABLISHED ? 'S1' : 'OTH'
}

function isSilent(state: ZeekState): boolean {
  return state === ZEEK_INACTIVE || state === PARTIAL
}
