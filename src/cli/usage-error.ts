/** The command line asks for something that cannot be done. The message is one line: what is wrong, then what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
