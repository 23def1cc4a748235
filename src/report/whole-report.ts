import { findingDocument } from './finding-document.ts'
import { captureDocument, faultsDocument, summaryDocument } from './json.ts'
import { localHostDocument } from './local-host-document.ts'
import type { Report } from './report.ts'
import { type ConnectionDocument, REPORT_SCHEMA, type ReportDocument } from './report-document.ts'
import { Timestamp } from './timestamp.ts'

/** The document of `--json` as a value, which holds all its connections; those are given in any order, and named by no finding yet. */
export function wholeReport(report: Report, connections: readonly ConnectionDocument[]): ReportDocument {
  const { capture, hosts, otherHosts, findings } = report
  const named = new Map(connections.map((connection) => [connection.id, connection.findings]))
  for (const finding of findings) for (const id of finding.connections) named.get(id)?.push(finding.id)
  const timestamp = new Timestamp(capture.epoch)
  return {
    schema: REPORT_SCHEMA,
    tool: report.tool,
    capture: captureDocument(capture),
    connections: connections.toSorted((one, other) => one.id - other.id),
    hosts: hosts.map((host) => ({ ...host })),
    ...(otherHosts !== undefined && { otherHosts }),
    findings: findings.map((finding) => findingDocument(finding, timestamp, capture.origins)),
    ...faultsDocument(report),
    ...localHostDocument(report),
    summary: summaryDocument(report),
  }
}
