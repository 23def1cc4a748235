import type { CaptureSource } from '../../capture/capture-source.ts'
import { ConnectionCsv } from '../../report/connection-csv.ts'
import type { ReportStyle } from '../../report/report-style.ts'
import { ZeekLog } from '../../report/zeek-log.ts'
import type { ReportOutput } from '../report-output.ts'
import { NdjsonStream } from './ndjson-stream.ts'
import { JsonSink, type ReportSink, TableSink, WholeTableSink } from './report-sinks.ts'
import { RowStream } from './row-stream.ts'

export const FORMATS = ['table', 'json', 'ndjson', 'zeek', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** Written while the run goes on, line by line. */
const STREAMED: readonly Format[] = ['ndjson', 'zeek', 'csv']

export function isStreamed(format: Format): boolean {
  return STREAMED.includes(format)
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
    case 'table':
      return all ? new WholeTableSink(output, style()) : new TableSink(output, style())
  }
}
