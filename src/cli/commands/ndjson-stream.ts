import type { CaptureSource } from '../../capture/capture-source.ts'
import { NdjsonLines } from '../../report/ndjson.ts'
import type { Report } from '../../report/report.ts'
import { Timestamp } from '../../report/timestamp.ts'
import type { FinishedConnection } from '../../tracker/connection-summary.ts'
import type { TrackerEvents } from '../../tracker/tracker-events.ts'
import type { RunProgress } from '../audit-capture.ts'
import type { ReportOutput } from '../report-output.ts'
import type { ReportSink } from './report-sinks.ts'

/** `--ndjson`: gathers what happens while packets are taken in, and writes it before the run reads on. */
export class NdjsonStream implements ReportSink {
  readonly #source: CaptureSource
  readonly #output: ReportOutput | undefined
  #known: NdjsonLines | undefined
  #pending: string[] = []

  constructor(source: CaptureSource, output: ReportOutput | undefined) {
    this.#source = source
    this.#output = output
  }

  subscribe(events: TrackerEvents): void {
    if (this.#output === undefined) return
    events.subscribe('state', (event) => this.#pending.push(this.#lines.state(event)))
    events.subscribe('retracted', (event) => this.#pending.push(this.#lines.retraction(event)))
  }

  connection(connection: FinishedConnection, findings: () => string[]): void {
    if (this.#output === undefined) return
    this.#pending.push(this.#lines.connection(connection, findings()))
  }

  tick(run: RunProgress): void {
    if (this.#output === undefined) return
    const { packets, bytes, opened, tracked } = run
    this.news(run)
    this.#pending.push(this.#lines.stats(run.tick, { packets, bytes, connections: opened, tracked }))
  }

  /** Findings that are new, or much more than they were. */
  news(run: RunProgress): void {
    if (this.#output !== undefined) this.#pending.push(...this.#lines.findingsSoFar(run.findings()))
  }

  /** Hands on what has been gathered; done when it is written. */
  async taken(): Promise<void> {
    await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return
    const lines = this.#pending
    this.#pending = []
    await this.#output?.write(lines)
  }

  async end(report: Report): Promise<void> {
    await this.flush()
    await this.#output?.write(this.#lines.end(report))
  }

  /** Not before the first packet: the source learns its epoch from that. */
  get #lines(): NdjsonLines {
    this.#known ??= new NdjsonLines(new Timestamp(this.#source.epoch), this.#source.origins)
    return this.#known
  }
}
