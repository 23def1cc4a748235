import { type Confidence, type Finding, SEVERITIES, type Severity } from '../audit/finding.ts'
import { findingText } from './finding-text.ts'
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
/** Infos are listed only if there is room for all of them. */
const LEAST_LISTED: Severity = 'notice'

export interface FindingsInput {
  readonly findings: readonly Finding[]
  readonly capture: CaptureFacts
  /** The captures as they have to be typed. */
  readonly names: string
  readonly all: boolean
}

/** What was found, gravest first, each with its evidence and what to do next. What another finding explains stands under it. */
export function* findingsSection(
  { findings, capture, names, all }: FindingsInput,
  style: ReportStyle,
): Generator<string, void, void> {
  const { colors, width } = style
  const ids = new Set(findings.map(({ id }) => id))
  const leading = findings.filter(({ explainedBy }) => explainedBy === null || !ids.has(explainedBy))
  if (leading.length === 0) return
  const shown = all ? leading : leading.filter((finding) => isListed(finding))
  yield `${colors.bold(titleText(findings))}\n`
  for (const finding of inOrder(shown)) {
    const explained = findings.filter(({ explainedBy }) => explainedBy === finding.id)
    for (const line of findingLines(finding, explained, { capture, names }, style)) yield `${line}\n`
  }
  const rest = leading.length - shown.length
  if (rest > 0) {
    const text = `and ${countOf(rest, 'remark')} of severity info: --all shows ${rest === 1 ? 'it' : 'them'}`
    for (const line of wrapWords(text, width)) yield `${colors.dim(line)}\n`
  }
  yield '\n'
}

function isListed({ severity }: Finding): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST_LISTED)
}

function titleText(findings: readonly Finding[]): string {
  const counts = SEVERITIES.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${countText(count)} ${severity}`]
  })
  return `${countOf(findings.length, 'finding')}: ${counts.join(', ')}`
}

/** What is wrong with the capture comes first among equals: it casts doubt on the others. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const weight = ({ severity, blame }: Finding) =>
    2 * SEVERITIES.indexOf(severity) + (blame === 'capture' ? 1 : 0)
  return [...findings].sort((a, b) => weight(b) - weight(a))
}

function findingLines(
  finding: Finding,
  explained: readonly Finding[],
  { capture, names }: Pick<FindingsInput, 'capture' | 'names'>,
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
  if (connection !== undefined) body(`next: \`tcpaudit file ${names} --connection ${connection}\``)
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

export function paintOf(severity: Severity, { colors }: ReportStyle): (text: string) => string {
  if (severity === 'critical' || severity === 'error') return colors.red
  return severity === 'warning' ? colors.yellow : (text) => text
}

function confidenceText(confidence: Confidence): string {
  return `confidence: ${confidence}`
}
