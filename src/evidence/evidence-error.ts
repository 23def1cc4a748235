/** Evidence that cannot be had or written: for people, what is wrong and what to do. The audit is not touched by it. */
export class EvidenceError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EvidenceError'
  }
}
