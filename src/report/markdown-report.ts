import type { Finding } from '../audit/finding.ts'
import { findingText } from './finding-text.ts'
import { inOrder, severityMark, titleText } from './findings-section.ts'
import { markdownProse, markdownTable, markdownText } from './markdown-text.ts'
import { countOf, countText } from './number-text.ts'
import { packetNumber } from './packet-name.ts'
import { qualityParts } from './quality-text.ts'
import type { CaptureFacts, Report } from './report.ts'
import { captureParts } from './report-header.ts'

/** The summary of a job may have 1 MiB: rows of the table, and findings that are told in full. */
const MOST_ROWS = 100
const MOST_TOLD = 20
/** Packets named under a finding. */
const MOST_EVIDENCE = 8

/** `--format markdown`: findings, for the summary of a job or an issue. Connections are in the other formats. */
export function* markdownReport(report: Report): Generator<string, void, void> {
  const { capture, totals } = report
  const findings = inOrder(report.findings)
  const ids = new Set(findings.map(({ id }) => id))
  const leading = findings.filter(({ explainedBy }) => explainedBy === null || !ids.has(explainedBy))
  yield `## ${findings.length === 0 ? 'no findings' : titleText(findings)}\n\n`
  yield `${captureParts(capture).map(markdownText).join(' · ')}\n`
  yield `${countOf(totals.connections, 'connection')}; capture quality: ${qualityParts(capture).map(markdownText).join('; ')}\n`
  const { stoppedAt } = capture.quality
  if (stoppedAt !== null) {
    yield `\n**Reading stopped after packet ${countText(stoppedAt.packet)}:** ${markdownText(stoppedAt.reason)}\n`
  }
  if (leading.length === 0) return
  yield '\n'
  yield markdownTable(
    ['', 'finding', 'rule', 'confidence'],
    leading
      .slice(0, MOST_ROWS)
      .map((finding) => [
        `${severityMark(finding.severity)} ${finding.severity}`,
        markdownText(findingText(finding).title),
        markdownText(finding.rule),
        finding.confidence,
      ]),
  )
  yield* restOf(leading.length - MOST_ROWS, 'more finding')
  for (const finding of leading.slice(0, MOST_TOLD)) yield* told(finding, capture)
  yield* restOf(
    Math.min(leading.length, MOST_ROWS) - MOST_TOLD,
    'finding is',
    'findings are',
    ' not told in full',
  )
}

function* told(finding: Finding, capture: CaptureFacts): Generator<string, void, void> {
  const { title, detail, evidence, advice, filter } = findingText(finding)
  yield `\n### ${severityMark(finding.severity)} ${markdownProse(title)}\n\n${markdownProse(detail)}\n\n`
  for (const {
    evidence: { packet },
    note,
  } of evidence.slice(0, MOST_EVIDENCE)) {
    yield `- packet ${markdownText(packetNumber(packet, capture.origins))}: ${markdownProse(note)}\n`
  }
  yield* restOf(evidence.length - MOST_EVIDENCE, 'more packet')
  for (const words of advice) yield `- next: ${markdownProse(words)}\n`
  if (filter !== '') yield `- wireshark: ${markdownText(filter)}\n`
}

function* restOf(count: number, one: string, many = `${one}s`, behind = ''): Generator<string, void, void> {
  if (count > 0) yield `\n${countOf(count, one, many)}${behind}; \`--json\` has them\n`
}
