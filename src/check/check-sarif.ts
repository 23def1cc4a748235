import { type SarifResult, type SarifRule, sarifLog } from '../report/sarif.ts'
import { type Assertion, type CheckedCapture, type CheckRun, failedAssertions } from './check-result.ts'
import { assertionDetail, assertionName } from './check-words.ts'

const PROBLEM: SarifRule = {
  id: 'cannot-be-checked',
  text: 'A capture, or what is expected of it, cannot be read',
  level: 'error',
}

/** `--format sarif`: a result for each expectation that is not met, at its line; the packets are related locations. */
export function* sarifCheck({ tool, captures }: CheckRun): Generator<string, void, void> {
  const results = captures.flatMap((checked) => [
    ...problemOf(checked),
    ...failedAssertions(checked).map((assertion) => resultOf(checked, assertion)),
  ])
  yield* sarifLog(
    tool,
    { rules: results.map(({ rule }) => rule), results },
    captures.every(({ problem }) => problem === null),
  )
}

function problemOf({ capture, expectationFile, problem }: CheckedCapture): SarifResult[] {
  if (problem === null) return []
  const { message, line } = problem
  const place = line === null ? { path: capture } : { path: expectationFile ?? capture, line }
  return [
    { rule: PROBLEM, level: 'error', text: message, place, related: [], identity: [capture, PROBLEM.id] },
  ]
}

function resultOf({ capture, expectationFile }: CheckedCapture, assertion: Assertion): SarifResult {
  const { id, subject, line, evidence, expected, seen } = assertion
  return {
    rule: ruleOf(id),
    level: 'error',
    text: [`${capture}: ${assertionName(assertion)}`, ...assertionDetail(assertion)].join('\n'),
    place: { path: expectationFile ?? capture, line },
    related: evidence.map(({ packet, note }) => ({ path: capture, note: `packet ${packet}: ${note}` })),
    identity: [capture, id, subject],
    properties: { capture, expected, seen },
  }
}

/** One rule for the same key, wherever it stands: `where[1].outcomes.closed` is `outcomes.closed`. */
function ruleOf(id: string): SarifRule {
  const key = id.replace(/^where\[\d+\]\./, '')
  return { id: key, text: `The expectation ${key} is met`, level: 'error' }
}
