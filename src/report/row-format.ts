import type { CaptureSource } from '../capture/capture-source.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { Report } from './report.ts'

/** A form of report with a row for each connection, written as the connections leave. */
export interface RowFormat {
  /** What stands before the first row. */
  head(): string
  /** `findings` are the ids of those so far that name the connection. */
  row(connection: ConnectionSummary, findings: readonly string[]): string
  /** What stands behind the last one. */
  tail(report: Report): string
}

/** Makes the format for a source that has had its first packet, or has none. */
export type RowFormatOf = (source: CaptureSource) => RowFormat
