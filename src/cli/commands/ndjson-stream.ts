import type { CaptureSource } from '../../capture/capture-source.ts'
import { ndjsonLine } from '../../report/ndjson.ts'
import type { Report } from '../../report/report.ts'
import type { StreamLine } from '../../report/stream-document.ts'
import type { FinishedConnection } from '../../tracker/connection-summary.ts'
import type { TrackerEvents } from '../../tracker/tracker-events.ts'
import type { RunProgress } from '../audit-capture.ts'
import type { ReportOutput } from '../report-output.ts'
import { STREAM_TYPES, StreamGatherer } from '../stream-gatherer.ts'
import type { ReportSink } from './report-sinks.ts'

/** `--ndjson`: gathers what happens while packets are taken in, and writes it before the run reads on. */
export class NdjsonStream implements ReportSink {
  readonly #gathered: StreamGatherer
  readonly #output: ReportOutput | undefined

  constructor(source: CaptureSource, output: ReportOutput | undefined) {
    this.#gathered = new StreamGatherer(source, output === undefined ? [] : STREAM_TYPES)
    this.#output = output
  }

  subscribe(events: TrackerEvents): void {
    this.#gathered.subscribe(events)
  }

  connection(connection: FinishedConnection, findings: () => string[]): void {
    this.#gathered.connection(connection, findings)
  }

  tick(run: RunProgress): void {
    this.#gathered.tick(run)
  }

  /** Findings that are new, or much more than they were. */
  news(run: RunProgress): void {
    this.#gathered.news(run)
  }

  async taken(): Promise<void> {
    await this.flush()
  }

  /** Hands on what has been gathered; done when it is written. */
  async flush(): Promise<void> {
    const lines = this.#gathered.take()
    if (lines.length > 0) await this.#output?.write(texts(lines))
  }

  async end(report: Report): Promise<void> {
    await this.flush()
    await this.#output?.write(texts(this.#gathered.end(report)))
  }
}

function* texts(lines: Iterable<StreamLine>): Generator<string, void, void> {
  for (const line of lines) yield ndjsonLine(line)
}
