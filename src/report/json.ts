import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { connectionDocument, segmentDocument } from './connection-document.ts'
import { qualityDocument } from './quality-document.ts'
import type { CaptureFacts, Report, SourceFacts } from './report.ts'
import {
  type CaptureDocument,
  CONNECTION_SCHEMA,
  type ConnectionReportDocument,
  REPORT_SCHEMA,
  type SourceDocument,
  type SummaryDocument,
} from './report-document.ts'
import { Timestamp } from './timestamp.ts'

/**
 * The document in pieces, to be written one after the other: however large the capture, it is never one string.
 * `connections` are texts made by `connectionLine`, in order of id. Each connection and each host is one line.
 */
export function* jsonReport(report: Report, connections: Iterable<string>): Generator<string, void, void> {
  yield `{\n  "schema": ${JSON.stringify(REPORT_SCHEMA)},\n`
  yield `  "tool": ${JSON.stringify(report.tool)},\n`
  yield `  "capture": ${indented(captureDocument(report.capture))},\n`
  yield* list('connections', connections)
  yield* list('hosts', jsonLines(report.hosts))
  yield '  "findings": [],\n'
  yield `  "summary": ${indented(summaryDocument(report))}\n}\n`
}

/** The JSON text of one connection, one line. */
export function connectionLine(
  connection: ConnectionSummary,
  timestamp: Timestamp,
  origins?: PacketOrigins,
): string {
  return JSON.stringify(connectionDocument(connection, timestamp, origins))
}

/** `--connection ID --json`: one connection, its segments one per line. */
export function* jsonConnection(
  capture: CaptureFacts,
  connection: ConnectionSummary,
  segments: Iterable<LoggedSegment>,
): Generator<string, void, void> {
  const timestamp = new Timestamp(capture.epoch)
  const document: Omit<ConnectionReportDocument, 'segments'> = {
    schema: CONNECTION_SCHEMA,
    ...connectionDocument(connection, timestamp, capture.origins),
  }
  const text = JSON.stringify(document, null, 2)
  yield `${text.slice(0, text.lastIndexOf('\n'))},\n`
  yield* list('segments', segmentLines(segments, timestamp, capture.origins), '\n}\n')
}

function* segmentLines(
  segments: Iterable<LoggedSegment>,
  timestamp: Timestamp,
  origins: PacketOrigins | undefined,
): Generator<string> {
  for (const segment of segments) yield JSON.stringify(segmentDocument(segment, timestamp, origins))
}

function* jsonLines(values: Iterable<unknown>): Generator<string> {
  for (const value of values) yield JSON.stringify(value)
}

function* list(name: string, lines: Iterable<string>, end = ',\n'): Generator<string> {
  let before = `  "${name}": [\n    `
  let after = `  "${name}": []`
  for (const line of lines) {
    yield before + line
    before = ',\n    '
    after = '\n  ]'
  }
  yield after + end
}

function indented(value: object): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')
}

export function captureDocument(capture: CaptureFacts): CaptureDocument {
  const timestamp = new Timestamp(capture.epoch)
  const isEmpty = capture.packets === 0
  return {
    sources: capture.sources.map((source) => sourceDocument(source, capture.sources.length)),
    packets: capture.packets,
    bytes: capture.bytes,
    start: isEmpty ? null : timestamp.rfc3339(capture.start),
    end: isEmpty ? null : timestamp.rfc3339(capture.end),
    durationSeconds: (capture.end - capture.start) / 1e9,
    ...(capture.asOf !== null && { asOf: timestamp.rfc3339(capture.asOf) }),
    decoded: { ...capture.decoded },
    quality: qualityDocument(capture.quality),
  }
}

function sourceDocument(source: SourceFacts, sources: number): SourceDocument {
  const { name, format, linkTypes, snaplen, comments = [], packetComments = 0, stoppedAt = null } = source
  return {
    name,
    format,
    linkTypes: [...linkTypes],
    snaplen,
    ...(comments.length > 0 && { comments: [...comments] }),
    ...(packetComments > 0 && { packetComments }),
    ...(sources > 1 && stoppedAt !== null && { stoppedAt: { ...stoppedAt } }),
  }
}

export function summaryDocument(report: Report): SummaryDocument {
  const { connections, states, outcomes } = report.totals
  return {
    connections,
    states,
    outcomes: { ...outcomes },
    findings: { critical: 0, error: 0, warning: 0, notice: 0, info: 0 },
  }
}
