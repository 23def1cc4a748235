import type { CaptureSource } from '../../capture/capture-source.ts'
import type { Report } from '../../report/report.ts'
import type { RowFormat, RowFormatOf } from '../../report/row-format.ts'
import type { FinishedConnection } from '../../tracker/connection-summary.ts'
import type { ReportOutput } from '../report-output.ts'
import type { ReportSink } from './report-sinks.ts'

/** `--format zeek` and `csv`: rows are gathered while packets are taken in, and written before the run reads on. */
export class RowStream implements ReportSink {
  readonly #source: CaptureSource
  readonly #output: ReportOutput | undefined
  readonly #formatOf: RowFormatOf
  #format: RowFormat | undefined
  #pending: string[] = []

  constructor(formatOf: RowFormatOf, source: CaptureSource, output: ReportOutput | undefined) {
    this.#formatOf = formatOf
    this.#source = source
    this.#output = output
  }

  connection(connection: FinishedConnection, findings: () => string[]): void {
    if (this.#output === undefined) return
    this.#pending.push(this.#begun().row(connection.summary(), findings()))
  }

  async taken(): Promise<void> {
    await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return
    const rows = this.#pending
    this.#pending = []
    await this.#output?.write(rows)
  }

  async end(report: Report): Promise<void> {
    this.#pending.push(this.#begun().tail(report))
    await this.flush()
  }

  /** Not before the first packet: the source learns its epoch from that. */
  #begun(): RowFormat {
    if (this.#format !== undefined) return this.#format
    this.#format = this.#formatOf(this.#source)
    this.#pending.push(this.#format.head())
    return this.#format
  }
}
