import type { Readable } from 'node:stream'
import type { ByteInput } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'
import { codeOf } from './system-error.ts'

/**
 * Reads a pipe, a FIFO or a socket as its bytes come. A read that waits ends when the input is closed, so a run that has
 * seen enough need not wait for a writer that goes on.
 */
export class StreamInput implements ByteInput {
  readonly length = undefined
  bytesRead = 0
  readonly #stream: Readable
  readonly #name: string
  /** What came with the last piece and was not asked for yet. */
  #rest: Uint8Array = new Uint8Array(0)
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor(stream: Readable, name: string) {
    this.#stream = stream
    this.#name = name
    for (const event of ['readable', 'end', 'close']) stream.on(event, () => this.#wake?.())
    stream.on('error', (error) => {
      this.#error ??= error
      this.#wake?.()
    })
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    while (!this.#hasBytes()) {
      if (this.#error !== undefined) throw this.#readError(this.#error)
      if (this.#stream.readableEnded || this.#stream.destroyed) return 0
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    let taken = 0
    while (taken < length && this.#hasBytes()) {
      const piece = this.#rest.subarray(0, length - taken)
      buffer.set(piece, offset + taken)
      this.#rest = this.#rest.subarray(piece.length)
      taken += piece.length
    }
    this.bytesRead += taken
    return taken
  }

  cancel(): void {
    this.#stream.destroy()
    this.#wake?.()
  }

  async close(): Promise<void> {
    this.cancel()
  }

  #hasBytes(): boolean {
    if (this.#rest.length === 0) this.#rest = (this.#stream.read() as Uint8Array | null) ?? this.#rest
    return this.#rest.length > 0
  }

  #readError(error: Error): CaptureError {
    return new CaptureError(
      'not-readable',
      `${this.#name}: cannot be read (${codeOf(error)}): check who writes it`,
    )
  }
}
