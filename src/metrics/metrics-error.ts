/** Metrics that cannot be offered: for people, what is wrong and what to do. */
export class MetricsError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MetricsError'
  }
}
