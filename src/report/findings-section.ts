import { type Confidence, type Finding, SEVERITIES, type Severity } from '../audit/finding.ts'
import { fileCommandText } from './file-command.ts'
import { findingText } from './finding-text.ts'
import { witnessTexts } from './local-host-text.ts'
import { countOf, countText } from './number-text.ts'
import { packetName } from './packet-name.ts'
import type { CaptureFacts } from './report.ts'
import type { ReportStyle } from './report-style.ts'
import { printable, textWidth, wrapWords } from './text-layout.ts'

/** Marks and words: colour is never the only signal. */
const MARKS: Readonly<Record<Severity, string>> = {
  critical: '✖',
  error: '✖',
  warning: '▲',
  notice: '●',
  info: '○',
}
const INDENT = '    '
/** Packets named under a finding on the first screen. */
const MOST_EVIDENCE = 4
/** Findings named that another one explains. */
const MOST_EXPLAINED = 3
/** Findings on the first screen, and of one rule among them: more would hide the others. */
const MOST_LISTED = 12
const MOST_OF_A_RULE = 3
/** Infos are listed only if there is room for all of them. */
const LEAST_LISTED: Severity = 'notice'

export interface FindingsInput {
  readonly findings: readonly Finding[]
  readonly capture: CaptureFacts
  readonly all: boolean
}

/** What was found, gravest first, each with its evidence and what to do next. What another finding explains stands under it. */
export function* findingsSection(
  { findings, capture, all }: FindingsInput,
  style: ReportStyle,
): Generator<string, void, void> {
  const { colors, width } = style
  const explained = explainedFindings(findings)
  const leading = findings.filter(({ id }) => !explained.has(id))
  const shown = all ? leading : firstOnes(inOrder(leading.filter((finding) => isListed(finding))))
  yield `${colors.bold(shown.length === 0 ? 'no findings' : titleText(findings))}\n`
  for (const finding of inOrder(shown)) {
    const symptoms = explained.bySource.get(finding.id) ?? []
    for (const line of findingLines(finding, symptoms, capture, style)) yield `${line}\n`
  }
  const rest = restText(leading, new Set(shown))
  if (rest !== undefined) for (const line of wrapWords(rest, width)) yield `${colors.dim(line)}\n`
  yield '\n'
}

interface Explained {
  has(id: string): boolean
  /** The findings that a finding explains, by its id. */
  readonly bySource: ReadonlyMap<string, readonly Finding[]>
}

function explainedFindings(findings: readonly Finding[]): Explained {
  const ids = new Set(findings.map(({ id }) => id))
  const explained = new Set<string>()
  const bySource = new Map<string, Finding[]>()
  for (const finding of findings) {
    const { explainedBy } = finding
    if (explainedBy === null || !ids.has(explainedBy)) continue
    explained.add(finding.id)
    const list = bySource.get(explainedBy)
    if (list === undefined) bySource.set(explainedBy, [finding])
    else list.push(finding)
  }
  return { has: (id) => explained.has(id), bySource }
}

/** As many as a screen takes, and of no rule so many that others have no room. */
function firstOnes(findings: readonly Finding[]): Finding[] {
  const perRule = new Map<string, number>()
  const shown: Finding[] = []
  for (const finding of findings) {
    const count = (perRule.get(finding.rule) ?? 0) + 1
    perRule.set(finding.rule, count)
    if (count <= MOST_OF_A_RULE && shown.length < MOST_LISTED) shown.push(finding)
  }
  // One over the limit needs no more room than the line that would say so.
  return findings.length <= shown.length + 1 ? [...findings] : shown
}

/** What is not listed, by rule. */
function restText(leading: readonly Finding[], shown: ReadonlySet<Finding>): string | undefined {
  const rest = leading.filter((finding) => !shown.has(finding))
  if (rest.length === 0) return undefined
  const those = rest.length === 1 ? 'it' : 'them'
  if (rest.every((finding) => !isListed(finding))) {
    const remarks = `${countOf(rest.length, 'remark')} of severity info (${byRuleText(rest)})`
    return `${shown.size === 0 ? '' : 'and '}${remarks}: --all shows ${those}`
  }
  return `and ${countOf(rest.length, 'more finding')} (${byRuleText(rest)}): --all shows ${those}`
}

