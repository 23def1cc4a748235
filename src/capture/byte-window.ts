/** What a read gives that found nothing, though more may come later: an interface that is silent. */
export const NOTHING_YET = -1

/** Where bytes come from: a file, a pipe, a decompressor, an interface. */
export interface ByteInput {
  /** Reads 1 to `length` bytes into `buffer` at `offset`; 0 is the end of the input. */
  read(buffer: Uint8Array, offset: number, length: number): Promise<number>
  /** The same without waiting, where the bytes are there to be had: then nothing is read ahead. */
  readonly readNow?: ((buffer: Uint8Array, offset: number, length: number) => number) | undefined
  /** False for an input whose reads are not to begin before they are asked for: they say something of the present. */
  readonly readsAhead?: false
  /** Bytes taken so far from the file or pipe itself, and how many it has; a pipe does not know. */
  readonly bytesRead?: number
  readonly length?: number | undefined
  /** Why the bytes end before the capture does, a clause for people: compressed data that are cut or damaged. */
  readonly damage?: string | undefined
  /** Ends a read that waits, with nothing, where `close` could not be called before it ended. */
  cancel?(): void
  close(): Promise<void>
}

/**
 * Bytes per read that waits: packets of 460 bytes decode at 10 M/s with 4 MiB, at 7 M/s with 1 MiB, for each read costs
 * a wake-up. One that need not wait is small enough to leave its bytes in the second-level cache for the decoder, which
 * finds them there for half the price (PERFORMANCE.md, "Where the time goes").
 */
const READ_LENGTH = 4 * 1024 * 1024
const READ_NOW_LENGTH = 256 * 1024

/** Most bytes that may be left unconsumed when `fill` is called, hence the longest record a reader may wait for. */
export const MAX_CARRIED_LENGTH = 512 * 1024

const EMPTY_VIEW = new DataView(new ArrayBuffer(0))

/**
 * The bytes that are in memory, and the only owner of read buffers. For an input that waits there are two: while the
 * reader works through one, the next read fills the other. `fill` copies what was not consumed in front of the new
 * bytes, into room kept for that, so a record is always contiguous and memory is bounded by the buffers.
 *
 * The reader takes bytes from `position` up to `end` and moves `position`. `view` and what it holds are borrowed
 * until the next `fill`.
 */
export class ByteWindow {
  /** One per buffer, made when the buffer is made. */
  view: DataView = EMPTY_VIEW
  /** First byte not consumed. May be moved beyond `end`: `fill` drops what was skipped without keeping it. */
  position = 0
  /** One past the last byte in memory. */
  end = 0
  /** No more bytes will come. */
  ended = false

  readonly #input: ByteInput
  readonly #readLength: number
  #current: ReadBuffer
  #spare: ReadBuffer
  #readAhead: Promise<number> | undefined
  /** Offset in the input of the byte at 0 in `view`. */
  #origin = -MAX_CARRIED_LENGTH
  #closed = false

  constructor(input: ByteInput, readLength?: number) {
    this.#input = input
    this.#readLength = readLength ?? (input.readNow === undefined ? READ_LENGTH : READ_NOW_LENGTH)
    this.#current = makeBuffer(this.#readLength)
    this.#spare = input.readNow === undefined ? makeBuffer(this.#readLength) : this.#current
    this.view = this.#current.view
    this.position = MAX_CARRIED_LENGTH
    this.end = MAX_CARRIED_LENGTH
  }

  /** Offset in the input of `position`. */
  get offset(): number {
    return this.#origin + this.position
  }

  /** Bytes of the input seen so far; all of it once `ended`. */
  get seenLength(): number {
    return this.#origin + this.end
  }

  /** Of the file or pipe itself: see ByteInput. */
  get bytesRead(): number {
    return this.#input.bytesRead ?? this.seenLength
  }

  get length(): number | undefined {
    return this.#input.length
  }

  /** Set once `ended`, if the end is not that of the capture. */
  get damage(): string | undefined {
    return this.ended ? this.#input.damage : undefined
  }

  /** Adds at least one byte behind `end`, or sets `ended`; does neither only if the input has NOTHING_YET. */
  async fill(): Promise<void> {
    if (this.ended || this.#closed) return
    if (this.#input.readNow !== undefined) {
      this.#carry()
      this.#take(this.#input.readNow(this.#current.bytes, MAX_CARRIED_LENGTH, this.#readLength))
      return
    }
    this.#readAhead ??= this.#read()
    const length = await this.#readAhead
    this.#readAhead = undefined
    if (length > 0) this.#carry()
    this.#take(length)
    if (length > 0 && this.#input.readsAhead !== false) this.#readAhead = this.#read()
  }

  cancel(): void {
    this.#input.cancel?.()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.cancel()
    await this.#readAhead?.catch(() => 0)
    await this.#input.close()
  }

  /** Moves what was not consumed to where the other buffer's new bytes begin; that buffer is the current one then. */
  #carry(): void {
    const carried = Math.max(0, this.end - this.position)
    if (carried > MAX_CARRIED_LENGTH) throw new Error(`${carried} bytes left unconsumed`)
    const from = this.#current
    const to = this.#spare
    to.bytes.set(from.bytes.subarray(this.end - carried, this.end), MAX_CARRIED_LENGTH - carried)
    this.#origin += this.end - MAX_CARRIED_LENGTH
    this.position += MAX_CARRIED_LENGTH - this.end
    this.end = MAX_CARRIED_LENGTH
    this.#current = to
    this.#spare = from
    this.view = to.view
  }

  #take(length: number): void {
    if (length === 0) this.ended = true
    else if (length !== NOTHING_YET) this.end += length
  }

  #read(): Promise<number> {
    const read = this.#input.read(this.#spare.bytes, MAX_CARRIED_LENGTH, this.#readLength)
    // A failed read-ahead is reported by the `fill` that awaits it; until then it must not count as unhandled.
    read.catch(() => undefined)
    return read
  }
}

interface ReadBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
}

function makeBuffer(readLength: number): ReadBuffer {
  const bytes = new Uint8Array(MAX_CARRIED_LENGTH + readLength)
  return { bytes, view: new DataView(bytes.buffer) }
}
