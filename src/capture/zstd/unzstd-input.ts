import type { ByteInput, ByteWindow } from '../byte-window.ts'
import { expansionReason } from '../expansion-limit.ts'
import { formatCount } from '../stop-reason.ts'
import {
  type FrameHeader,
  headerLength,
  isSkippable,
  LEAST_HEADER_LENGTH,
  readFrameHeader,
  ZSTD_MAGIC,
} from './frame-header.ts'
import { History } from './history.ts'
import { Literals } from './literals.ts'
import { Sequences } from './sequences.ts'
import { XxHash64 } from './xxhash64.ts'
import { ZstdError } from './zstd-error.ts'

/** RFC 8878 section 3.1.1.2. */
const BLOCK_HEADER_LENGTH = 3
const MOST_BLOCK_LENGTH = 128 * 1024
const RAW_BLOCK = 0
const RUN_BLOCK = 1
const COMPRESSED_BLOCK = 2
const CHECKSUM_LENGTH = 4
const SKIPPABLE_HEADER_LENGTH = 8

/** The input ends where more of it should follow. */
class CutError extends Error {}

/**
 * Unpacks zstd (RFC 8878), frames one after the other as one, with their checksums verified. Block by block: of a block
 * that is damaged nothing is given.
 */
export class UnzstdInput implements ByteInput {
  damage: string | undefined
  readonly #raw: ByteWindow
  readonly #maxExpansion: number
  /** Offset of the compressed data's first byte in `raw`. */
  readonly #start: number
  readonly #literals = new Literals(MOST_BLOCK_LENGTH)
  readonly #sequences = new Sequences(MOST_BLOCK_LENGTH)
  readonly #history = new History()
  readonly #hash = new XxHash64()
  #frame: FrameHeader | undefined
  /** Bytes that the frame at hand has given. */
  #frameLength = 0
  /** What of the history was not asked for yet begins here. */
  #unread = 0
  #unpacked = 0
  #ended = false

  /** `raw` stands at the first byte of a frame. */
  constructor(raw: ByteWindow, maxExpansion: number) {
    this.#raw = raw
    this.#maxExpansion = maxExpansion
    this.#start = raw.offset
  }

  get bytesRead(): number {
    return this.#raw.bytesRead
  }

