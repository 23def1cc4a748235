import type { Finding, Severity } from '../audit/finding.ts'
import type { Listening } from '../capture/capture-source.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { connectionDocument, segmentDocument } from './connection-document.ts'
import { findingDocument } from './finding-document.ts'
import { localHostDocument } from './local-host-document.ts'
import { qualityDocument } from './quality-document.ts'
import type { CaptureFacts, Report, SourceFacts } from './report.ts'
import {
  type CaptureDocument,
  CONNECTION_SCHEMA,
  type ConnectionReportDocument,
  type ListeningDocument,
  REPORT_SCHEMA,
  type RuleFaultDocument,
  type SourceDocument,
  type SummaryDocument,
} from './report-document.ts'
import { printableJson } from './text-layout.ts'
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
  if (report.otherHosts !== undefined) yield `  "otherHosts": ${JSON.stringify(report.otherHosts)},\n`
  yield* list('findings', findingLines(report))
  const { ruleFaults } = faultsDocument(report)
  if (ruleFaults !== undefined) yield* list('ruleFaults', jsonLines(ruleFaults))
  const { localHost } = localHostDocument(report)
  if (localHost !== undefined) yield `  "localHost": ${indented(localHost)},\n`
  yield `  "summary": ${indented(summaryDocument(report))}\n}\n`
}

function* findingLines({ findings, capture }: Report): Generator<string> {
  const timestamp = new Timestamp(capture.epoch)
  for (const finding of findings) yield JSON.stringify(findingDocument(finding, timestamp, capture.origins))
}

function countOf({ findings }: Report, severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length
}

/** The texts of connections, each with the ids of the findings that name it put into its empty list. */
export function* withFindings(texts: Iterable<string>, findings: readonly Finding[]): Generator<string> {
  const named = new Map<number, string[]>()
  for (const { id, connections } of findings) {
    for (const connection of connections) named.set(connection, [...(named.get(connection) ?? []), id])
  }
  for (const text of texts) {
    const ids = named.get(Number(text.slice(ID_AT, text.indexOf(',', ID_AT))))
    yield ids === undefined ? text : text.replace(NO_FINDINGS, `"findings":${JSON.stringify(ids)}`)
  }
}

const ID_AT = '{"id":'.length
const NO_FINDINGS = '"findings":[]'

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
  return printableJson(JSON.stringify(value, null, 2)).replaceAll('\n', '\n  ')
}

/** Rules that were switched off; nothing for none. */
export function faultsDocument({ ruleFaults = [] }: Report): { ruleFaults?: RuleFaultDocument[] } {
  if (ruleFaults.length === 0) return {}
  return {
    ruleFaults: ruleFaults.map(({ rule, message, packet }) => ({
      rule,
      message,
      ...(packet !== null && { packet }),
    })),
  }
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
  const { filter, listening } = source
  return {
    name,
    format,
    linkTypes: [...linkTypes],
    snaplen,
    ...(filter !== undefined && { filter }),
    ...(listening !== undefined && { live: listeningDocument(listening) }),
    ...(comments.length > 0 && { comments: [...comments] }),
    ...(packetComments > 0 && { packetComments }),
    ...(sources > 1 && stoppedAt !== null && { stoppedAt: { ...stoppedAt } }),
  }
}

function listeningDocument({ clockStepped, ...listening }: Listening): ListeningDocument {
  const { backend, timestamps, received, droppedByKernel, droppedByInterface } = listening
  return {
    backend,
    timestamps,
    ...(received !== undefined && { received }),
    ...(droppedByKernel !== undefined && { droppedByKernel }),
    ...(droppedByInterface !== undefined && { droppedByInterface }),
    ...(clockStepped !== 0 && { clockSteppedSeconds: clockStepped / 1e9 }),
  }
}

export function summaryDocument(report: Report): SummaryDocument {
  const { connections, states, outcomes } = report.totals
  return {
    connections,
    states,
    outcomes: { ...outcomes },
    findings: {
      critical: countOf(report, 'critical'),
      error: countOf(report, 'error'),
      warning: countOf(report, 'warning'),
      notice: countOf(report, 'notice'),
      info: countOf(report, 'info'),
    },
  }
}
