import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import type { Writable } from 'node:stream'
import { reasonOf } from '../capture/system-error.ts'
import { UsageError } from './usage-error.ts'

/** The reader of our output has gone (`| head`): no fault, nothing left to say. */
export class OutputClosedError extends Error {
  constructor() {
    super('the reader of the output has gone')
    this.name = 'OutputClosedError'
  }
}

/** Where a report goes, piece by piece; waits when its reader is slow. */
export interface ReportOutput {
  /** May be called again, for what follows. */
  write(pieces: Iterable<string>): Promise<void>
  /** Releases what is held; `isDone` says whether the report was written. */
  close(isDone: boolean): void
}

/** Pieces are gathered up to this many characters: one write per connection would cost more than the report. */
const GATHERED = 1 << 16

export class StreamOutput implements ReportOutput {
  readonly #stream: Writable & { readonly isTTY?: boolean }
  readonly #onError = (error: Error): void => {
    this.#error ??= error
    this.#wake?.()
  }
  readonly #whenClosed: (() => void) | undefined
  #error: Error | undefined
  #wake: (() => void) | undefined

  /** `whenClosed`: called instead of an OutputClosedError, where somebody else still waits for the report. */
  constructor(stream: Writable, whenClosed?: () => void) {
    this.#stream = stream
    this.#whenClosed = whenClosed
    stream.on('error', this.#onError)
  }

  async write(pieces: Iterable<string>): Promise<void> {
    for (const text of gathered(pieces)) await this.#writeText(text)
  }

  /** The listener for errors stays: a pipe may report its end long after the last write. */
  close(): void {}

  /** The terminal is gone: there is nobody to tell, and what goes elsewhere goes on. */
  #isHungUp(error: Error): boolean {
    return this.#stream.isTTY === true && isSystemError(error) && error.code === 'EIO'
  }

  async #writeText(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (this.#error === undefined) this.#stream.write(text, () => resolve())
      else resolve()
    })
    if (this.#error === undefined || this.#isHungUp(this.#error)) return
    const error = outputError(this.#error)
    if (this.#whenClosed === undefined || !(error instanceof OutputClosedError)) throw error
    this.#whenClosed()
  }
}

/**
 * A file that is there before the reading begins, so that a path that cannot be written is found at once, and that is
 * emptied only when there is a report to put into it.
 */
export class FileOutput implements ReportOutput {
  readonly #path: string
  readonly #file: number
  readonly #isNew: boolean
  #isEmptied = false

  constructor(path: string) {
    this.#path = path
    this.#isNew = !existsSync(path)
    try {
      this.#file = openSync(path, 'a')
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Whether this is the file at `path`, under whatever name. */
  isSameFile(path: string): boolean {
    const other = statSync(path, { throwIfNoEntry: false })
    const own = fstatSync(this.#file)
    return other?.isFile() === true && own.isFile() && other.ino === own.ino && other.dev === own.dev
  }

  async write(pieces: Iterable<string>): Promise<void> {
    try {
      this.#empty()
      for (const text of gathered(pieces)) {
        const bytes = Buffer.from(text)
        for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written)
      }
    } catch (error) {
      if (isSystemError(error)) throw unwritable(this.#path, error)
      throw error
    }
  }

  #empty(): void {
    if (!this.#isEmptied && fstatSync(this.#file).isFile()) ftruncateSync(this.#file)
    this.#isEmptied = true
  }

  close(isDone: boolean): void {
    closeSync(this.#file)
    if (this.#isNew && !isDone) unlinkSync(this.#path)
  }
}

function* gathered(pieces: Iterable<string>): Generator<string, void, void> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < GATHERED) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

function outputError(error: Error): Error {
  if (!isSystemError(error)) return error
  if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return new OutputClosedError()
  return new UsageError(`cannot write to standard output (${error.code}): redirect it to where there is room`)
}

function unwritable(path: string, error: unknown): Error {
  if (!isSystemError(error)) return error instanceof Error ? error : new Error(String(error))
  return new UsageError(`cannot write ${path} (${reasonOf(error)}): give -o another path`)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
}
