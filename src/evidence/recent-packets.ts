import { PacketRecord } from '../capture/packet-record.ts'
import { type PcapRecords, recordLength } from './pcap-records.ts'

/** Memory is used in pieces, the oldest of which is written over. */
const PIECES = 8

interface Piece {
  readonly bytes: Uint8Array
  readonly view: DataView
  used: number
  /** Number of its first packet. */
  first: number
  packets: number
}

/** The packets that passed last, as they were captured, in as much memory as is allowed. */
export class RecentPackets {
  /** Number of the packet taken last. */
  last = 0
  readonly #records: PcapRecords
  readonly #pieces: readonly Piece[]
  #current = 0
  readonly #record = new PacketRecord()

  /** `length`: bytes of memory; a call of `add` may bring an eighth of it. */
  constructor(records: PcapRecords, length: number) {
    this.#records = records
    this.#pieces = Array.from({ length: PIECES }, () => {
      const bytes = new Uint8Array(Math.floor(length / PIECES))
      return { bytes, view: new DataView(bytes.buffer), used: 0, first: 1, packets: 0 }
    })
  }

  /** Number of the oldest packet that is still there. */
  get first(): number {
    return Math.min(this.last + 1, ...this.#inOrder().map(({ first }) => first))
  }

  /** Takes whole records; returns where they lie now, until they are written over. */
  add(records: Uint8Array): PacketRange {
    let piece = this.#pieces[this.#current] as Piece
    if (piece.used + records.length > piece.bytes.length) {
      this.#current = (this.#current + 1) % PIECES
      piece = this.#pieces[this.#current] as Piece
      piece.used = 0
      piece.packets = 0
    }
    if (piece.packets === 0) piece.first = this.last + 1
    const start = piece.used
    piece.bytes.set(records, start)
    piece.used += records.length
    const first = this.last + 1
    for (let at = start; at < piece.used; at += recordLength(piece.view, at)) this.last++
    piece.packets = this.last + 1 - piece.first
    return { view: piece.view, start, end: piece.used, first }
  }

  /** All of them, oldest first. The record is borrowed. */
  *packets(): Generator<PacketRecord, void, void> {
    for (const { view, used, first } of this.#inOrder()) {
      yield* this.of({ view, start: 0, end: used, first })
    }
  }

  /** Those in a range. The record is borrowed. */
  *of({ view, start, end, first }: PacketRange): Generator<PacketRecord, void, void> {
    const record = this.#record
    record.packet = first - 1
    for (let at = start; at < end; at += recordLength(view, at)) {
      const packet = record.packet + 1
      this.#records.read(record, view, at)
      record.packet = packet
      yield record
    }
  }

  /** The packet of this number, if it is still there. Borrowed. */
  find(packet: number): PacketRecord | undefined {
    const piece = this.#inOrder().find(({ first, packets }) => packet >= first && packet < first + packets)
    if (piece === undefined) return undefined
    let at = 0
    for (let number = piece.first; number < packet; number++) at += recordLength(piece.view, at)
    this.#records.read(this.#record, piece.view, at)
    this.#record.packet = packet
    return this.#record
  }

  #inOrder(): Piece[] {
    const pieces = [...this.#pieces.slice(this.#current + 1), ...this.#pieces.slice(0, this.#current + 1)]
    return pieces.filter(({ packets }) => packets > 0)
  }
}

/** Records in memory, and the number of the first of them. */
export interface PacketRange {
  readonly view: DataView
  readonly start: number
  readonly end: number
  readonly first: number
}
