/** What came to its end beside a command that failed: the command's code is that of the run all the same. */
export class BesideFailedCommand extends Error {
  override readonly cause: unknown
  readonly exitCode: number

  constructor(cause: unknown, exitCode: number) {
    super('something went wrong beside a command that failed')
    this.name = 'BesideFailedCommand'
    this.cause = cause
    this.exitCode = exitCode
  }
}
