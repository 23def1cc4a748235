// Generated from row-fields.ts by `npm run generate`: change the list there.

/** Words between the endpoints of a row, and where the first begins. */
export const ENDPOINT_STRIDE = 48
export const ENDPOINT_AT = 32

/**
 * One endpoint of the connection a row holds. A cursor: it holds no data, only where the data is. Valid until it is
 * moved or the row is freed.
 */
export class Endpoint {
  words = NO_WORDS
  doubles = NO_DOUBLES
  /** Index in `words` of this record; always even. */
  base = 0
  /** Row number times two plus the side: what tables beside the rows are indexed by. */
  index = 0

  /** RFC 9293 state, see tcp-state.ts. */
  get state(): number {
    return this.words[this.base + 0] as number
  }

  set state(value: number) {
    this.words[this.base + 0] = value
  }

  /** Bits, see endpoint-flags.ts. */
  get flags(): number {
    return this.words[this.base + 1] as number
  }

  set flags(value: number) {
    this.words[this.base + 1] = value
  }

  /** What its newest transition rests on, as the log has it; SENT for none. */
  get basis(): number {
    return this.words[this.base + 2] as number
  }

  set basis(value: number) {
    this.words[this.base + 2] = value
  }

  /** Where the machine keeps its EndpointExtra, 0 for none. */
  get extra(): number {
    return this.words[this.base + 3] as number
  }

  set extra(value: number) {
    this.words[this.base + 3] = value
  }

  /** SND.NXT as far as seen: one past the highest sequence number it sent, SYN and FIN included. */
  get sndNxt(): number {
    return this.words[this.base + 4] as number
  }

  set sndNxt(value: number) {
    this.words[this.base + 4] = value
  }

  /** SND.UNA: highest acknowledgment it is taken to have accepted. */
  get sndUna(): number {
    return this.words[this.base + 5] as number
  }

  set sndUna(value: number) {
    this.words[this.base + 5] = value
  }

  /** RCV.NXT: next number it expects, deliveries assumed. */
  get rcvNxt(): number {
    return this.words[this.base + 6] as number
  }

  set rcvNxt(value: number) {
    this.words[this.base + 6] = value
  }

  /** Last acknowledgment number it sent: a lower bound of its RCV.NXT that is certain (Linux rcv_wup). */
  get ackSent(): number {
    return this.words[this.base + 7] as number
  }

  set ackSent(value: number) {
    this.words[this.base + 7] = value
  }

  /** Right edge of the window it offers: ackSent + window. */
  get windowEdge(): number {
    return this.words[this.base + 8] as number
  }

  set windowEdge(value: number) {
    this.words[this.base + 8] = value
  }

  /** Window it last offered, in bytes, scaled where the scale is known. */
  get window(): number {
    return this.words[this.base + 9] as number
  }

  set window(value: number) {
    this.words[this.base + 9] = value
  }

  /** Largest window its peer ever offered it (Linux max_window). */
  get maxWindow(): number {
    return this.words[this.base + 10] as number
  }

  set maxWindow(value: number) {
    this.words[this.base + 10] = value
  }

  /** TS.Recent: the peer’s timestamp it would echo. */
  get tsRecent(): number {
    return this.words[this.base + 11] as number
  }

  set tsRecent(value: number) {
    this.words[this.base + 11] = value
  }

  /** Offered MSS in the low 16 bits, offered window scale in bits 16-23, TTL or hop limit of its last segment above. */
  get mssScaleAndTtl(): number {
    return this.words[this.base + 12] as number
  }

  set mssScaleAndTtl(value: number) {
    this.words[this.base + 12] = value
  }

  /** Acknowledgment that ends the RTT sample under way (RTT_PENDING). */
  get rttSeq(): number {
    return this.words[this.base + 13] as number
  }

  set rttSeq(value: number) {
    this.words[this.base + 13] = value
  }

  /** Segments it sent. */
  get packets(): number {
    return this.words[this.base + 14] as number
  }

  set packets(value: number) {
    this.words[this.base + 14] = value
  }

  /** Its initial sequence number (HAS_ISN); else one before its first byte seen. */
  get isn(): number {
    return this.words[this.base + 15] as number
  }

  set isn(value: number) {
    this.words[this.base + 15] = value
  }

  /** Number of RTT samples. */
  get rttSamples(): number {
    return this.words[this.base + 36] as number
  }

  set rttSamples(value: number) {
    this.words[this.base + 36] = value
  }

  /** TSval of its first SYN, or of its last SYN-ACK. */
  get tsVal(): number {
    return this.words[this.base + 37] as number
  }

  set tsVal(value: number) {
    this.words[this.base + 37] = value
  }

  /** One past its FIN (FIN_SENT). */
  get finEnd(): number {
    return this.words[this.base + 38] as number
  }

  set finEnd(value: number) {
    this.words[this.base + 38] = value
  }

  /** Newest entry of its transitions in the log, 0 for none. */
  get logTail(): number {
    return this.words[this.base + 39] as number
  }

  set logTail(value: number) {
    this.words[this.base + 39] = value
  }

  /** When it last sent a segment. */
  get lastTime(): number {
    return this.doubles[(this.base >> 1) + 8] as number
  }

  set lastTime(value: number) {
    this.doubles[(this.base >> 1) + 8] = value
  }

  /** When its state’s timer fires; Infinity for none. */
  get deadline(): number {
    return this.doubles[(this.base >> 1) + 9] as number
  }

  set deadline(value: number) {
    this.doubles[(this.base >> 1) + 9] = value
  }

  /** When the segment passed that last moved its RCV.NXT. */
  get advanceTime(): number {
    return this.doubles[(this.base >> 1) + 10] as number
  }

  set advanceTime(value: number) {
    this.doubles[(this.base >> 1) + 10] = value
  }

  /** When the segment it now repeats last passed: first copy or latest. */
  get resendTime(): number {
    return this.doubles[(this.base >> 1) + 11] as number
  }

  set resendTime(value: number) {
    this.doubles[(this.base >> 1) + 11] = value
  }

  /** When the segment timed for RTT passed. */
  get rttStart(): number {
    return this.doubles[(this.base >> 1) + 12] as number
  }

  set rttStart(value: number) {
    this.doubles[(this.base >> 1) + 12] = value
  }

  /** Smallest RTT sample, ns; 0 for none. */
  get rttMin(): number {
    return this.doubles[(this.base >> 1) + 13] as number
  }

  set rttMin(value: number) {
    this.doubles[(this.base >> 1) + 13] = value
  }

  /** IP bytes it sent. */
  get bytes(): number {
    return this.doubles[(this.base >> 1) + 14] as number
  }

  set bytes(value: number) {
    this.doubles[(this.base >> 1) + 14] = value
  }

  /** Payload bytes it sent, repeats included. */
  get payloadBytes(): number {
    return this.doubles[(this.base >> 1) + 15] as number
  }

  set payloadBytes(value: number) {
    this.doubles[(this.base >> 1) + 15] = value
  }

  /** Sum of RTT samples, ns. */
  get rttSum(): number {
    return this.doubles[(this.base >> 1) + 16] as number
  }

  set rttSum(value: number) {
    this.doubles[(this.base >> 1) + 16] = value
  }

  /** Largest RTT sample, ns. */
  get rttMax(): number {
    return this.doubles[(this.base >> 1) + 17] as number
  }

  set rttMax(value: number) {
    this.doubles[(this.base >> 1) + 17] = value
  }
}

const NO_WORDS = new Int32Array(0)
const NO_DOUBLES = new Float64Array(0)
