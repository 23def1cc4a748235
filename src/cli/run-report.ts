import { HOST_LIMIT } from '../report/host-census.ts'
import type { HostFacts, Report } from '../report/report.ts'
import type { ReportTally } from '../report/report-tally.ts'
import type { AuditResult } from './audit-capture.ts'
import type { RunSettings } from './run-settings.ts'
import { toolFacts } from './version.ts'

/** What a run found out, as reports read it; `concluded` is what became known of that since. */
export function reportOf(
  settings: RunSettings,
  { capture, findings }: AuditResult,
  tally: ReportTally,
  concluded?: Pick<Report, 'findings' | 'localHost'>,
): Report {
  let hosts: HostFacts[] | undefined
  return {
    tool: toolFacts(settings),
    capture,
    get hosts() {
      hosts ??= tally.hosts()
      return hosts
    },
    busiestHosts: tally.busiestHosts(HOST_LIMIT),
    otherHosts: tally.otherHosts(),
    totals: tally.totals(),
    findings,
    ruleFaults: settings.ruleFaults,
    ...concluded,
  }
}
