import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NumberList } from './number-list.ts'

const CHUNK_LENGTH = 1 << 20
const DEFAULT_MEMORY_LIMIT = 32 << 20

/** The temporary file could not be made, written or read: a full or forbidden disk, not a fault of the program. */
export class SpoolError extends Error {
  constructor(folder: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`cannot keep the connections in ${folder} (${reason}): point TMPDIR at a disk with room`, { cause })
    this.name = 'SpoolError'
  }
}

/**
 * Texts that come in any order and are read back in the order of a number: finished connections, of which a capture may
 * hold millions. Up to a limit they stay in memory, then they go to a temporary file; 24 bytes each remain here.
 */
export class ConnectionSpool {
  readonly #memoryLimit: number
  readonly #parent: string
  readonly #keys = new NumberList()
  readonly #offsets = new NumberList()
  readonly #lengths = new NumberList()
  /** Whole chunks that have not gone to the file, oldest first. */
  readonly #chunks: Buffer[] = []
  #chunk = Buffer.allocUnsafe(CHUNK_LENGTH)
  #used = 0
  /** Bytes before the current chunk. */
  #full = 0
  #directory: string | undefined
  #file: number | undefined

  constructor(memoryLimit: number = DEFAULT_MEMORY_LIMIT, folder: string = tmpdir()) {
    this.#memoryLimit = memoryLimit
    this.#parent = folder
  }

  get count(): number {
    return this.#keys.length
  }

  /** Whether the temporary file is in use. */
  get isOnDisk(): boolean {
    return this.#file !== undefined
  }

  /** `key` decides the order of reading; keys must differ. */
  add(key: number, text: string): void {
    const length = Buffer.byteLength(text)
    if (length > this.#chunk.length - this.#used) this.#nextChunk(length)
    this.#chunk.write(text, this.#used)
    this.#keys.push(key)
    this.#offsets.push(this.#full + this.#used)
    this.#lengths.push(length)
    this.#used += length
  }

  /** The texts in order of their keys. */
  *texts(): Generator<string, void, void> {
    const whole =
      this.#file === undefined ? [...this.#chunks, this.#chunk.subarray(0, this.#used)] : undefined
    if (whole === undefined) this.#flush()
    const starts = whole === undefined ? [] : startsOf(whole)
    for (const index of this.#order()) {
      const offset = this.#offsets.at(index)
      const length = this.#lengths.at(index)
      yield whole === undefined ? this.#readFile(offset, length) : readChunks(whole, starts, offset, length)
    }
  }

  /** Forgets everything and removes the temporary file. */
  close(): void {
    this.#chunks.length = 0
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true })
    this.#directory = undefined
  }

  #nextChunk(wanted: number): void {
    this.#flush()
    if (wanted > this.#chunk.length || this.#file === undefined) {
      this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_LENGTH, wanted))
    }
  }

  /** Puts the current chunk where it stays: in memory, or behind the others in the file. */
  #flush(): void {
    if (this.#used === 0) return
    const text = this.#chunk.subarray(0, this.#used)
    this.#full += this.#used
    this.#used = 0
    if (this.#file === undefined && this.#full <= this.#memoryLimit) {
      this.#chunks.push(text)
      return
    }
    try {
      this.#file ??= this.#openFile()
      for (const chunk of this.#chunks) writeWhole(this.#file, chunk)
      this.#chunks.length = 0
      writeWhole(this.#file, text)
    } catch (error) {
      this.close()
      throw new SpoolError(this.#parent, error)
    }
  }

  #openFile(): number {
    this.#directory = mkdtempSync(join(this.#parent, 'tcpaudit-'))
    const path = join(this.#directory, 'connections')
    const file = openSync(path, 'wx+', 0o600)
    // Unlinked while open, the file goes away with the process however that ends. Windows refuses; close() does it there.
    try {
      rmSync(this.#directory, { recursive: true })
      this.#directory = undefined
    } catch {}
    return file
  }

  #readFile(offset: number, length: number): string {
    if (this.#file === undefined) throw new Error('the spool is closed')
    const bytes = Buffer.allocUnsafe(length)
    try {
      for (let read = 0; read < length; ) {
        const more = readSync(this.#file, bytes, read, length - read, offset + read)
        if (more === 0) throw new Error('the temporary file is shorter than what was written to it')
        read += more
      }
    } catch (error) {
      throw new SpoolError(this.#parent, error)
    }
    return bytes.toString()
  }

  /** Indices in order of key; most captures end their connections nearly in order, so look before sorting. */
  #order(): Uint32Array {
    const keys = this.#keys.toArray()
    const order = Uint32Array.from(keys, (_, index) => index)
    const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? 0) < key)
    return isSorted ? order : order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0))
  }
}

function startsOf(chunks: readonly Buffer[]): number[] {
  let start = 0
  return chunks.map((chunk) => {
    start += chunk.length
    return start - chunk.length
  })
}

function readChunks(
  chunks: readonly Buffer[],
  starts: readonly number[],
  offset: number,
  length: number,
): string {
  let low = 0
  for (let high = chunks.length - 1; low < high; ) {
    const middle = (low + high + 1) >>> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const from = offset - (starts[low] ?? 0)
  return (chunks[low] as Buffer).toString('utf8', from, from + length)
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}
