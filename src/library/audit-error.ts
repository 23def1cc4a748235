import { CaptureError, type CaptureErrorCode } from '../capture/capture-error.ts'
import { EXIT_FAULT, EXIT_UNREADABLE, EXIT_USAGE } from '../cli/exit-codes.ts'
import { UsageError } from '../cli/usage-error.ts'
import { FilterError, LiveError } from '../live/live-error.ts'
import { SpoolError } from '../report/connection-spool.ts'

/**
 * What an {@link AuditError} is about. Of the source: `not-found`, `not-readable`, `empty`, `not-a-capture`,
 * `unsupported-format`, `unsupported-link-type`. Of the options: `wrong-option`, `wrong-config`, `wrong-rule`, `wrong-filter`;
 * `no-libpcap`: a filter needs it, and it is not installed. `no-room`: the temporary file could not be written. `fault`:
 * tcpaudit itself is wrong, please report it.
 */
export type AuditErrorCode =
  | CaptureErrorCode
  | 'wrong-option'
  | 'wrong-config'
  | 'wrong-rule'
  | 'wrong-filter'
  | 'no-libpcap'
  | 'no-room'
  | 'fault'

/**
 * Why an audit could not begin, or not go on. The message is one line for people: what is wrong, then what to do. A capture
 * that is cut or damaged part-way is no error: what was readable is audited, and `capture.quality.stoppedAt` of the last event
 * says where it ended.
 */
export class AuditError extends Error {
  /** For programs; the message may change. */
  readonly code: AuditErrorCode
  /** What the command line would exit with: 2, the options are wrong; 3, the capture cannot be read; 70, a fault of tcpaudit. */
  readonly exitCode: 2 | 3 | 70

  /** @internal */
  constructor(code: AuditErrorCode, exitCode: 2 | 3 | 70, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AuditError'
    this.code = code
    this.exitCode = exitCode
  }
}

/** An option that cannot be followed. */
export function wrongOption(message: string): AuditError {
  return new AuditError('wrong-option', EXIT_USAGE, message)
}

/** What went wrong inside, as who calls the library is to see it. */
export function auditErrorOf(error: unknown): AuditError {
  if (error instanceof AuditError) return error
  const options = { cause: error }
  if (error instanceof CaptureError)
    return new AuditError(error.code, EXIT_UNREADABLE, error.message, {
      cause: error.cause ?? error,
    })
  if (error instanceof FilterError)
    return new AuditError('wrong-filter', EXIT_USAGE, `filter ${error.what}`, options)
  if (error instanceof LiveError)
    return new AuditError('no-libpcap', EXIT_USAGE, `filter: ${error.message}`, options)
  if (error instanceof UsageError) return new AuditError('wrong-config', EXIT_USAGE, error.message, options)
  if (error instanceof SpoolError) return new AuditError('no-room', EXIT_USAGE, error.message, options)
  const what = error instanceof Error ? error.message : String(error)
  return new AuditError(
    'fault',
    EXIT_FAULT,
    `a fault of tcpaudit itself (${what}): please report it`,
    options,
  )
}
