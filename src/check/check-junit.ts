import { printable } from '../report/text-layout.ts'
import { xmlAttribute, xmlText } from '../report/xml-text.ts'
import {
  type Assertion,
  type CheckedCapture,
  type CheckProblem,
  type CheckRun,
  failedAssertions,
} from './check-result.ts'
import { assertionDetail, assertionName, assertionText } from './check-words.ts'

/** The suite of captures of which nothing is expected, and the case that is an error where one could not be checked. */
const UNCHECKED = 'without expectations'
const READING = 'can be checked'

type Attributes = Readonly<Record<string, string | number>>

/**
 * `--format junit`: a suite for each capture, a case for each assertion. Nothing is said of times and hosts, which no
 * expectation depends on.
 */
export function* junitReport({ tool, captures, unchecked }: CheckRun): Generator<string, void, void> {
  const sum = (count: (checked: CheckedCapture) => number) =>
    captures.reduce((total, checked) => total + count(checked), 0)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites${attributes({
    name: `${tool.name} check`,
    tests: sum(casesOf) + unchecked.length,
    failures: sum((checked) => failedAssertions(checked).length),
    errors: sum(errorsOf),
  })}>\n`
  for (const checked of captures) yield* suite(checked)
  if (unchecked.length > 0) yield* uncheckedSuite(unchecked)
  yield '</testsuites>\n'
}

function casesOf(checked: CheckedCapture): number {
  return checked.assertions.length + errorsOf(checked)
}

function errorsOf({ problem }: CheckedCapture): number {
  return problem === null ? 0 : 1
}

function* suite(checked: CheckedCapture): Generator<string, void, void> {
  const { capture, expectationFile, problem, assertions } = checked
  const counts = {
    tests: casesOf(checked),
    failures: failedAssertions(checked).length,
    errors: errorsOf(checked),
  }
  yield `  <testsuite${attributes({ name: capture, ...counts, skipped: 0 })}>\n`
  if (expectationFile !== null) {
    const property = attributes({ name: 'expectations', value: expectationFile })
    yield `    <properties>\n      <property${property}/>\n    </properties>\n`
  }
  if (problem !== null) yield* problemCase(capture, problem)
  for (const assertion of assertions) yield* assertionCase(checked, assertion)
  yield '  </testsuite>\n'
}

function* problemCase(capture: string, problem: CheckProblem): Generator<string, void, void> {
  yield `    <testcase${attributes({ classname: capture, name: READING })}>\n`
  yield `      <error${attributes({ message: problem.message, type: 'problem' })}/>\n`
  yield '    </testcase>\n'
}

function* assertionCase(
  { capture, expectationFile }: CheckedCapture,
  assertion: Assertion,
): Generator<string, void, void> {
  const names = attributes({ classname: capture, name: assertionName(assertion) })
  if (assertion.passed) {
    yield `    <testcase${names}/>\n`
    return
  }
  const place = printable(`${expectationFile ?? capture}:${assertion.line}`)
  const lines = [place, ...assertionDetail(assertion)]
  yield `    <testcase${names}>\n`
  yield `      <failure${attributes({ message: assertionText(assertion), type: 'expectation' })}>`
  yield `${xmlText(lines.join('\n'))}</failure>\n`
  yield '    </testcase>\n'
}

function* uncheckedSuite(unchecked: readonly string[]): Generator<string, void, void> {
  const { length } = unchecked
  yield `  <testsuite${attributes({ name: UNCHECKED, tests: length, failures: 0, errors: 0, skipped: length })}>\n`
  for (const capture of unchecked) {
    yield `    <testcase${attributes({ classname: capture, name: READING })}>\n      <skipped/>\n    </testcase>\n`
  }
  yield '  </testsuite>\n'
}

function attributes(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}=${xmlAttribute(printable(String(value)))}`)
    .join('')
}
