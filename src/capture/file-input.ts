import { close, fstatSync, open, read, readSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import type { ByteInput } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import { StreamInput } from './stream-input.ts'
import { codeOf } from './system-error.ts'

/** Opens a file, a FIFO or a device. Opening a FIFO waits for its writer. */
export async function openFile(path: string): Promise<ByteInput> {
  let file: number
  try {
    file = await promisify(open)(path, 'r')
  } catch (error) {
    throw openError(path, error)
  }
  const stat = fstatSync(file)
  if (stat.isDirectory()) {
    await promisify(close)(file)
    throw new CaptureError('not-readable', `${path}: is a directory: name the capture files in it`)
  }
  if (stat.isFIFO()) return new StreamInput(new Socket({ fd: file, readable: true, writable: false }), path)
  return new FileInput(file, path, stat)
}

/** Reads a file that is open from where it stands to its end. */
export class FileInput implements ByteInput {
  /** Of a regular file only: a device may keep its reader waiting. */
  readonly readNow: ((buffer: Uint8Array, offset: number, length: number) => number) | undefined
  readonly length: number | undefined
  bytesRead = 0
  readonly #file: number
  readonly #path: string

  constructor(file: number, path: string, stat: Stats) {
    this.#file = file
    this.#path = path
    this.length = stat.isFile() ? stat.size : undefined
    this.readNow = stat.isFile() ? this.#readNow : undefined
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    try {
      const { bytesRead } = await promisify(read)(this.#file, buffer, offset, length, null)
      this.bytesRead += bytesRead
      return bytesRead
    } catch (error) {
      throw this.#readError(error)
    }
  }

  #readNow = (buffer: Uint8Array, offset: number, length: number): number => {
    try {
      const bytesRead = readSync(this.#file, buffer, offset, length, null)
      this.bytesRead += bytesRead
      return bytesRead
    } catch (error) {
      throw this.#readError(error)
    }
  }

  #readError(error: unknown): CaptureError {
    return new CaptureError(
      'not-readable',
      `${this.#path}: cannot be read (${codeOf(error)}): check the disk`,
    )
  }

  close(): Promise<void> {
    return promisify(close)(this.#file)
  }
}

function openError(path: string, error: unknown): CaptureError {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CaptureError('not-found', `${path}: no such file: check the path`)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new CaptureError(
      'not-readable',
      `${path}: permission denied: ask for read access or run as its owner`,
    )
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return new CaptureError(
      'not-readable',
      `${path}: too many files are open: join the captures first with 'mergecap -w all.pcapng FILE...'`,
    )
  }
  return new CaptureError('not-readable', `${path}: cannot be opened (${code}): check the path`)
}
