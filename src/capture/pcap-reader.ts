import type { ByteWindow } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureInterface, FrameOrigin } from './capture-interface.ts'
import {
  type CaptureSource,
  READ_END,
  READ_NEEDS_DATA,
  READ_PACKET,
  READ_STOPPED,
  type ReadStatus,
  type StoppedAt,
} from './capture-source.ts'
import { formatLinkType, isSupportedLinkType } from './link-type.ts'
import type { PacketRecord } from './packet-record.ts'
import { cutReason, MAX_CAPTURED_LENGTH, oversizeReason } from './stop-reason.ts'

/** Magic numbers (draft-ietf-opsawg-pcap section 4), as read in the byte order of the writer. */
export const MAGIC_MICROSECONDS = 0xa1b2c3d4
export const MAGIC_NANOSECONDS = 0xa1b23c4d
/** Alexey Kuznetsov's patched libpcap: eight more bytes in each record header. */
export const MAGIC_MODIFIED = 0xa1b2cd34

/** File header, in order; the two words between are a time zone and an accuracy that no program sets. */
const VERSION_MAJOR = 4
const VERSION_MINOR = 6
export const PCAP_SNAPLEN = 16
export const PCAP_LINK_TYPE = 20
export const PCAP_HEADER_LENGTH = 24

/** Record header, in order. */
export const SECONDS = 0
export const FRACTION = 4
export const CAPTURED_LENGTH = 8
export const ORIGINAL_LENGTH = 12
export const RECORD_HEADER_LENGTH = 16
/** Behind it: interface index (4), protocol (2), packet type (1), padding (1). */
const MODIFIED_RECORD_HEADER_LENGTH = 24

/** Above the low 16 bits stand the frame check sequence's length and reserved bits. */
export const LINK_TYPE_MASK = 0xffff

/**
 * Classic pcap in either byte order, with micro- or nanoseconds. A fraction of a second beyond its unit is arithmetic
 * here, not an error: `time` is what the two fields add up to.
 */
export class PcapReader implements CaptureSource {
  readonly name: string
  readonly format: string
  readonly linkTypes: readonly number[]
  readonly snaplen: number
  epoch = 0n
  stoppedAt: StoppedAt | undefined

  readonly #window: ByteWindow
  readonly #littleEndian: boolean
  readonly #recordHeaderLength: number
  readonly #nanosecondsPerUnit: number
  readonly #linkType: number
  readonly #interface: CaptureInterface
  #packet = 0
  #firstSeconds = 0
  #firstFraction = 0

  /** `window` starts with the file header, PCAP_HEADER_LENGTH bytes or more. */
  constructor(name: string, window: ByteWindow, littleEndian: boolean) {
    const { view, position } = window
    const magic = view.getUint32(position, littleEndian)
    const major = view.getUint16(position + VERSION_MAJOR, littleEndian)
    const minor = view.getUint16(position + VERSION_MINOR, littleEndian)
    // Before 2.3 the two lengths of a record stood in the other order (libpcap sf-pcap.c).
    if (major !== 2 || minor < 3 || minor > 4) {
      throw new CaptureError(
        'unsupported-format',
        `${name}: pcap version ${major}.${minor}, only 2.3 and 2.4 are read: the file is damaged or very old; try 'editcap -F pcap in out'`,
      )
    }
    this.#linkType = view.getUint32(position + PCAP_LINK_TYPE, littleEndian) & LINK_TYPE_MASK
    if (!isSupportedLinkType(this.#linkType)) {
      throw new CaptureError(
        'unsupported-link-type',
        `${name}: ${formatLinkType(this.#linkType)} is not decoded: capture on an Ethernet, "any", loopback or tunnel interface`,
      )
    }
    this.name = name
    this.format =
      magic === MAGIC_MODIFIED ? 'pcap-modified' : magic === MAGIC_NANOSECONDS ? 'pcap-ns' : 'pcap'
    this.linkTypes = [this.#linkType]
    this.snaplen = view.getUint32(position + PCAP_SNAPLEN, littleEndian)
    this.#window = window
    this.#littleEndian = littleEndian
    this.#recordHeaderLength = magic === MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_LENGTH : RECORD_HEADER_LENGTH
    this.#nanosecondsPerUnit = magic === MAGIC_NANOSECONDS ? 1 : 1000
    this.#interface = {
      linkType: this.#linkType,
      snaplen: this.snaplen,
      timestampResolution: magic === MAGIC_NANOSECONDS ? 9 : 6,
      timestampOffset: 0n,
    }
    window.position += PCAP_HEADER_LENGTH
  }

  next(record: PacketRecord): ReadStatus {
    const window = this.#window
    const header = window.position
    const start = header + this.#recordHeaderLength
    if (start > window.end) return this.#outOfBytes(this.#recordHeaderLength)
    const view = window.view
    const littleEndian = this.#littleEndian
    const capturedLength = view.getUint32(header + CAPTURED_LENGTH, littleEndian)
    if (capturedLength > MAX_CAPTURED_LENGTH) {
      return this.#stop(oversizeReason(this.#packet + 1, capturedLength))
    }
    const end = start + capturedLength
    if (end > window.end) return this.#outOfBytes(this.#recordHeaderLength + capturedLength)

    const seconds = view.getUint32(header + SECONDS, littleEndian)
    const fraction = view.getUint32(header + FRACTION, littleEndian)
    if (this.#packet === 0) this.#startClock(seconds, fraction)
    this.#packet++
    window.position = end
    record.view = view
    record.start = start
    record.end = end
    record.originalLength = view.getUint32(header + ORIGINAL_LENGTH, littleEndian)
    record.linkType = this.#linkType
    record.packet = this.#packet
    // Turned round, so that the first second is -0 and no small integer: see `Machine.now`.
    record.time =
      (this.#firstSeconds - seconds) * -1e9 + (fraction - this.#firstFraction) * this.#nanosecondsPerUnit
    return READ_PACKET
  }

  frameOrigin({ view, start }: PacketRecord): FrameOrigin {
    const header = start - this.#recordHeaderLength
    const seconds = view.getUint32(header + SECONDS, this.#littleEndian)
    const fraction = view.getUint32(header + FRACTION, this.#littleEndian)
    const unitsPerSecond = 1e9 / this.#nanosecondsPerUnit
    return { interface: this.#interface, ticks: BigInt(seconds) * BigInt(unitsPerSecond) + BigInt(fraction) }
  }

  get bytesRead(): number {
    return this.#window.bytesRead
  }

  get length(): number | undefined {
    return this.#window.length
  }

  fill(): Promise<void> {
    return this.#window.fill()
  }

  close(): Promise<void> {
    return this.#window.close()
  }

  #startClock(seconds: number, fraction: number): void {
    this.#firstSeconds = seconds
    this.#firstFraction = fraction
    this.epoch = BigInt(seconds) * 1_000_000_000n + BigInt(fraction * this.#nanosecondsPerUnit)
  }

  #outOfBytes(needed: number): ReadStatus {
    const window = this.#window
    if (this.stoppedAt !== undefined) return READ_STOPPED
    if (!window.ended) return READ_NEEDS_DATA
    const present = window.end - window.position
    const { damage } = window
    if (present === 0) return damage === undefined ? READ_END : this.#stop(damage)
    return this.#stop(cutReason(`packet ${this.#packet + 1}`, present, needed, damage))
  }

  #stop(reason: string): ReadStatus {
    this.stoppedAt ??= { offset: this.#window.offset, packet: this.#packet, reason }
    return READ_STOPPED
  }
}
