import type { CaptureSource } from '../../capture/capture-source.ts'
import { ConnectionCsv } from '../../report/connection-csv.ts'
import { sarifReport } from '../../report/finding-sarif.ts'
import { markdownReport } from '../../report/markdown-report.ts'
import type { ReportStyle } from '../../report/report-style.ts'
import { ZeekLog } from '../../report/zeek-log.ts'
import type { ReportOutput } from '../report-output.ts'
import { NdjsonStream } from './ndjson-stream.ts'
import { FindingsSink, JsonSink, type ReportSink, TableSink, WholeTableSink } from './report-sinks.ts'
import { RowStream } from './row-stream.ts'

export const FORMATS = ['table', 'json', 'ndjson', 'zeek', 'csv', 'sarif', 'markdown'] as const
export type Format = (typeof FORMATS)[number]

/** Written while the run goes on, line by line. */
const STREAMED: readonly Format[] = ['ndjson', 'zeek', 'csv']

export function isStreamed(format: Format): boolean {
  return STREAMED.includes(format)
}

/** Formats that show one connection or one packet as well. */
const DETAILED: readonly Format[] = ['table', 'json']

export function isDetailed(format: Format): boolean {
  return DETAILED.includes(format)
}

export interface SinkWish {
  readonly format: Format
  readonly source: CaptureSource
  /** undefined when nobody is to see a report. */
  readonly output: ReportOutput | undefined
  /** Only of a table: every connection is listed. */
  readonly all: boolean
  readonly style: () => ReportStyle
}

/** The report in the form that was asked for, in the making. */
export function sinkFor({ format, source, output, all, style }: SinkWish): ReportSink {
  switch (format) {
    case 'json':
      return new JsonSink(source, output)
    case 'ndjson':
      return new NdjsonStream(source, output)
    case 'zeek':
      return new RowStream((begun) => new ZeekLog(begun), source, output)
    case 'csv':
      return new RowStream((begun) => new ConnectionCsv(begun), source, output)
    case 'sarif':
      return new FindingsSink(sarifReport, output)
    case 'markdown':
      return new FindingsSink(markdownReport, output)
    case 'table':
      return all ? new WholeTableSink(output, style()) : new TableSink(output, style())
  }
}
