import type { CaptureInterface, FrameOrigin } from '../capture/capture-interface.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import {
  CAPTURED_LENGTH,
  FRACTION,
  LINK_TYPE_MASK,
  MAGIC_NANOSECONDS,
  ORIGINAL_LENGTH,
  PCAP_LINK_TYPE,
  PCAP_SNAPLEN,
  RECORD_HEADER_LENGTH,
  SECONDS,
} from '../capture/pcap-reader.ts'

/** This machine's byte order, in which live packets come. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** How the records of a pcap file that this machine writes are to be read, as its header says. */
export class PcapRecords {
  readonly header: Uint8Array
  readonly interface: CaptureInterface
  readonly #unitsPerSecond: number

  constructor(header: Uint8Array, name?: string) {
    const view = viewOf(header)
    const isNanoseconds = view.getUint32(0, LITTLE_ENDIAN) === MAGIC_NANOSECONDS
    this.header = header.slice()
    this.#unitsPerSecond = isNanoseconds ? 1e9 : 1e6
    this.interface = {
      linkType: view.getUint32(PCAP_LINK_TYPE, LITTLE_ENDIAN) & LINK_TYPE_MASK,
      snaplen: view.getUint32(PCAP_SNAPLEN, LITTLE_ENDIAN),
      timestampResolution: isNanoseconds ? 9 : 6,
      timestampOffset: 0n,
      name,
    }
  }

  /** Fills all of `record` but its number from the one at `at`; its time is that since 1970. */
  read(record: PacketRecord, view: DataView, at: number): void {
    const start = at + RECORD_HEADER_LENGTH
    const fraction = view.getUint32(at + FRACTION, LITTLE_ENDIAN)
    record.view = view
    record.start = start
    record.end = start + view.getUint32(at + CAPTURED_LENGTH, LITTLE_ENDIAN)
    record.originalLength = view.getUint32(at + ORIGINAL_LENGTH, LITTLE_ENDIAN)
    record.linkType = this.interface.linkType
    record.time = view.getUint32(at + SECONDS, LITTLE_ENDIAN) * 1e9 + fraction * (1e9 / this.#unitsPerSecond)
  }

  origin({ view, start }: PacketRecord): FrameOrigin {
    const at = start - RECORD_HEADER_LENGTH
    const seconds = BigInt(view.getUint32(at + SECONDS, LITTLE_ENDIAN))
    const fraction = BigInt(view.getUint32(at + FRACTION, LITTLE_ENDIAN))
    return { interface: this.interface, ticks: seconds * BigInt(this.#unitsPerSecond) + fraction }
  }
}

/** Bytes of the record at `at`, its header included. */
export function recordLength(view: DataView, at: number): number {
  return RECORD_HEADER_LENGTH + view.getUint32(at + CAPTURED_LENGTH, LITTLE_ENDIAN)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
