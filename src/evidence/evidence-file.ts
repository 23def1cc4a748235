import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'

/**
 * A file that is written from its beginning to its end, opened only while something is written: there may be more of
 * them than a process may have open. What is written ends where a block ends, so it can be read at any time.
 */
export class EvidenceFile {
  readonly path: string
  /** Bytes so far, those that are not written yet included. */
  length = 0
  readonly #replaces: boolean
  #isCreated = false
  #pending: Uint8Array[] = []

  /** `replaces`: there is one of this name, which has to go first. */
  constructor(path: string, replaces: boolean) {
    this.path = path
    this.#replaces = replaces
  }

  add(block: Uint8Array): void {
    this.#pending.push(block)
    this.length += block.length
  }

  /** Writes what has been added. On an error the file ends where it did before, and the error is thrown. */
  flush(): void {
    if (this.#pending.length === 0) return
    if (!this.#isCreated && this.#replaces) unlinkSync(this.path)
    // `x`: nothing that was put there meanwhile is written to, and no link is followed.
    const file = openSync(this.path, this.#isCreated ? 'a' : 'ax', 0o640)
    this.#isCreated = true
    const before = fstatSync(file).size
    try {
      writeAll(file, this.#pending)
      this.#pending = []
    } catch (error) {
      ftruncateSync(file, before)
      throw error
    } finally {
      closeSync(file)
    }
  }
}

function writeAll(file: number, parts: readonly Uint8Array[]): void {
  const bytes = Buffer.concat(parts)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}
