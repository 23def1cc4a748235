import type { Finding, Severity } from '../audit/finding.ts'
import { RULES } from '../audit/rules/index.ts'
import { findingText } from './finding-text.ts'
import { packetNumber } from './packet-name.ts'
import type { CaptureFacts, Report } from './report.ts'
import { type SarifPlace, type SarifResult, type SarifRule, sarifLog } from './sarif.ts'

const RULES_BY_ID = new Map(RULES.map((rule) => [rule.id, rule]))

const LEVELS: Readonly<Record<Severity, SarifResult['level']>> = {
  critical: 'error',
  error: 'error',
  warning: 'warning',
  notice: 'note',
  info: 'note',
}

/** `--format sarif`: findings as results at their capture, with their packets as related locations. */
export function* sarifReport({ tool, capture, findings }: Report): Generator<string, void, void> {
  const content = { rules: findings.map(ruleOf), results: resultsOf(findings, capture) }
  yield* sarifLog(tool, content, capture.quality.stoppedAt === null)
}

function* resultsOf(findings: readonly Finding[], capture: CaptureFacts): Generator<SarifResult, void, void> {
  for (const finding of findings) yield resultOf(finding, capture)
}

function resultOf(finding: Finding, capture: CaptureFacts): SarifResult {
  const { severity, confidence, blame, count, connections, explainedBy } = finding
  const { title, detail, evidence, advice, filter } = findingText(finding)
  const [first] = evidence
  return {
    rule: ruleOf(finding),
    level: LEVELS[severity],
    text: [title, detail, ...advice.map((words) => `next: ${words}`)].join('\n'),
    place: placeOf(first?.evidence.packet, capture),
    related: evidence.map(({ evidence: { packet }, note }) => ({
      ...placeOf(packet, capture),
      note: `packet ${packetNumber(packet, capture.origins)}: ${note}`,
    })),
    identity: [placeOf(first?.evidence.packet, capture).path, finding.id],
    properties: {
      severity,
      confidence,
      ...(blame !== null && { blame }),
      count,
      connections: [...connections],
      ...(explainedBy !== null && { explainedBy }),
      ...(filter !== '' && { wiresharkFilter: filter }),
    },
  }
}

function ruleOf(finding: Finding): SarifRule {
  const rule = finding.definition ?? RULES_BY_ID.get(finding.rule)
  if (rule === undefined) return { id: finding.rule, text: finding.rule, level: LEVELS[finding.severity] }
  return { id: rule.id, text: rule.summary, level: LEVELS[rule.severity], tags: ['tcp', rule.category] }
}

/** The capture that a packet is in; the first one where nothing says which. */
function placeOf(packet: number | undefined, { sources, origins }: CaptureFacts): SarifPlace {
  const source = packet === undefined ? 0 : (origins?.source(packet) ?? 0)
  return { path: sources[source]?.name ?? '' }
}
