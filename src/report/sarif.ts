import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import type { ToolFacts } from './report.ts'
import { printable, printableJson } from './text-layout.ts'

/** The part of SARIF 2.1.0 that is written; https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. */
export interface SarifResult {
  readonly rule: SarifRule
  readonly level: 'error' | 'warning' | 'note'
  readonly text: string
  readonly place: SarifPlace
  /** What else there is to look at, with a word on it. */
  readonly related: readonly (SarifPlace & { readonly note: string })[]
  /** What makes it the same result in another run. */
  readonly identity: readonly (string | null)[]
  readonly properties?: Readonly<Record<string, unknown>>
}

/** Results may be made as they are written; the rules of all of them stand before. */
export interface SarifContent {
  readonly rules: readonly SarifRule[]
  readonly results: Iterable<SarifResult>
}

export interface SarifRule {
  readonly id: string
  readonly text: string
  readonly level: SarifResult['level']
  readonly tags?: readonly string[]
}

export interface SarifPlace {
  readonly path: string
  /** 1-based. */
  readonly line?: number | null
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'
/** Where relative paths begin: the root of the repository, to who reads this in CI. */
const ROOT = '%SRCROOT%'
/** Code scanning shows no result without a line, though a capture has none. */
const FIRST_LINE = 1
const FINGERPRINT = 'tcpaudit/v1'
const FINGERPRINT_LENGTH = 32

/** A document of one run. `isComplete` says that nothing kept the run from looking at everything. */
export function* sarifLog(
  tool: ToolFacts,
  { rules: rulesOf, results }: SarifContent,
  isComplete: boolean,
): Generator<string, void, void> {
  const rules = [...new Map(rulesOf.map((rule) => [rule.id, rule])).values()]
  const indices = new Map(rules.map(({ id }, index) => [id, index]))
  const driver = { name: tool.name, semanticVersion: tool.version, rules: rules.map(ruleDocument) }
  yield `{\n  "$schema": ${JSON.stringify(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`
  yield `      "tool": ${indented({ driver })},\n`
  yield '      "columnKind": "utf16CodeUnits",\n'
  yield `      "invocations": [{ "executionSuccessful": ${isComplete} }],\n`
  yield '      "results": ['
  let separator = '\n'
  for (const result of results) {
    yield `${separator}        ${indented(resultDocument(result, indices.get(result.rule.id) ?? -1), '        ')}`
    separator = ',\n'
  }
  yield `${separator === '\n' ? '' : '\n      '}]\n    }\n  ]\n}\n`
}

function indented(value: unknown, indent = '      '): string {
  return printableJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`)
}

function ruleDocument({ id, text, level, tags }: SarifRule) {
  return {
    id,
    shortDescription: { text: message(text) },
    defaultConfiguration: { level },
    ...(tags !== undefined && { properties: { tags: [...tags] } }),
  }
}

function resultDocument(
  { rule, level, text, place, related, identity, properties }: SarifResult,
  ruleIndex: number,
) {
  return {
    ruleId: rule.id,
    ruleIndex,
    level,
    message: { text: message(text) },
    locations: [{ physicalLocation: physical({ line: FIRST_LINE, ...place }) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((one, index) => ({
        id: index + 1,
        physicalLocation: physical(one),
        message: { text: message(one.note) },
      })),
    }),
    partialFingerprints: { [FINGERPRINT]: fingerprint(identity) },
    ...(properties !== undefined && { properties }),
  }
}

function physical({ path, line }: SarifPlace) {
  return {
    artifactLocation: artifact(path),
    ...(typeof line === 'number' && { region: { startLine: line } }),
  }
}

/** A path as a URI: relative ones to the root of the repository. */
function artifact(path: string): { uri: string; uriBaseId?: string } {
  if (/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return { uri: pathToFileURL(path).href }
  const parts = path.split(/[\\/]/).filter((part, index) => index > 0 || part !== '.')
  return { uri: parts.map((part) => encodeURIComponent(wellFormed(part))).join('/'), uriBaseId: ROOT }
}

/** Lines stay lines. What would be a link (section 3.11.6) is none. */
function message(text: string): string {
  return wellFormed(text).split('\n').map(printable).join('\n').replaceAll('](', '] (')
}

/** Halves of surrogate pairs, which are in no UTF-8, replaced. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

function fingerprint(identity: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, FINGERPRINT_LENGTH)
}
