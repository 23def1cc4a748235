import { type Finding, SEVERITIES } from '../audit/finding.ts'
import type { FindingSort, LiveView } from './live-view.ts'

/** A finding of the list, with what it explains folded into it. */
export interface ListedFinding {
  readonly finding: Finding
  readonly explains: readonly Finding[]
}

export interface ListedFindings {
  readonly list: readonly ListedFinding[]
  /** Findings of severity info that are not listed. */
  readonly remarks: number
}

/** The findings as the view lists them: those that another one explains stand with that one. */
export function listedFindings(
  findings: readonly Finding[],
  { findingSort, showsRemarks }: Pick<LiveView, 'findingSort' | 'showsRemarks'>,
): ListedFindings {
  const ids = new Set(findings.map(({ id }) => id))
  const bySource = new Map<string, Finding[]>()
  const leading: Finding[] = []
  for (const finding of findings) {
    const { explainedBy } = finding
    if (explainedBy === null || !ids.has(explainedBy)) leading.push(finding)
    else bySource.set(explainedBy, [...(bySource.get(explainedBy) ?? []), finding])
  }
  const shown = showsRemarks ? leading : leading.filter(({ severity }) => severity !== 'info')
  const list = shown
    .sort((a, b) => ORDERS[findingSort](a, b) || b.firstSeen - a.firstSeen || (a.id < b.id ? -1 : 1))
    .map((finding) => ({ finding, explains: bySource.get(finding.id) ?? [] }))
  return { list, remarks: leading.length - list.length }
}

const ORDERS: Readonly<Record<FindingSort, (a: Finding, b: Finding) => number>> = {
  newest: (a, b) => b.firstSeen - a.firstSeen,
  'last seen': (a, b) => b.lastSeen - a.lastSeen,
  severity: (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity),
  count: (a, b) => b.count - a.count,
}
