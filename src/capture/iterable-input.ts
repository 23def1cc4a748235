import type { ByteInput } from './byte-window.ts'
import { CaptureError } from './capture-error.ts'

/**
 * Pieces of bytes that somebody else provides, one asked for after the other: a stream of Node, one of the web, an async
 * generator. Closed before its end, it is told so as `for await` tells it when it is left.
 */
export class IterableInput implements ByteInput {
  readonly length = undefined
  bytesRead = 0
  readonly #iterable: AsyncIterable<unknown>
  readonly #iterator: AsyncIterator<unknown>
  readonly #name: string
  /** What came with the last piece and was not asked for yet. */
  #rest: Uint8Array = new Uint8Array(0)
  #hasEnded = false
  #wake: (() => void) | undefined

  constructor(iterable: AsyncIterable<unknown>, name: string) {
    this.#iterable = iterable
    this.#iterator = iterable[Symbol.asyncIterator]()
    this.#name = name
  }

  async read(buffer: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#hasEnded) return 0
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        this.#next().then(resolve, reject)
      })
    }
    const piece = this.#rest.subarray(0, length)
    buffer.set(piece, offset)
    this.#rest = this.#rest.subarray(piece.length)
    this.bytesRead += piece.length
    return piece.length
  }

  cancel(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#wake?.()
    // A stream that waits for its source would keep its iterator waiting.
    if (isDestroyable(this.#iterable)) this.#iterable.destroy()
    // Not awaited: it may wait for a piece that never comes.
    this.#iterator.return?.()?.catch(() => {})
  }

  async close(): Promise<void> {
    this.cancel()
  }

  async #next(): Promise<void> {
    try {
      const { value, done } = await this.#iterator.next()
      if (done === true) this.#hasEnded = true
      else if (value instanceof Uint8Array) this.#rest = value
      else throw new TypeError(`gives ${typeof value} instead of bytes (Uint8Array)`)
    } catch (error) {
      if (this.#hasEnded) return
      const reason = error instanceof Error ? error.message : String(error)
      throw new CaptureError(
        'not-readable',
        `${this.#name}: cannot be read (${reason}): check what provides it`,
        {
          cause: error,
        },
      )
    }
  }
}

function isDestroyable(value: object): value is { destroy(): unknown } {
  return 'destroy' in value && typeof value.destroy === 'function'
}
