/** Block types and layouts (draft-ietf-opsawg-pcapng); offsets count from the start of the block. */
export const BLOCK_TYPE = 0
export const BLOCK_LENGTH = 4
/** Type, length, and the length again at the end. */
export const MIN_BLOCK_LENGTH = 12
export const BLOCK_TRAILER_LENGTH = 4

/** Section Header Block, section 4.1. The type reads the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a
export const SECTION_BYTE_ORDER_MAGIC = 8
export const SECTION_VERSION_MAJOR = 12
export const SECTION_OPTIONS = 24
export const MIN_SECTION_HEADER_LENGTH = 28
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Interface Description Block, section 4.2. */
export const INTERFACE_DESCRIPTION = 1
export const INTERFACE_LINK_TYPE = 8
export const INTERFACE_SNAPLEN = 12
export const INTERFACE_OPTIONS = 16
export const MIN_INTERFACE_DESCRIPTION_LENGTH = 20
const OPTION_END = 0
const OPTION_COMMENT = 1
const OPTION_IF_NAME = 2
const OPTION_IF_DESCRIPTION = 3
const OPTION_IF_TSRESOL = 9
const OPTION_IF_TSOFFSET = 14

/** Enhanced Packet Block, section 4.3. */
export const ENHANCED_PACKET = 6
export const ENHANCED_INTERFACE = 8
export const ENHANCED_TIME_HIGH = 12
export const ENHANCED_TIME_LOW = 16
export const ENHANCED_CAPTURED_LENGTH = 20
export const ENHANCED_ORIGINAL_LENGTH = 24
export const ENHANCED_DATA = 28

/** Simple Packet Block, section 4.4: of the section's first interface, without a time. */
export const SIMPLE_PACKET = 3
export const SIMPLE_ORIGINAL_LENGTH = 8
export const SIMPLE_DATA = 12

/**
 * Packet Block, appendix A: obsolete. The Enhanced Packet Block has the same fields at the same places, but for the
 * interface, which has 16 bits here, before a count of drops.
 */
export const OBSOLETE_PACKET = 2

/** Interface Statistics Block, section 4.6. */
export const INTERFACE_STATISTICS = 5
export const STATISTICS_INTERFACE = 8
export const STATISTICS_OPTIONS = 20
export const MIN_STATISTICS_LENGTH = 24
const OPTION_ISB_IFDROP = 5
const OPTION_ISB_OSDROP = 7

/** What the options of an Interface Description Block say about its clock, and what it is called. */
export interface InterfaceOptions {
  /** if_tsresol as written: 6 (microseconds) without the option. */
  readonly timestampResolution: number
  /** if_tsoffset, seconds. */
  readonly timestampOffset: bigint
  readonly name: string | undefined
  readonly description: string | undefined
}

/** Reads the options in `[start, end)`; a broken list ends where it breaks, as options are not needed to go on. */
export function readInterfaceOptions(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): InterfaceOptions {
  let timestampResolution = 6
  let timestampOffset = 0n
  let name: string | undefined
  let description: string | undefined
  for (const { code, at, length } of options(view, start, end, littleEndian)) {
    if (code === OPTION_IF_TSRESOL && length === 1) timestampResolution = view.getUint8(at)
    if (code === OPTION_IF_TSOFFSET && length === 8) timestampOffset = view.getBigInt64(at, littleEndian)
    if (code === OPTION_IF_NAME) name = textOf(view, at, length)
    if (code === OPTION_IF_DESCRIPTION) description = textOf(view, at, length)
  }
  return { timestampResolution, timestampOffset, name, description }
}

/** Packets dropped by the interface and by the operating system since the capture began; undefined if neither is said. */
export function readDrops(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): number | undefined {
  let drops: number | undefined
  for (const { code, at, length } of options(view, start, end, littleEndian)) {
    if ((code !== OPTION_ISB_IFDROP && code !== OPTION_ISB_OSDROP) || length !== 8) continue
    drops = (drops ?? 0) + Number(view.getBigUint64(at, littleEndian))
  }
  return drops
}

/** The comments (opt_comment) among the options in `[start, end)`; what is not UTF-8 in them is replaced. */
export function* readComments(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): Generator<string, void, void> {
  for (const { code, at, length } of options(view, start, end, littleEndian)) {
    if (code === OPTION_COMMENT) yield textOf(view, at, length)
  }
}

/** Whether a packet bears a comment; called for each packet with options, so it allocates nothing. */
export function hasComment(view: DataView, start: number, end: number, littleEndian: boolean): boolean {
  let at = start
  while (at + 4 <= end) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (code === OPTION_COMMENT) return at + 4 + length <= end
    if (code === OPTION_END) return false
    at += 4 + ((length + 3) & ~3)
  }
  return false
}

function* options(
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
): Generator<{ code: number; at: number; length: number }, void, void> {
  let at = start
  while (at + 4 <= end) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    const value = at + 4
    if (code === OPTION_END || value + length > end) return
    yield { code, at: value, length }
    at = value + ((length + 3) & ~3)
  }
}

function textOf(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length))
}
