import type { TransformOptions } from 'node:stream'
import { constants, createGunzip, type Gunzip, gunzipSync, type ZlibOptions } from 'node:zlib'
import type { ByteInput, ByteWindow } from './byte-window.ts'
import { expansionReason } from './expansion-limit.ts'
import { formatCount } from './stop-reason.ts'
import { codeOf } from './system-error.ts'

/** First bytes of a gzip member (RFC 1952 section 2.3.1), as a little-endian half word. */
export const GZIP_MAGIC = 0x8b1f

/** Checksum and length at the end of a member: fed apart, so that a wrong one costs none of the data before it. */
const TRAILER_LENGTH = 8
/** Compressed bytes at a time: the data of the piece in which the decompressor finds damage may be lost. */
const PIECE_LENGTH = 16 * 1024
/** DEFLATE expands to 1,032 times at most: what a piece unpacks to fits, so a write never waits for a reader. */
const UNREAD_LIMIT = PIECE_LENGTH * 1100
const GUNZIP_OPTIONS: ZlibOptions & TransformOptions = {
  chunkSize: 128 * 1024,
  readableHighWaterMark: UNREAD_LIMIT,
}
/** Compressed bytes that are kept from the beginning: damage within them is located to the byte. */
const KEPT_LENGTH = 512 * 1024
const RECOVERY_LIMIT = 128 * 1024 * 1024

/** Unpacks gzip, concatenated members as one, with their checksums verified. */
export class GunzipInput implements ByteInput {
  damage: string | undefined
  readonly #raw: ByteWindow
  readonly #maxExpansion: number
  readonly #gunzip: Gunzip
  /** Offset of the compressed data's first byte in `raw`. */
  readonly #start: number
  /** Unpacked and not yet asked for. */
  #unread: Uint8Array = new Uint8Array(0)
  #unpacked = 0
  #ended = false
  #kept: Uint8Array[] | undefined = []
  #error: Error | undefined
  #settle: (() => void) | undefined

  /** `raw` stands at the first byte of a member. */
  constructor(raw: ByteWindow, maxExpansion: number) {
    this.#raw = raw
    this.#start = raw.offset
    this.#maxExpansion = maxExpansion
    this.#gunzip = createGunzip(GUNZIP_OPTIONS)
    this.#gunzip.on('error', (error: Error) => {
      this.#error ??= error
      this.#settle?.()
    })
  }

  get bytesRead(): number {
    return this.#raw.bytesRead
  }

  get length(): number | undefined {
    return this.#raw.length
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.#unread.length === 0 && !this.#ended) await this.#unpack()
    const taken = this.#unread.subarray(0, length)
    buffer.set(taken, offset)
    this.#unread = this.#unread.subarray(taken.length)
    return taken.length
  }

  cancel(): void {
    this.#raw.cancel()
  }

  async close(): Promise<void> {
    this.#gunzip.destroy()
    await this.#raw.close()
  }

  async #unpack(): Promise<void> {
    const raw = this.#raw
    const present = raw.end - raw.position
    if (!raw.ended && present <= TRAILER_LENGTH) return raw.fill()
    const isTrailer = present <= TRAILER_LENGTH
    if (present > 0) await this.#feed(Math.min(PIECE_LENGTH, isTrailer ? present : present - TRAILER_LENGTH))
    else await this.#run((done) => this.#gunzip.once('close', done).resume().end())
    if (this.#error !== undefined) this.#stopAt(this.#error)
    else this.#add(this.#gunzip.read() as Uint8Array | null)
    this.#ended = present === 0 || this.damage !== undefined
  }

  async #feed(length: number): Promise<void> {
    const raw = this.#raw
    const piece = new Uint8Array(raw.view.buffer, raw.position, length)
    this.#keep(piece)
    await this.#run((done) => this.#gunzip.write(piece, done))
    raw.position += length
  }

  /** Ends with `start`'s callback, or with an error: then the callback may never come. */
  #run(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve
      start(resolve)
    })
  }

  #add(bytes: Uint8Array | null): void {
    if (bytes === null) return
    this.#unread = bytes
    this.#unpacked += bytes.length
    this.damage = expansionReason(this.#unpacked, this.#compressed, this.#maxExpansion)
  }

  get #compressed(): number {
    return this.#raw.offset - this.#start
  }

  #keep(piece: Uint8Array): void {
    if (this.#compressed + piece.length > KEPT_LENGTH) this.#kept = undefined
    this.#kept?.push(piece.slice())
  }

  #stopAt(error: Error): void {
    const kept = this.#kept === undefined ? undefined : Buffer.concat(this.#kept)
    if (kept !== undefined) this.#add(readable(kept).subarray(this.#unpacked))
    this.damage = damageText(error, this.#compressed)
  }
}

/** What the longest undamaged beginning of these bytes unpacks to. */
function readable(bytes: Buffer): Uint8Array {
  let best: Uint8Array = new Uint8Array(0)
  let good = 0
  for (let bad = bytes.length + 1; bad - good > 1; ) {
    const middle = (good + bad) >>> 1
    try {
      best = gunzipSync(bytes.subarray(0, middle), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: RECOVERY_LIMIT,
      })
      good = middle
    } catch {
      bad = middle
    }
  }
  return best
}

function damageText(error: Error, compressed: number): string {
  const at = `${formatCount(compressed)} bytes`
  if (codeOf(error) === 'Z_BUF_ERROR') return `its gzip data are cut after ${at}`
  if (error.message === 'incorrect data check' || error.message === 'incorrect length check') {
    return `the gzip checksum of what was read is wrong within the first ${at}`
  }
  return `its gzip data are damaged within the first ${at} (${error.message})`
}
