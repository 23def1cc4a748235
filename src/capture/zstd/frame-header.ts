import { formatCount } from '../stop-reason.ts'
import { ZstdError } from './zstd-error.ts'

/** First bytes of a frame as a little-endian word; of one to be skipped, whatever its last hexadecimal digit. */
export const ZSTD_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
/** What must be there of a frame header to know how long it is. */
export const LEAST_HEADER_LENGTH = 5

/** What zstd itself allows without being told otherwise (ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
const MOST_WINDOW_LENGTH = 128 * 1024 * 1024
const LEAST_WINDOW_LENGTH = 1024

export function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) === SKIPPABLE_MAGIC
}

export interface FrameHeader {
  readonly length: number
  readonly windowLength: number
  readonly hasChecksum: boolean
  /** undefined where the header does not say. */
  readonly contentLength: number | undefined
}

/** Bytes of the header whose first LEAST_HEADER_LENGTH bytes stand at `start` (RFC 8878 section 3.1.1.1). */
export function headerLength(view: DataView, start: number): number {
  const descriptor = view.getUint8(start + 4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][descriptor & 3] as number
  const content = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
  return LEAST_HEADER_LENGTH + (isSingleSegment ? 0 : 1) + dictionary + content
}

/** Reads the header at `start`, all of which is there. Throws ZstdError. */
export function readFrameHeader(view: DataView, start: number): FrameHeader {
  const length = headerLength(view, start)
  const descriptor = view.getUint8(start + 4)
  if ((descriptor & 8) !== 0) throw new ZstdError('reserved bits that are set')
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3] as number
  let at = start + LEAST_HEADER_LENGTH
  const window = isSingleSegment ? 0 : view.getUint8(at++)
  for (let index = 0; index < dictionaryLength; index++) {
    if (view.getUint8(at + index) !== 0) throw new ZstdError('it needs a dictionary')
  }
  at += dictionaryLength
  const contentLength = readContentLength(view, at, start + length - at)
  const windowLength =
    isSingleSegment && contentLength !== undefined
      ? Math.max(LEAST_WINDOW_LENGTH, contentLength)
      : 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8)
  if (windowLength > MOST_WINDOW_LENGTH && !isSingleSegment) {
    throw new ZstdError(
      `its window of ${formatCount(windowLength)} bytes is above the ${formatCount(MOST_WINDOW_LENGTH)} that zstd unpacks unasked`,
    )
  }
  return {
    length,
    windowLength: Math.min(windowLength, MOST_WINDOW_LENGTH),
    hasChecksum: (descriptor & 4) !== 0,
    contentLength,
  }
}

function readContentLength(view: DataView, at: number, length: number): number | undefined {
  if (length === 0) return undefined
  if (length === 1) return view.getUint8(at)
  if (length === 2) return view.getUint16(at, true) + 256
  if (length === 4) return view.getUint32(at, true)
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}
