import { basename } from 'node:path'
import { BY_CHANCE } from '../../check/chance-rules.ts'
import type { Derived, DerivedGroup, Expected } from '../../check/derive-expectations.ts'
import { printable } from '../../report/text-layout.ts'

/** A key that a first file mentions in a comment, with what was seen. */
export interface Suggestion {
  /** As it would be written. */
  readonly line: string
  readonly seen: string
}

/** An expectation file without a word too many. */
export function bareText(derived: Derived): string {
  return [...claimLines(derived), ...whereLines(derived)].map((line) => `${line}\n`).join('')
}

/** One that explains itself, for somebody who has never seen one. */
export function firstText(capture: string, derived: Derived, suggestions: readonly Suggestion[]): string {
  const width = Math.max(0, ...suggestions.map(({ line }) => line.length))
  const lines = [
    `# What is expected of ${printable(basename(capture))}. 'tcpaudit check' holds it to this, and prints what is not so.`,
    '# Written from what was seen: take out what does not matter, tighten what does. All keys: docs/check.md of tcpaudit.',
    '# yaml-language-server: $schema=./node_modules/tcpaudit/schema/expect.schema.json',
    '',
    '# No finding graver than this (none, info, notice, warning, error), those listed under findings aside, and those',
    '# of rules that are allowed: here those that speak of single segments that were lost or late.',
    ...severityLines(derived),
    '',
    '# Findings that must not be there, however grave they are taken to be.',
    '# never: [reset-injected, close-wait-leak]',
    '',
    '# Findings that must be there, and how many: 1, ">= 1", "2..4". \'tcpaudit explain\' lists the rules.',
    ...(derived.findings.length > 0 ? findingLines(derived) : ['# findings:', '#   handshake-refused: 1']),
    '',
    '# How many connections, what became of them, and in which states their ends are in the end.',
    ...groupLines(derived.whole),
    '',
    '# Numbers: a value, or a comparison with its unit. Of many connections: min, mean, median, p90, p99, max, total.',
    ...numberLines(derived),
    ...suggestions.map(({ line, seen }) => `# ${line.padEnd(width)}   # seen: ${seen}`),
    '',
    '# States at a moment, as --as-of shows them: seconds after the first packet.',
    '# at:',
    '#   +2.5: { client: ESTABLISHED, server: ESTABLISHED }',
    '',
    '# The same keys for some of the connections: by server, client or host (address, address:port, network), outcome, nth.',
    ...(derived.servers.length > 0
      ? whereLines(derived)
      : ['# where:', '#   - server: "10.0.0.9:443"', '#     outcomes: { reset: 0 }']),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function* claimLines(derived: Derived): Generator<string, void, void> {
  yield* severityLines(derived)
  if (derived.findings.length > 0) yield* findingLines(derived)
  yield* groupLines(derived.whole)
  yield* numberLines(derived)
}

function severityLines({ maxSeverity }: Derived): string[] {
  return [`max-severity: ${maxSeverity}`, `allow: [${BY_CHANCE}]`]
}

function findingLines({ findings }: Derived): string[] {
  return ['findings:', ...findings.map(([rule, count]) => `  ${rule}: ${written(count)}`)]
}

function groupLines({ connections, outcomes, states }: DerivedGroup): string[] {
  const ends = (['client', 'server'] as const).flatMap((end) => {
    const names = states[end]
    return names === null ? [] : [`${end}: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`}`]
  })
  return [
    `connections: ${written(connections)}`,
    ...(outcomes.length === 0
      ? []
      : [`outcomes: ${flow(outcomes.map(([name, n]) => `${name}: ${written(n)}`))}`]),
    ...(ends.length === 0 ? [] : [`states: ${flow(ends)}`]),
  ]
}

function numberLines({ retransmissions, resets }: Derived): string[] {
  return [
    `retransmissions: ${written(retransmissions)}`,
    ...(resets === undefined ? [] : [`resets: ${resets}`]),
  ]
}

function* whereLines({ servers }: Derived): Generator<string, void, void> {
  if (servers.length === 0) return
  yield 'where:'
  for (const { server, ...group } of servers) {
    yield `  - server: ${written(server)}`
    for (const line of groupLines(group)) yield `    ${line}`
  }
}

function flow(parts: readonly string[]): string {
  return `{ ${parts.join(', ')} }`
}

/** A number as it is, text in quotes: comparisons and addresses have what YAML would read as its own. */
function written(value: Expected): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
