import { type ByteWindow, MAX_CARRIED_LENGTH } from './byte-window.ts'
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
import { PcapngClock } from './pcapng-clock.ts'
import {
  BLOCK_LENGTH,
  BLOCK_TRAILER_LENGTH,
  BLOCK_TYPE,
  BYTE_ORDER_MAGIC,
  ENHANCED_CAPTURED_LENGTH,
  ENHANCED_DATA,
  ENHANCED_INTERFACE,
  ENHANCED_ORIGINAL_LENGTH,
  ENHANCED_PACKET,
  ENHANCED_TIME_HIGH,
  ENHANCED_TIME_LOW,
  hasComment,
  INTERFACE_DESCRIPTION,
  INTERFACE_LINK_TYPE,
  INTERFACE_OPTIONS,
  INTERFACE_SNAPLEN,
  INTERFACE_STATISTICS,
  MIN_BLOCK_LENGTH,
  MIN_INTERFACE_DESCRIPTION_LENGTH,
  MIN_SECTION_HEADER_LENGTH,
  MIN_STATISTICS_LENGTH,
  OBSOLETE_PACKET,
  readComments,
  readDrops,
  readInterfaceOptions,
  SECTION_BYTE_ORDER_MAGIC,
  SECTION_HEADER,
  SECTION_OPTIONS,
  SECTION_VERSION_MAJOR,
  SIMPLE_DATA,
  SIMPLE_ORIGINAL_LENGTH,
  SIMPLE_PACKET,
  STATISTICS_INTERFACE,
  STATISTICS_OPTIONS,
} from './pcapng-options.ts'
import { cutReason, formatCount, MAX_CAPTURED_LENGTH, oversizeReason } from './stop-reason.ts'

interface PcapngInterface extends CaptureInterface {
  readonly clock: PcapngClock
  /** Packets dropped so far, by its newest statistics. */
  drops: number
}

/** Comments that are kept, and characters of each. */
const MAX_COMMENTS = 16
const MAX_COMMENT_LENGTH = 1000

/**
 * pcapng: sections of either byte order, any number of interfaces, each with its link type and clock. Packets are
 * those of Enhanced, Simple and (obsolete) Packet Blocks, and only they are numbered. All other blocks are skipped,
 * however long, without being kept in memory.
 */
export class PcapngReader implements CaptureSource {
  readonly name: string
  readonly format = 'pcapng'
  readonly linkTypes: number[] = []
  snaplen = 0
  /** Time of the first packet that has one: a Simple Packet Block takes over the time of the packet before it, 0 if there is none. */
  epoch = 0n
  stoppedAt: StoppedAt | undefined
  kernelDrops: number | undefined
  readonly comments: string[] = []
  packetComments = 0

  readonly #window: ByteWindow
  #littleEndian = true
  /** Of the current section. */
  #interfaces: PcapngInterface[] = []
  #packet = 0
  #lastTime = 0
  /** Interface of the packet handed out last, and where the two halves of its time stand; -1 where it has none. */
  #lastInterface: PcapngInterface | undefined
  #lastTimeAt = -1
  #hasEpoch = false
  /** Where the last block began that was passed over before all of it was in memory. */
  #skippedOffset = 0

  constructor(name: string, window: ByteWindow) {
    this.name = name
    this.#window = window
  }

