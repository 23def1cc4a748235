import type { Document, Node } from 'yaml'
import type { Finding } from '../../audit/finding.ts'
import { boundBeyond, type Comparison, type ValueKind } from '../../check/comparison.ts'
import { type Expected, expectedCount, expectedFindings } from '../../check/derive-expectations.ts'
import type { Claim, ClaimPath } from '../../check/expectations.ts'
import { unexpectedFindings } from '../../check/finding-watch.ts'
import type { Verdict } from '../../check/verdict.ts'

/** A claim that does not hold, and what was seen. */
export interface FailedClaim {
  readonly claim: Claim
  readonly verdict: Verdict
  /** Findings about its connections. */
  readonly findings: readonly Finding[]
}

/**
 * The text of an expectation file with what does not hold put right, and nothing else changed: comments, order and what
 * holds stay. JSON stays JSON.
 */
export async function refreshed(path: string, text: string, failed: readonly FailedClaim[]): Promise<string> {
  const { parseDocument } = await import('yaml')
  const isJson = path.endsWith('.json')
  // In YAML all stays as it is written: the key +2.5 would become the number 2.5.
  const document = parseDocument(text, { version: '1.2', schema: isJson ? 'core' : 'failsafe' })
  // What is taken out of a list moves what follows: from the end.
  for (const one of [...failed].reverse()) refresh(document, one)
  if (isJson) return `${JSON.stringify(document.toJS(), null, 2)}\n`
  const flowCollectionPadding = /\{ /.test(text) || !/\{\w/.test(text)
  return asWritten(text, document.toString({ lineWidth: 0, flowCollectionPadding }))
}

/** Lines that say what they said before look as they did: with spaces inside their brackets, or without. */
function asWritten(before: string, after: string): string {
  const bare = (line: string): string => line.replace(/([[{]) +| +([\]}])/g, '$1$2')
  const known = new Map(before.split('\n').map((line) => [bare(line), line]))
  return after
    .split('\n')
    .map((line) => known.get(bare(line)) ?? line)
    .join('\n')
}

function refresh(document: Document, { claim, verdict: { value }, findings }: FailedClaim): void {
  const group = groupPath(claim.path)
  switch (claim.about) {
    case 'number':
    case 'capture': {
      const kind = claim.about === 'number' && claim.statistic !== 'count' ? claim.metric.kind : 'count'
      const real = claim.about === 'capture' ? claim.number.kind : kind
      if (typeof value !== 'number' || Number.isNaN(value)) removeAt(document, claim.path)
      else setAt(document, claim.path, expectedNumber(real, value, claim.comparison))
      break
    }
    case 'outcome':
    case 'state-count':
      setAt(document, claim.path, expectedCount(value as number))
      break
    case 'end-state': {
      const states = value as readonly string[]
      if (states.length === 0) removeAt(document, claim.path)
      else setAt(document, claim.path, states.length === 1 ? (states[0] as string) : [...states].sort())
      break
    }
    case 'finding': {
      const count = value as number
      if (count === 0) removeAt(document, claim.path)
      else if (claim.times === null && claim.host === null && claim.client === null && claim.server === null)
        setAt(document, claim.path, expectedFindings(claim.rule, count))
      else refreshFinding(document, claim, count, findings)
      break
    }
    case 'never':
      removeFromList(document, claim.path, claim.rule)
      expectFinding(document, group, claim.rule, value as number)
      break
    default:
      for (const [rule, count] of countsOf(unexpectedFindings(findings, claim)))
        expectFinding(document, group, rule, count)
  }
}

function refreshFinding(
  document: Document,
  claim: Extract<Claim, { about: 'finding' }>,
  count: number,
  findings: readonly Finding[],
): void {
  const times = findings
    .filter(({ rule }) => rule === claim.rule)
    .reduce((sum, finding) => sum + finding.count, 0)
  if (document.hasIn([...claim.path, 'count']))
    setAt(document, [...claim.path, 'count'], expectedCount(count))
  if (claim.times !== null) setAt(document, [...claim.path, 'times'], expectedCount(times))
}

/** A number that may vary, with room to; one that somebody bounded from one side stays bounded from that side. */
function expectedNumber(kind: ValueKind, value: number, { least, most }: Comparison): Expected {
  if (kind === 'count' && least === most) return expectedCount(value)
  if (most === Number.POSITIVE_INFINITY) return `>= ${boundBeyond(kind, value / 4)}`
  return `<= ${boundBeyond(kind, value)}`
}

function countsOf(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return counts
}

function groupPath(path: ClaimPath): ClaimPath {
  return path[0] === 'where' ? path.slice(0, 2) : []
}

function expectFinding(document: Document, group: ClaimPath, rule: string, count: number): void {
  const path = [...group, 'findings', rule]
  if (!document.hasIn(path)) document.setIn(path, valueNode(document, expectedFindings(rule, count)))
}

/** Changes a value where it stands, so that the comments at it stay. */
function setAt(document: Document, path: ClaimPath, value: Expected | readonly string[]): void {
  const known = document.getIn(path, true) as (Partial<Node> & { value?: unknown; type?: string }) | undefined
  const isPlain = known !== undefined && 'value' in known && !Array.isArray(value)
  if (isPlain) {
    known.value = isJsonDocument(document) ? value : String(value)
    if (typeof value === 'number') known.type = 'PLAIN'
    return
  }
  const node = valueNode(document, value)
  node.comment = known?.comment ?? null
  node.commentBefore = known?.commentBefore ?? null
  document.setIn(path, node)
}

function valueNode(document: Document, value: Expected | readonly string[]): Node {
  const isText = typeof value !== 'number' || isJsonDocument(document)
  return document.createNode(isText ? value : String(value), { flow: true })
}

function isJsonDocument(document: Document): boolean {
  return document.schema?.name === 'core'
}

/** Takes a key out, and the maps that it leaves empty. */
function removeAt(document: Document, path: ClaimPath): void {
  document.deleteIn(path)
  const around = path.slice(0, -1)
  const rest = document.getIn(around) as { items?: readonly unknown[] } | undefined
  if (around.length > 0 && rest?.items?.length === 0) removeAt(document, around)
}

function removeFromList(document: Document, path: ClaimPath, rule: string): void {
  const list = document.getIn(path) as { items?: readonly { value?: unknown }[] } | string
  const items = typeof list === 'string' ? [{ value: list }] : (list.items ?? [])
  const at = items.findIndex((item) => item.value === rule)
  if (items.length === 1) removeAt(document, path)
  else if (at !== -1) document.deleteIn([...path, at])
}