/** `2 handshake-slow, 1 scan`. */
function byRuleText(findings: readonly Finding[]): string {
  const perRule = new Map<string, number>()
  for (const { rule } of findings) perRule.set(rule, (perRule.get(rule) ?? 0) + 1)
  const most = [...perRule].sort(([, a], [, b]) => b - a)
  return most.map(([rule, count]) => `${countText(count)} ${rule}`).join(', ')
}

function isListed({ severity }: Finding): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST_LISTED)
}

/** `3 findings: 1 error, 2 warning`. */
export function titleText(findings: readonly Finding[]): string {
  const counts = SEVERITIES.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${countText(count)} ${severity}`]
  })
  return `${countOf(findings.length, 'finding')}: ${counts.join(', ')}`
}

/** What is wrong with the capture comes first among equals: it casts doubt on the others. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const weight = ({ severity, blame }: Finding) =>
    2 * SEVERITIES.indexOf(severity) + (blame === 'capture' ? 1 : 0)
  return [...findings].sort((a, b) => weight(b) - weight(a))
}

function findingLines(
  finding: Finding,
  explained: readonly Finding[],
  capture: CaptureFacts,
  style: ReportStyle,
): string[] {
  const { colors, width } = style
  const text = findingText(finding)
  const paint = paintOf(finding.severity, style)
  const lines = headLines(finding, text.title, style)
  const body = (words: string, paintBody = (line: string) => line): void => {
    for (const [index, line] of wrapWords(printable(words), width - INDENT.length - 2).entries()) {
      lines.push(paintBody(`${INDENT}${index === 0 ? '' : '  '}${line}`))
    }
  }
  for (const line of wrapWords(printable(text.detail), width - INDENT.length)) lines.push(INDENT + line)
  for (const words of witnessTexts(finding)) body(words)
  for (const { evidence, note } of text.evidence.slice(0, MOST_EVIDENCE))
    body(`${packetName(evidence.packet, capture.origins)} ${note}`)
  const more = text.evidence.length - MOST_EVIDENCE
  if (more > 0) body(`and ${countOf(more, 'more packet')} in --json`, colors.dim)
  for (const other of explained.slice(0, MOST_EXPLAINED))
    body(`explains: ${findingText(other).title} (${other.rule})`, colors.dim)
  const unnamed = explained.length - MOST_EXPLAINED
  if (unnamed > 0) body(`explains ${countOf(unnamed, 'more finding')}: --json has them`, colors.dim)
  for (const advice of text.advice) body(`next: ${advice}`)
  const [connection] = finding.connections
  const command = fileCommandText(capture)
  if (connection !== undefined && command !== undefined)
    body(`next: \`${command} --connection ${connection}\``)
  const facts = [
    confidenceText(finding.confidence),
    ...(text.filter === '' ? [] : [`wireshark: ${text.filter}`]),
  ]
  body(facts.join('   '), colors.dim)
  return lines.map((line, index) => (index === 0 ? paint(line) : line))
}

/** Mark, severity, title, and the rule at the right edge if there is room, else under it. */
function headLines({ severity, rule }: Finding, title: string, { width }: ReportStyle): string[] {
  const head = `${MARKS[severity]} ${severity.padEnd(8)}  ${printable(title)}`
  const room = width - textWidth(head) - textWidth(rule)
  if (room >= 2) return [head + ' '.repeat(room) + rule]
  const [first = '', ...rest] = wrapWords(head, width)
  const continued = rest.map((line) => INDENT + line)
  return [first, ...continued, INDENT + rule]
}

/** `✖`: shown beside the word, and where there is no room for that. */
export function severityMark(severity: Severity): string {
  return MARKS[severity]
}

export function paintOf(
  severity: Severity,
  { colors }: Pick<ReportStyle, 'colors'>,
): (text: string) => string {
  if (severity === 'critical' || severity === 'error') return colors.red
  return severity === 'warning' ? colors.yellow : (text) => text
}

function confidenceText(confidence: Confidence): string {
  return `confidence: ${confidence}`
}
