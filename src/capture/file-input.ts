import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ByteInput } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'

/** Reads a file (or a named pipe) from front to back. */
export class FileInput implements ByteInput {
  /** Of a regular file only: a pipe may keep its reader waiting. */
  readonly readNow: ((buffer: Uint8Array, offset: number, length: number) => number) | undefined
  readonly #handle: FileHandle
  readonly #path: string

  private constructor(handle: FileHandle, path: string, isRegular: boolean) {
    this.#handle = handle
    this.#path = path
    this.readNow = isRegular ? this.#readNow : undefined
  }

  static async open(path: string): Promise<FileInput> {
    let handle: FileHandle
    try {
      handle = await open(path, 'r')
    } catch (error) {
      throw openError(path, error)
    }
    const stat = await handle.stat()
    if (stat.isDirectory()) {
      await handle.close()
      throw new CaptureError('not-readable', `${path}: is a directory: name the capture files in it`)
    }
    return new FileInput(handle, path, stat.isFile())
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, offset, length, null)).bytesRead
    } catch (error) {
      throw this.#readError(error)
    }
  }

  #readNow = (buffer: Uint8Array, offset: number, length: number): number => {
    try {
      return readSync(this.#handle.fd, buffer, offset, length, null)
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
    return this.#handle.close()
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
  return new CaptureError('not-readable', `${path}: cannot be opened (${code}): check the path`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
