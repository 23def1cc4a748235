import type { CaptureInterface } from '../capture/capture-interface.ts'
import {
  BYTE_ORDER_MAGIC,
  ENHANCED_DATA,
  ENHANCED_PACKET,
  INTERFACE_DESCRIPTION,
  INTERFACE_OPTIONS,
  SECTION_HEADER,
  SECTION_OPTIONS,
} from '../capture/pcapng-options.ts'

/** Options (draft-ietf-opsawg-pcapng sections 3.5, 4.1, 4.2). */
const OPTION_COMMENT = 1
const OPTION_SECTION_USER_APPLICATION = 4
const OPTION_INTERFACE_NAME = 2
const OPTION_INTERFACE_DESCRIPTION = 3
const OPTION_INTERFACE_RESOLUTION = 9
const OPTION_INTERFACE_OFFSET = 14

/** Bytes of an option’s text at most: its length has 16 bits. */
const MOST_TEXT_BYTES = 65_535

const UNKNOWN_LENGTH = 0xffff_ffff

interface Option {
  readonly code: number
  readonly value: Uint8Array
}

/** Begins a file: who writes it, and what is to be said of all of it. */
export function sectionHeader(application: string, comment: string): Buffer {
  const block = emptyBlock(SECTION_HEADER, SECTION_OPTIONS, [
    text(OPTION_SECTION_USER_APPLICATION, application),
    text(OPTION_COMMENT, comment),
  ])
  block.writeUInt32LE(BYTE_ORDER_MAGIC, 8)
  block.writeUInt16LE(1, 12)
  block.writeUInt16LE(0, 14)
  block.writeUInt32LE(UNKNOWN_LENGTH, 16)
  block.writeUInt32LE(UNKNOWN_LENGTH, 20)
  return block
}

/** Whether a file that begins with these bytes was begun by `sectionHeader`, for an application of that name. */
export function isSectionOf(application: string, bytes: Buffer): boolean {
  const name = Buffer.from(`${application} `)
  const at = SECTION_OPTIONS + 4
  return (
    bytes.length >= at + name.length &&
    bytes.readUInt32LE(0) === SECTION_HEADER &&
    bytes.readUInt16LE(SECTION_OPTIONS) === OPTION_SECTION_USER_APPLICATION &&
    bytes.subarray(at, at + name.length).equals(name)
  )
}

export function interfaceDescription(described: CaptureInterface): Buffer {
  const { linkType, snaplen, timestampResolution, timestampOffset, name, description } = described
  const offset = Buffer.alloc(8)
  offset.writeBigInt64LE(timestampOffset)
  const block = emptyBlock(INTERFACE_DESCRIPTION, INTERFACE_OPTIONS, [
    ...(name === undefined ? [] : [text(OPTION_INTERFACE_NAME, name)]),
    ...(description === undefined ? [] : [text(OPTION_INTERFACE_DESCRIPTION, description)]),
    { code: OPTION_INTERFACE_RESOLUTION, value: Uint8Array.of(timestampResolution) },
    ...(timestampOffset === 0n ? [] : [{ code: OPTION_INTERFACE_OFFSET, value: offset }]),
  ])
  block.writeUInt16LE(linkType, 8)
  block.writeUInt32LE(snaplen, 12)
  return block
}

/** A packet as it is to be written. */
export interface WrittenPacket {
  /** Number of its interface in the file. */
  readonly interface: number
  readonly ticks: bigint
  readonly bytes: Uint8Array
  readonly originalLength: number
  readonly comments: readonly string[]
}

export function enhancedPacket({ ticks, bytes, originalLength, comments, ...packet }: WrittenPacket): Buffer {
  const optionsStart = ENHANCED_DATA + padded(bytes.length)
  const options = comments.map((comment) => text(OPTION_COMMENT, comment))
  const block = emptyBlock(ENHANCED_PACKET, optionsStart, options)
  block.writeUInt32LE(packet.interface, 8)
  block.writeUInt32LE(Number((ticks >> 32n) & 0xffff_ffffn), 12)
  block.writeUInt32LE(Number(ticks & 0xffff_ffffn), 16)
  block.writeUInt32LE(bytes.length, 20)
  block.writeUInt32LE(originalLength >>> 0, 24)
  block.set(bytes, ENHANCED_DATA)
  return block
}

/** A block with its type, both lengths and its options; what stands between is 0 still. */
function emptyBlock(type: number, optionsStart: number, options: readonly Option[]): Buffer {
  const optionsLength = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 0)
  const end = optionsLength === 0 ? 0 : 4
  const length = optionsStart + optionsLength + end + 4
  const block = Buffer.alloc(length)
  block.writeUInt32LE(type, 0)
  block.writeUInt32LE(length, 4)
  let at = optionsStart
  for (const { code, value } of options) {
    block.writeUInt16LE(code, at)
    block.writeUInt16LE(value.length, at + 2)
    block.set(value, at + 4)
    at += 4 + padded(value.length)
  }
  block.writeUInt32LE(length, length - 4)
  return block
}

function text(code: number, value: string): Option {
  const bytes = Buffer.from(value)
  if (bytes.length <= MOST_TEXT_BYTES) return { code, value: bytes }
  // Not in the middle of a character: its further bytes begin with the bits 10.
  let end = MOST_TEXT_BYTES
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return { code, value: bytes.subarray(0, end) }
}

function padded(length: number): number {
  return (length + 3) & ~3
}
