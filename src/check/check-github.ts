import { printable } from '../report/text-layout.ts'
import { type CheckedCapture, type CheckRun, failedAssertions } from './check-result.ts'
import { assertionDetail, assertionName, summaryText } from './check-words.ts'

interface Annotation {
  readonly file: string
  readonly line: number | null
  readonly title: string
  readonly lines: readonly string[]
}

/** `--format github`: workflow commands, which GitHub Actions shows as annotations at the lines of expectation files. */
export function* githubReport(run: CheckRun): Generator<string, void, void> {
  for (const checked of run.captures) {
    for (const annotation of annotationsOf(checked)) yield command(annotation)
  }
  yield `${summaryText(run)}\n`
}

function* annotationsOf(checked: CheckedCapture): Generator<Annotation, void, void> {
  const { capture, expectationFile, problem } = checked
  if (problem !== null) {
    const { message, line } = problem
    const file = line === null ? capture : (expectationFile ?? capture)
    yield { file, line, title: `${capture} cannot be checked`, lines: [message] }
  }
  for (const assertion of failedAssertions(checked)) {
    yield {
      file: expectationFile ?? capture,
      line: assertion.line,
      title: `${capture}: ${assertionName(assertion)}`,
      lines: assertionDetail(assertion),
    }
  }
}

function command({ file, line, title, lines }: Annotation): string {
  const properties = [
    `file=${property(file)}`,
    ...(line === null ? [] : [`line=${line}`]),
    `title=${property(printable(title))}`,
  ]
  return `::error ${properties.join(',')}::${data(lines.map(printable).join('\n'))}\n`
}

/** As the toolkit of GitHub Actions escapes the text of a command, and the value of a property. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
