import { isDeepStrictEqual } from 'node:util'
import type { Evidence, Finding } from '../../src/audit/finding.ts'
import type { AnyRule } from '../../src/audit/rule.ts'
import { findingText } from '../../src/report/finding-text.ts'
import type { PlayedCase } from './play-rule-case.ts'
import type { ExpectedFinding } from './rule-cases.ts'

/** What is wrong with what the rule finds in a case; nothing if all is as expected. */
export function caseComplaints(
  { id }: AnyRule,
  expected: readonly ExpectedFinding[],
  { marked }: PlayedCase,
  findings: readonly Finding[],
): string[] {
  const proven = new Set(findings.flatMap(packetsOf))
  const unproven = (marked.get(id) ?? []).filter((packet) => !proven.has(packet))
  return [
    ...complaintsOf(findings, expected),
    ...(expected.length === 0 ? [] : unproven.map((packet) => `packet ${packet} is marked, but no evidence`)),
  ]
}

/** What is wrong with the findings; all that are expected must be there, and no other. */
export function complaintsOf(findings: readonly Finding[], expected: readonly ExpectedFinding[]): string[] {
  const rest = [...findings]
  const missed = expected.flatMap((wanted) => {
    const at = rest.findIndex((finding) => differences(finding, wanted).length === 0)
    if (at >= 0) {
      rest.splice(at, 1)
      return []
    }
    const near = rest.find(({ message }) => message === wanted.message)
    return [near === undefined ? `no finding ${wanted.message}` : differences(near, wanted).join('; ')]
  })
  const wanted = findings.length - rest.length + missed.length
  if (findings.length !== wanted) {
    missed.push(`${findings.length} findings instead of ${wanted}: ${findings.map(gist).join(', ')}`)
  }
  return missed
}

function gist({ rule, message, severity, confidence, data }: Finding): string {
  return `${rule} ${message}, ${severity}, ${confidence}, ${JSON.stringify(data)}`
}

function differences(finding: Finding, { data = {}, packets, ...wanted }: ExpectedFinding): string[] {
  const found = { ...finding, packets: packetsOf(finding) }
  const all = { ...wanted, ...(packets !== undefined && { packets }) }
  const compare = (name: string, got: unknown, want: unknown): string[] =>
    isDeepStrictEqual(got, want)
      ? []
      : [`${name} is ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`]
  return [
    ...Object.entries(all).flatMap(([name, want]) => compare(name, found[name as keyof typeof found], want)),
    ...Object.entries(data).flatMap(([name, want]) => compare(`data.${name}`, finding.data[name], want)),
  ]
}

/** Packets of its evidence, each once, in order. */
function packetsOf({ evidence }: Finding): number[] {
  return [...new Set(evidence.map(({ packet }) => packet))].sort((a, b) => a - b)
}

/** What is wrong with the words of a finding. */
export function wordingComplaints(finding: Finding): string[] {
  const { title, detail, advice, evidence } = findingText(finding)
  const complaints: string[] = []
  if (/[\n]|\.$|^$/.test(title)) complaints.push(`no title: ${title}`)
  if (!/\.$/.test(detail)) complaints.push(`no sentence: ${detail}`)
  for (const text of [title, detail, ...advice, ...evidence.map(({ note }) => note)]) {
    if (text.trim() === '') complaints.push('an empty text')
    if (/undefined|NaN|\[object|Infinity|\bnull\b/.test(text)) complaints.push(text)
  }
  return complaints
}

/** Kinds of data that a variant of the ladder chooses. */
const NAMES = ['sequence', 'end', 'host', 'sequence?', 'end?', 'host?']

/** Of the findings what may not depend on addresses, ports and numbers. */
export function comparable(rule: AnyRule, findings: readonly Finding[]): unknown {
  const plain = findings.map(({ message, data, evidence, client, server, host, peer, ...rest }) => ({
    ...rest,
    message,
    data: withoutNames(data, rule.messages[message]),
    evidence: evidence.map((item: Evidence) => ({
      ...item,
      data: withoutNames(item.data, rule.notes?.[item.note]),
    })),
    ends: [client, server, host, peer ?? null].map((end) => end !== null),
  }))
  return plain.map((finding) => JSON.stringify(finding)).sort()
}

function withoutNames(data: Finding['data'], specs: Readonly<Record<string, unknown>> = {}): unknown {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !NAMES.includes(specs[name] as string)))
}
