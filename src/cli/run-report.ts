import type { Report } from '../report/report.ts'
import type { ReportTally } from '../report/report-tally.ts'
import type { AuditResult } from './audit-capture.ts'
import type { RunSettings } from './run-settings.ts'
import { toolFacts } from './version.ts'

/** What a run found out, as reports read it. */
export function reportOf(
  settings: RunSettings,
  { capture, findings }: AuditResult,
  tally: ReportTally,
): Report {
  return {
    tool: toolFacts(settings),
    capture,
    hosts: tally.hosts(),
    otherHosts: tally.otherHosts(),
    totals: tally.totals(),
    findings,
    ruleFaults: settings.ruleFaults,
  }
}
