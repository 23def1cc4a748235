/** The compressed data are not as RFC 8878 says; `message` is a clause for people. */
export class ZstdError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ZstdError'
  }
}