  /**
   * Reads up to the first packet, so that the interfaces are known before it. Throws when there are some by then and
   * none has a link type that can be decoded; in a mixed file, and for interfaces that appear later, undecodable
   * packets are delivered like others.
   */
  async readDeclarations(): Promise<void> {
    while (this.#skipToPacket() === READ_NEEDS_DATA) await this.fill()
    const [first] = this.linkTypes
    if (first === undefined || this.linkTypes.some(isSupportedLinkType)) return
    throw new CaptureError(
      'unsupported-link-type',
      `${this.name}: ${formatLinkType(first)} is not decoded: capture on an Ethernet, "any", loopback or tunnel interface`,
    )
  }

  next(record: PacketRecord): ReadStatus {
    const status = this.#skipToPacket()
    if (status !== READ_PACKET) return status
    const window = this.#window
    const block = window.position
    const blockLength = window.view.getUint32(block + BLOCK_LENGTH, this.#littleEndian)
    // A block of ordinary length is looked at when all of it is there; of a longer one (options can be that long)
    // only the packet itself need fit in memory.
    const isWhole = blockLength <= MAX_CARRIED_LENGTH
    const present = window.end - block
    if (isWhole && present < blockLength) return this.#outOfBytes(blockLength)
    if (present < ENHANCED_DATA && blockLength >= ENHANCED_DATA) return this.#outOfBytes(ENHANCED_DATA)

    const view = window.view
    const type = view.getUint32(block + BLOCK_TYPE, this.#littleEndian)
    const dataOffset = type === SIMPLE_PACKET ? SIMPLE_DATA : ENHANCED_DATA
    const room = blockLength - dataOffset - BLOCK_TRAILER_LENGTH
    if (room < 0)
      return this.#stop(`the block of packet ${this.#packet + 1} is too short: ${blockLength} bytes`)
    if (isWhole && this.#trailer(block, blockLength) !== blockLength)
      return this.#stopAtTrailer(block, blockLength)

    const from = this.#interfaces[this.#interfaceOf(block, type)]
    if (from === undefined) return this.#stopAtInterface(this.#interfaceOf(block, type))
    const capturedLength =
      type === SIMPLE_PACKET
        ? this.#simpleCapturedLength(block, from, room)
        : view.getUint32(block + ENHANCED_CAPTURED_LENGTH, this.#littleEndian)
    if (capturedLength > MAX_CAPTURED_LENGTH)
      return this.#stop(oversizeReason(this.#packet + 1, capturedLength))
    if (capturedLength > room) {
      return this.#stop(
        `packet ${this.#packet + 1} claims ${formatCount(capturedLength)} captured bytes in a block with room for ${formatCount(room)}`,
      )
    }
    if (present < dataOffset + capturedLength) return this.#outOfBytes(dataOffset + capturedLength)

    if (type !== SIMPLE_PACKET) {
      const high = view.getUint32(block + ENHANCED_TIME_HIGH, this.#littleEndian)
      const low = view.getUint32(block + ENHANCED_TIME_LOW, this.#littleEndian)
      if (!this.#hasEpoch) this.#startClocks(from.clock.absolute(high, low))
      this.#lastTime = from.clock.since(high, low)
    }
    const optionsStart = dataOffset + ((capturedLength + 3) & ~3)
    if (isWhole && type !== SIMPLE_PACKET && optionsStart + BLOCK_TRAILER_LENGTH < blockLength) {
      const optionsEnd = block + blockLength - BLOCK_TRAILER_LENGTH
      if (hasComment(view, block + optionsStart, optionsEnd, this.#littleEndian)) this.packetComments++
    }
    this.#packet++
    this.#lastInterface = from
    this.#lastTimeAt = type === SIMPLE_PACKET ? -1 : block + ENHANCED_TIME_HIGH
    if (!isWhole) this.#skippedOffset = window.offset
    window.position = block + blockLength
    record.view = view
    record.start = block + dataOffset
    record.end = block + dataOffset + capturedLength
    record.originalLength = view.getUint32(
      block + (type === SIMPLE_PACKET ? SIMPLE_ORIGINAL_LENGTH : ENHANCED_ORIGINAL_LENGTH),
      this.#littleEndian,
    )
    record.linkType = from.linkType
    record.packet = this.#packet
    record.time = this.#lastTime
    return READ_PACKET
  }

  frameOrigin({ view, time }: PacketRecord): FrameOrigin {
    const from = this.#lastInterface
    if (from === undefined) throw new Error('no packet was handed out')
    const at = this.#lastTimeAt
    if (at < 0) return { interface: from, ticks: from.clock.ticksAt(this.epoch + BigInt(time)) }
    const high = BigInt(view.getUint32(at, this.#littleEndian))
    return { interface: from, ticks: (high << 32n) | BigInt(view.getUint32(at + 4, this.#littleEndian)) }
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

  /** READ_PACKET when the window stands at a block that holds a packet, not all of it necessarily in memory. */
  #skipToPacket(): ReadStatus {
    const window = this.#window
    for (;;) {
      const block = window.position
      if (window.end - block < MIN_BLOCK_LENGTH) return this.#outOfBytes(MIN_BLOCK_LENGTH)
      const type = window.view.getUint32(block + BLOCK_TYPE, this.#littleEndian)
      if (type === SECTION_HEADER && !this.#readByteOrder(block)) {
        return this.#stop('a section begins without a byte-order magic')
      }
      const length = window.view.getUint32(block + BLOCK_LENGTH, this.#littleEndian)
      if (length < MIN_BLOCK_LENGTH || length % 4 !== 0) {
        return this.#stop(`a block claims a length of ${formatCount(length)} bytes`)
      }
      if (type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET) return READ_PACKET
      if (type === SECTION_HEADER || type === INTERFACE_DESCRIPTION) {
        const status = this.#readDeclaration(type, block, length)
        if (status !== READ_PACKET) return status
      } else if (type === INTERFACE_STATISTICS && length <= MAX_CARRIED_LENGTH) {
        if (window.end - block < length) return this.#outOfBytes(length)
        this.#readStatistics(block, length)
      }
      this.#skippedOffset = window.offset
      window.position = block + length
    }
  }

  /** READ_PACKET to go on. */
  #readDeclaration(type: number, block: number, length: number): ReadStatus {
    const what = type === SECTION_HEADER ? 'section header' : 'interface description'
    const minimum = type === SECTION_HEADER ? MIN_SECTION_HEADER_LENGTH : MIN_INTERFACE_DESCRIPTION_LENGTH
    if (length < minimum || length > MAX_CARRIED_LENGTH) {
      return this.#stop(`the ${what} has an impossible length: ${formatCount(length)} bytes`)
    }
    if (this.#window.end - block < length) return this.#outOfBytes(length)
    if (this.#trailer(block, length) !== length) return this.#stopAtTrailer(block, length)
    if (type === SECTION_HEADER) return this.#startSection(block, length)
    this.#addInterface(block, length)
    return READ_PACKET
  }

  #startSection(block: number, length: number): ReadStatus {
    const major = this.#window.view.getUint16(block + SECTION_VERSION_MAJOR, this.#littleEndian)
    if (major !== 1) return this.#stop(`a section has the unknown pcapng version ${major}`)
    this.#interfaces = []
    this.#addComments(block + SECTION_OPTIONS, block + length - BLOCK_TRAILER_LENGTH)
    return READ_PACKET
  }

  #addInterface(block: number, length: number): void {
    const view = this.#window.view
    const linkType = view.getUint16(block + INTERFACE_LINK_TYPE, this.#littleEndian)
    const snaplen = view.getUint32(block + INTERFACE_SNAPLEN, this.#littleEndian)
    const optionsEnd = block + length - BLOCK_TRAILER_LENGTH
    const options = readInterfaceOptions(view, block + INTERFACE_OPTIONS, optionsEnd, this.#littleEndian)
    const clock = new PcapngClock(options)
    if (this.#hasEpoch) clock.startAt(this.epoch)
    this.#interfaces.push({ linkType, snaplen, ...options, clock, drops: 0 })
    this.#addComments(block + INTERFACE_OPTIONS, optionsEnd)
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType)
    if (snaplen > this.snaplen) this.snaplen = snaplen
  }

  /** Statistics are totals since the capture began: the largest of an interface counts. */
  #readStatistics(block: number, length: number): void {
    if (length < MIN_STATISTICS_LENGTH) return
    const view = this.#window.view
    const about = this.#interfaces[view.getUint32(block + STATISTICS_INTERFACE, this.#littleEndian)]
    const optionsEnd = block + length - BLOCK_TRAILER_LENGTH
    const drops = readDrops(view, block + STATISTICS_OPTIONS, optionsEnd, this.#littleEndian)
    if (about === undefined || drops === undefined) return
    this.kernelDrops = (this.kernelDrops ?? 0) + Math.max(0, drops - about.drops)
    about.drops = Math.max(drops, about.drops)
  }

  #addComments(start: number, end: number): void {
    for (const comment of readComments(this.#window.view, start, end, this.#littleEndian)) {
      if (this.comments.length === MAX_COMMENTS) return
      this.comments.push(comment.slice(0, MAX_COMMENT_LENGTH))
    }
  }

  #readByteOrder(block: number): boolean {
    const view = this.#window.view
    if (view.getUint32(block + SECTION_BYTE_ORDER_MAGIC, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true
    else if (view.getUint32(block + SECTION_BYTE_ORDER_MAGIC, false) === BYTE_ORDER_MAGIC)
      this.#littleEndian = false
    else return false
    return true
  }

  #interfaceOf(block: number, type: number): number {
    if (type === SIMPLE_PACKET) return 0
    const view = this.#window.view
    if (type === OBSOLETE_PACKET) return view.getUint16(block + ENHANCED_INTERFACE, this.#littleEndian)
    return view.getUint32(block + ENHANCED_INTERFACE, this.#littleEndian)
  }

  #simpleCapturedLength(block: number, from: PcapngInterface, room: number): number {
    const originalLength = this.#window.view.getUint32(block + SIMPLE_ORIGINAL_LENGTH, this.#littleEndian)
    const limit = from.snaplen === 0 ? room : Math.min(from.snaplen, room)
    return Math.min(originalLength, limit)
  }

  #trailer(block: number, length: number): number {
    return this.#window.view.getUint32(block + length - BLOCK_TRAILER_LENGTH, this.#littleEndian)
  }

  #startClocks(epoch: bigint): void {
    this.epoch = epoch
    this.#hasEpoch = true
    for (const { clock } of this.#interfaces) clock.startAt(epoch)
  }

  #outOfBytes(needed: number): ReadStatus {
    const window = this.#window
    if (this.stoppedAt !== undefined) return READ_STOPPED
    if (!window.ended) return READ_NEEDS_DATA
    const present = window.end - window.position
    const { damage } = window
    if (present === 0) return damage === undefined ? READ_END : this.#stop(damage)
    if (present < 0) {
      const beyond = `${formatCount(-present)} bytes before the end of a block`
      return this.#stop(`${damage ?? 'the file ends'} ${beyond}`, this.#skippedOffset)
    }
    return this.#stop(cutReason(`the block after packet ${this.#packet}`, present, needed, damage))
  }

  #stopAtTrailer(block: number, length: number): ReadStatus {
    const trailer = formatCount(this.#trailer(block, length))
    return this.#stop(`a block's two lengths differ: ${formatCount(length)} and ${trailer} bytes`)
  }

  #stopAtInterface(index: number): ReadStatus {
    const count = this.#interfaces.length
    return this.#stop(
      `packet ${this.#packet + 1} names interface ${index}, and the section has described ${count}`,
    )
  }

  #stop(reason: string, offset = this.#window.offset): ReadStatus {
    this.stoppedAt ??= { offset, packet: this.#packet, reason }
    return READ_STOPPED
  }
}
