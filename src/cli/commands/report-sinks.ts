import type { Finding } from '../../audit/finding.ts'
import type { CaptureSource } from '../../capture/capture-source.ts'
import { ConnectionRanking } from '../../report/connection-ranking.ts'
import { connectionScore, SCORE_LIMIT } from '../../report/connection-score.ts'
import { ConnectionSpool } from '../../report/connection-spool.ts'
import { connectionLine, jsonReport, withFindings } from '../../report/json.ts'
import type { Report } from '../../report/report.ts'
import type { ReportStyle } from '../../report/report-style.ts'
import { ReportTally } from '../../report/report-tally.ts'
import { tableReport } from '../../report/table.ts'
import { Timestamp } from '../../report/timestamp.ts'
import type { ConnectionSummary, FinishedConnection } from '../../tracker/connection-summary.ts'
import type { TrackerEvents } from '../../tracker/tracker-events.ts'
import { type AuditOptions, type AuditResult, auditCapture, type RunProgress } from '../audit-capture.ts'
import type { ReportOutput } from '../report-output.ts'
import { reportOf } from '../run-report.ts'
import type { RunSettings } from '../run-settings.ts'

/** A report in one of its forms, in the making: fed while a run goes on, written as it goes or in the end. */
export interface ReportSink {
  connection(connection: FinishedConnection, findings: () => string[]): void
  subscribe?(events: TrackerEvents): void
  /** Every ten seconds of the capture. */
  tick?(reading: RunProgress): void
  /** Whenever the packets in memory have been taken in; the run waits for it. */
  taken?(reading: RunProgress): Promise<void>
  /** Writes what has been gathered, when there is no more to be taken in and many connections are left. */
  flush?(): Promise<void>
  end(report: Report): Promise<void>
  /** Releases what is held, whether the end was reached or not. */
  close?(): void
}

/** What a run is told beside where its report goes. */
export interface SinkOptions
  extends Omit<AuditOptions, 'onConnection' | 'subscribe' | 'onTick' | 'onHandedOut'> {
  /** Called before the first sink ends. */
  readonly onEnd?: () => void
  /** What is known of the findings in the end, and of this machine. */
  readonly conclude?: (findings: readonly Finding[]) => Promise<Pick<Report, 'findings' | 'localHost'>>
}

/** One run whose report goes to all of `sinks`. */
export async function auditInto(
  sinks: readonly ReportSink[],
  source: CaptureSource,
  settings: RunSettings,
  options: SinkOptions,
): Promise<AuditResult> {
  const tally = new ReportTally()
  try {
    const result = await auditCapture(source, {
      ...options,
      onConnection: (connection, findings) => {
        tally.add(connection)
        for (const sink of sinks) sink.connection(connection, findings)
      },
      subscribe: (events) => {
        for (const sink of sinks) sink.subscribe?.(events)
      },
      ...(sinks.some(({ tick }) => tick !== undefined) && {
        onTick: (reading) => {
          for (const sink of sinks) sink.tick?.(reading)
        },
      }),
      onRead: async (reading) => {
        await options.onRead?.(reading)
        for (const sink of sinks) await sink.taken?.(reading)
      },
      onHandedOut: async () => {
        for (const sink of sinks) await sink.flush?.()
      },
    })
    options.onEnd?.()
    const concluded = await options.conclude?.(result.findings)
    const report = reportOf(settings, result, tally, concluded)
    for (const sink of sinks) await sink.end(report)
    return result
  } finally {
    for (const sink of sinks) sink.close?.()
  }
}

/** The JSON document. */
export class JsonSink implements ReportSink {
  readonly #source: CaptureSource
  readonly #output: ReportOutput | undefined
  readonly #spool = new ConnectionSpool()
  #timestamp: Timestamp | undefined

  constructor(source: CaptureSource, output: ReportOutput | undefined) {
    this.#source = source
    this.#output = output
  }

  connection(connection: FinishedConnection): void {
    // Not before: the source learns its epoch from the first packet.
    this.#timestamp ??= new Timestamp(this.#source.epoch)
    const line = connectionLine(connection.summary(), this.#timestamp, this.#source.origins)
    this.#spool.add(connection.id, line)
  }

  async end(report: Report): Promise<void> {
    await this.#output?.write(jsonReport(report, withFindings(this.#spool.texts(), report.findings)))
  }

  close(): void {
    this.#spool.close()
  }
}

/** The report for people, with as many connections as fit. */
export class TableSink implements ReportSink {
  readonly #output: ReportOutput | undefined
  readonly #style: ReportStyle
  readonly #ranking: ConnectionRanking

  constructor(output: ReportOutput | undefined, style: ReportStyle) {
    this.#output = output
    this.#style = style
    this.#ranking = new ConnectionRanking(style.rows)
  }

  connection(connection: FinishedConnection): void {
    this.#ranking.add(connection)
  }

  async end(report: Report): Promise<void> {
    const ranked = this.#ranking.ranked()
    await this.#output?.write(tableReport(report, { connections: () => ranked, all: false }, this.#style))
  }
}

/** `--all`: every connection is in the table, so they are spooled, in order of score and then of id. */
export class WholeTableSink implements ReportSink {
  readonly #output: ReportOutput | undefined
  readonly #style: ReportStyle
  readonly #spool = new ConnectionSpool()

  constructor(output: ReportOutput | undefined, style: ReportStyle) {
    this.#output = output
    this.#style = style
  }

  connection(connection: FinishedConnection): void {
    // Exact as a double: ten bits of score above 43 bits of id.
    const key = (SCORE_LIMIT - 1 - connectionScore(connection)) * 2 ** 43 + connection.id
    this.#spool.add(key, JSON.stringify(connection.summary()))
  }

  async end(report: Report): Promise<void> {
    const connections = () => parsed(this.#spool.texts())
    await this.#output?.write(tableReport(report, { connections, all: true }, this.#style))
  }

  close(): void {
    this.#spool.close()
  }
}

/** Of findings alone: connections pass unseen. */
export class FindingsSink implements ReportSink {
  readonly #output: ReportOutput | undefined
  readonly #write: (report: Report) => Iterable<string>

  constructor(write: (report: Report) => Iterable<string>, output: ReportOutput | undefined) {
    this.#write = write
    this.#output = output
  }

  connection(): void {}

  async end(report: Report): Promise<void> {
    await this.#output?.write(this.#write(report))
  }
}

function* parsed(texts: Iterable<string>): Generator<ConnectionSummary, void, void> {
  for (const text of texts) yield JSON.parse(text) as ConnectionSummary
}
