// Generated from row-fields.ts by `npm run generate`: change the list there.

/** Words of one row: key, connection, two endpoints. */
export const ROW_WORDS = 128

/**
 * The connection a row holds, its endpoints apart. A cursor: it holds no data, only where the data is. Valid until it is
 * moved or the row is freed.
 */
export class Connection {
  words = NO_WORDS
  doubles = NO_DOUBLES
  /** Index in `words` of this record; always even. */
  base = 0
  /** Row number. */
  index = 0

  /** Bits, see connection-flags.ts. */
  get flags(): number {
    return this.words[this.base + 10] as number
  }

  set flags(value: number) {
    this.words[this.base + 10] = value
  }

  /** Which endpoint, 0 or 1, is the client. */
  get clientSide(): number {
    return this.words[this.base + 11] as number
  }

  set clientSide(value: number) {
    this.words[this.base + 11] = value
  }

  /** Wireshark’s stream number of the tuple now. */
  get currentStream(): number {
    return this.words[this.base + 12] as number
  }

  set currentStream(value: number) {
    this.words[this.base + 12] = value
  }

  /** Frame number of its last packet. */
  get lastPacket(): number {
    return this.words[this.base + 13] as number
  }

  set lastPacket(value: number) {
    this.words[this.base + 13] = value
  }

  /** Segments of both ends. */
  get packets(): number {
    return this.words[this.base + 14] as number
  }

  set packets(value: number) {
    this.words[this.base + 14] = value
  }

  /** Zeek’s states of both ends (zeek-state.ts) and which letters each has in the history. */
  get zeek(): number {
    return this.words[this.base + 15] as number
  }

  set zeek(value: number) {
    this.words[this.base + 15] = value
  }

  /** Wireshark’s base sequence number of endpoint 0 (STREAM_BASE_0). */
  get streamBase0(): number {
    return this.words[this.base + 30] as number
  }

  set streamBase0(value: number) {
    this.words[this.base + 30] = value
  }

  /** The same of endpoint 1 (STREAM_BASE_1). */
  get streamBase1(): number {
    return this.words[this.base + 31] as number
  }

  set streamBase1(value: number) {
    this.words[this.base + 31] = value
  }

  /** Zeek history, four letters a word. */
  get history0(): number {
    return this.words[this.base + 72] as number
  }

  set history0(value: number) {
    this.words[this.base + 72] = value
  }

  get history1(): number {
    return this.words[this.base + 73] as number
  }

  set history1(value: number) {
    this.words[this.base + 73] = value
  }

  get history2(): number {
    return this.words[this.base + 74] as number
  }

  set history2(value: number) {
    this.words[this.base + 74] = value
  }

  get history3(): number {
    return this.words[this.base + 75] as number
  }

  set history3(value: number) {
    this.words[this.base + 75] = value
  }

  get history4(): number {
    return this.words[this.base + 76] as number
  }

  set history4(value: number) {
    this.words[this.base + 76] = value
  }

  get history5(): number {
    return this.words[this.base + 77] as number
  }

  set history5(value: number) {
    this.words[this.base + 77] = value
  }

  /** Letters in history0..5; more than 24 are counted but not kept. */
  get historyLength(): number {
    return this.words[this.base + 78] as number
  }

  set historyLength(value: number) {
    this.words[this.base + 78] = value
  }

  /** What tells who is the client (ROLE_BASIS: 0 handshake, 1 port, 2 first packet), and the segment it was first seen by: its flags from bit 8 on, its sender’s side in bit 16; from bit 17 on the exchanges (exchanges.ts). */
  get roles(): number {
    return this.words[this.base + 79] as number
  }

  set roles(value: number) {
    this.words[this.base + 79] = value
  }

  /** Wireshark’s stream number of its first packet; -1 past the limit. */
  get stream(): number {
    return this.words[this.base + 120] as number
  }

  set stream(value: number) {
    this.words[this.base + 120] = value
  }

  /** Frame number of its first packet. */
  get firstPacket(): number {
    return this.words[this.base + 121] as number
  }

  set firstPacket(value: number) {
    this.words[this.base + 121] = value
  }

  /** SYNs of the client. */
  get synCopies(): number {
    return this.words[this.base + 122] as number
  }

  set synCopies(value: number) {
    this.words[this.base + 122] = value
  }

  /** SYN-ACKs of the server. */
  get synAckCopies(): number {
    return this.words[this.base + 123] as number
  }

  set synAckCopies(value: number) {
    this.words[this.base + 123] = value
  }

  /** Frame number of the first of them, 0 before. */
  get synAckPacket(): number {
    return this.words[this.base + 124] as number
  }

  set synAckPacket(value: number) {
    this.words[this.base + 124] = value
  }

  /** What tells the VLAN tags of endpoint 0 (low 16 bits) and 1 from others; 0 for none. */
  get vlanMarks(): number {
    return this.words[this.base + 125] as number
  }

  set vlanMarks(value: number) {
    this.words[this.base + 125] = value
  }

  /** What the IP IDs of endpoint 0 (low 16 bits) and 1 count from, see ip-id-series.ts. */
  get ipIds(): number {
    return this.words[this.base + 126] as number
  }

  set ipIds(value: number) {
    this.words[this.base + 126] = value
  }

  /** Where the auditor keeps what its rules remember of it, 0 for nothing. */
  get audit(): number {
    return this.words[this.base + 127] as number
  }

  set audit(value: number) {
    this.words[this.base + 127] = value
  }

  /** Time of its last packet. */
  get end(): number {
    return this.doubles[(this.base >> 1) + 8] as number
  }

  set end(value: number) {
    this.doubles[(this.base >> 1) + 8] = value
  }

  /** When the timer queue will look at it; Infinity when not queued. */
  get queuedAt(): number {
    return this.doubles[(this.base >> 1) + 9] as number
  }

  set queuedAt(value: number) {
    this.doubles[(this.base >> 1) + 9] = value
  }

  /** When the ACK of the SYN-ACK passed; -1 before. */
  get openTime(): number {
    return this.doubles[(this.base >> 1) + 10] as number
  }

  set openTime(value: number) {
    this.doubles[(this.base >> 1) + 10] = value
  }

  /** Ordinal of its first packet. */
  get id(): number {
    return this.doubles[(this.base >> 1) + 11] as number
  }

  set id(value: number) {
    this.doubles[(this.base >> 1) + 11] = value
  }

  /** Time of its first packet. */
  get start(): number {
    return this.doubles[(this.base >> 1) + 12] as number
  }

  set start(value: number) {
    this.doubles[(this.base >> 1) + 12] = value
  }

  /** When the SYN passed that the SYN-ACK answers. */
  get synTime(): number {
    return this.doubles[(this.base >> 1) + 13] as number
  }

  set synTime(value: number) {
    this.doubles[(this.base >> 1) + 13] = value
  }

  /** When the SYN-ACK passed. */
  get synAckTime(): number {
    return this.doubles[(this.base >> 1) + 14] as number
  }

  set synAckTime(value: number) {
    this.doubles[(this.base >> 1) + 14] = value
  }

  /** Sets every field of the row to 0, the endpoints' as well, but for the key. */
  clear(): void {
    this.words.fill(0, this.base + 10, this.base + 128)
  }
}

const NO_WORDS = new Int32Array(0)
const NO_DOUBLES = new Float64Array(0)