  get length(): number | undefined {
    return this.#raw.length
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    const history = this.#history
    while (this.#unread === history.end && !this.#ended) await this.#unpack()
    const taken = Math.min(length, history.end - this.#unread)
    buffer.set(history.bytes.subarray(this.#unread, this.#unread + taken), offset)
    this.#unread += taken
    return taken
  }

  cancel(): void {
    this.#raw.cancel()
  }

  close(): Promise<void> {
    return this.#raw.close()
  }

  /** The next frame header, block or checksum. */
  async #unpack(): Promise<void> {
    try {
      if (this.#frame === undefined) await this.#beginFrame()
      else await this.#unpackBlock(this.#frame)
    } catch (error) {
      if (!(error instanceof ZstdError || error instanceof CutError)) throw error
      const at = `${formatCount(this.#compressed)} bytes`
      this.damage =
        error instanceof CutError
          ? `its zstd data are cut after ${at}`
          : `its zstd data are damaged behind the first ${at} (${error.message})`
      // Of a damaged block there may be a part.
      this.#history.end = this.#unread
    }
    if (this.damage !== undefined) this.#ended = true
  }

  get #compressed(): number {
    return this.#raw.offset - this.#start
  }

  async #beginFrame(): Promise<void> {
    const raw = this.#raw
    while (!raw.ended && raw.end - raw.position < LEAST_HEADER_LENGTH) await raw.fill()
    if (raw.end === raw.position) {
      this.#ended = true
      return
    }
    await this.#require(4)
    const magic = raw.view.getUint32(raw.position, true)
    if (isSkippable(magic)) return this.#skipFrame()
    if (magic !== ZSTD_MAGIC) throw new ZstdError('something else follows')
    await this.#require(LEAST_HEADER_LENGTH)
    await this.#require(headerLength(raw.view, raw.position))
    const frame = readFrameHeader(raw.view, raw.position)
    raw.position += frame.length
    this.#frame = frame
    this.#frameLength = 0
    this.#history.reset(frame.windowLength)
    this.#unread = 0
    this.#literals.reset()
    this.#sequences.reset()
    this.#hash.reset()
  }

  async #skipFrame(): Promise<void> {
    const raw = this.#raw
    await this.#require(SKIPPABLE_HEADER_LENGTH)
    let left = SKIPPABLE_HEADER_LENGTH + raw.view.getUint32(raw.position + 4, true)
    while (left > 0) {
      const length = Math.min(left, MOST_BLOCK_LENGTH)
      await this.#require(length)
      raw.position += length
      left -= length
    }
  }

  async #unpackBlock(frame: FrameHeader): Promise<void> {
    const raw = this.#raw
    await this.#require(BLOCK_HEADER_LENGTH)
    const header = raw.view.getUint16(raw.position, true) | (raw.view.getUint8(raw.position + 2) << 16)
    const kind = (header >> 1) & 3
    const length = header >> 3
    const mostLength = Math.min(frame.windowLength, MOST_BLOCK_LENGTH)
    if (length > mostLength || kind > COMPRESSED_BLOCK) throw new ZstdError('a block that cannot be')
    const stored = BLOCK_HEADER_LENGTH + (kind === RUN_BLOCK ? 1 : length)
    await this.#require(stored)
    const history = this.#history
    history.reserve(mostLength)
    this.#unread = history.end
    const from = history.end
    const bytes = new Uint8Array(raw.view.buffer)
    const start = raw.position + BLOCK_HEADER_LENGTH
    if (kind === RAW_BLOCK) history.append(bytes, start, start + length)
    else if (kind === RUN_BLOCK) history.repeat(bytes[start] as number, length)
    else this.#unpackCompressed(bytes, start, start + length, from + mostLength)
    raw.position += stored
    this.#frameLength += history.end - from
    this.#unpacked += history.end - from
    if (frame.hasChecksum) this.#hash.update(history.bytes, from, history.end)
    if ((header & 1) !== 0) await this.#endFrame(frame)
    this.damage ??= expansionReason(this.#unpacked, this.#compressed, this.#maxExpansion)
  }

  #unpackCompressed(bytes: Uint8Array, start: number, end: number, limit: number): void {
    if (start === end) throw new ZstdError('a compressed block without data')
    const history = this.#history
    const literals = this.#literals
    const sequences = literals.decode(bytes, start, end)
    let used = 0
    this.#sequences.decode(bytes, sequences, end, (literalLength, offset, matchLength) => {
      const next = used + literalLength
      if (next > literals.length) throw new ZstdError('fewer literals than are used')
      if (history.end + literalLength + matchLength > limit) throw new ZstdError('a block that is too long')
      history.append(literals.bytes, used, next)
      history.copyBack(offset, matchLength)
      used = next
    })
    if (history.end + literals.length - used > limit) throw new ZstdError('a block that is too long')
    history.append(literals.bytes, used, literals.length)
  }

  async #endFrame({ hasChecksum, contentLength }: FrameHeader): Promise<void> {
    const raw = this.#raw
    this.#frame = undefined
    if (contentLength !== undefined && contentLength !== this.#frameLength) {
      this.damage = `its zstd data within the first ${formatCount(this.#compressed)} bytes unpack to ${formatCount(this.#frameLength)} bytes, not to the ${formatCount(contentLength)} they claim`
    }
    if (!hasChecksum) return
    if (!(await this.#has(CHECKSUM_LENGTH))) {
      this.damage ??= `its zstd data are cut after ${formatCount(this.#compressed + raw.end - raw.position)} bytes`
      return
    }
    const expected = raw.view.getUint32(raw.position, true)
    raw.position += CHECKSUM_LENGTH
    if (expected === this.#hash.digest()) return
    this.damage ??= `the zstd checksum of what was read is wrong within the first ${formatCount(this.#compressed)} bytes`
  }

  async #has(length: number): Promise<boolean> {
    const raw = this.#raw
    while (!raw.ended && raw.end - raw.position < length) await raw.fill()
    return raw.end - raw.position >= length
  }

  async #require(length: number): Promise<void> {
    if (await this.#has(length)) return
    this.#raw.position = this.#raw.end
    throw new CutError()
  }
}
