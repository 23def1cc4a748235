import { connectionDocument } from '../report/connection-document.ts'
import type { ConnectionDocument, ReportDocument } from '../report/report-document.ts'
import { Timestamp } from '../report/timestamp.ts'
import { wholeReport } from '../report/whole-report.ts'
import type { ReportOptions } from './audit-options.ts'
import type { AuditSource } from './audit-source.ts'
import { pacedRun } from './paced-run.ts'

/**
 * Audits a capture and returns the whole report: the document that `tcpaudit file --json` prints. It holds every connection of the
 * capture, some KB each; of large captures take {@link audit}.
 *
 * @param source - What to audit.
 * @param options - All by default as for `tcpaudit file`.
 * @throws {@link AuditError}; the reason of `signal` if that is aborted.
 *
 * @example
 * ```js
 * const { findings, connections } = await auditReport('dump.pcap')
 * ```
 */
export async function auditReport(source: AuditSource, options: ReportOptions = {}): Promise<ReportDocument> {
  const connections: ConnectionDocument[] = []
  const run = pacedRun(source, options, (opened) => {
    let timestamp: Timestamp | undefined
    return {
      onConnection: (connection) => {
        // Not before: the source learns its epoch from the first packet.
        timestamp ??= new Timestamp(opened.epoch)
        connections.push(connectionDocument(connection.summary(), timestamp, opened.origins))
      },
    }
  })
  for (;;) {
    const { value: report, done } = await run.next()
    if (done === true) return wholeReport(report, connections)
  }
}
