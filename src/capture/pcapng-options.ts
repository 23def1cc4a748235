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
export const MIN_SECTION_HEADER_LENGTH = 28
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Interface Description Block, section 4.2. */
export const INTERFACE_DESCRIPTION = 1
export const INTERFACE_LINK_TYPE = 8
export const INTERFACE_SNAPLEN = 12
export const INTERFACE_OPTIONS = 16
export const MIN_INTERFACE_DESCRIPTION_LENGTH = 20
const OPTION_END = 0
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

/** What the options of an Interface Description Block say about its clock. */
export interface InterfaceOptions {
  /** if_tsresol as written: 6 (microseconds) without the option. */
  readonly timestampResolution: number
  /** if_tsoffset, seconds. */
  readonly timestampOffset: bigint
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
  let at = start
  while (at + 4 <= end) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    const value = at + 4
    if (code === OPTION_END || value + length > end) break
    if (code === OPTION_IF_TSRESOL && length === 1) timestampResolution = view.getUint8(value)
    if (code === OPTION_IF_TSOFFSET && length === 8) timestampOffset = view.getBigInt64(value, littleEndian)
    at = value + ((length + 3) & ~3)
  }
  return { timestampResolution, timestampOffset }
}
