export type CaptureErrorCode =
  | 'not-found'
  | 'not-readable'
  | 'empty'
  | 'not-a-capture'
  | 'unsupported-format'
  | 'unsupported-link-type'

/** A capture that cannot be read at all. The message is one line for people: what is wrong, then what to do. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode

  constructor(code: CaptureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CaptureError'
    this.code = code
  }
}
