import { markdownCode, markdownTable, markdownText } from '../report/markdown-text.ts'
import { countOf } from '../report/number-text.ts'
import {
  type Assertion,
  type CheckedCapture,
  type CheckRun,
  failedAssertions,
  isGood,
} from './check-result.ts'
import { assertionName, summaryText } from './check-words.ts'

/** `--format markdown`: for the summary of a job, or a comment. What is not as expected comes first. */
export function* markdownCheck(run: CheckRun): Generator<string, void, void> {
  const { tool, captures, unchecked } = run
  const bad = captures.filter((checked) => !isGood(checked))
  yield `## ${bad.length === 0 ? '✅' : '❌'} ${markdownText(`${tool.name} check`)}: ${summaryText(run)}\n`
  for (const checked of bad) yield* section(checked)
  const good = captures.filter(isGood)
  if (good.length > 0) {
    yield `\n### As expected\n\n`
    yield markdownTable(
      ['capture', 'expectations'],
      good.map(({ capture, assertions }) => [
        markdownText(capture),
        countOf(assertions.length, 'expectation'),
      ]),
    )
  }
  if (unchecked.length === 0) return
  yield '\n### Nothing is expected of\n\n'
  for (const capture of unchecked) yield `- ${markdownText(capture)}\n`
}

function* section(checked: CheckedCapture): Generator<string, void, void> {
  const { capture, expectationFile, problem } = checked
  const failed = failedAssertions(checked)
  yield `\n### ${markdownText(capture)}\n`
  if (problem !== null) yield `\n${markdownText(problem.message)}\n`
  if (failed.length === 0) return
  yield '\n'
  yield markdownTable(
    ['expectation', 'expected', 'seen', 'at', 'packets'],
    failed.map((assertion) => [
      markdownText(assertionName(assertion)),
      markdownText(assertion.expected),
      markdownText(assertion.seen),
      markdownText(`${expectationFile ?? capture}:${assertion.line}`),
      packetsOf(assertion),
    ]),
  )
  const commands = [...new Set(failed.flatMap(({ command }) => command ?? []))]
  if (commands.length > 0) yield `\nTo see more:\n\n${markdownCode(commands, 'sh')}`
}

function packetsOf({ evidence }: Assertion): string {
  return evidence.map(({ packet, note }) => `${packet}: ${markdownText(note)}`).join('<br>')
}
