import { countOf, countText } from '../report/number-text.ts'
import type { ReportStyle } from '../report/report-style.ts'
import { printable, textWidth, wrapWords } from '../report/text-layout.ts'
import {
  type Assertion,
  type CheckedCapture,
  type CheckRun,
  failedAssertions,
  isGood,
} from './check-result.ts'

const INDENT = '    '
/** Captures named that nobody expects anything of. */
const MOST_UNCHECKED = 3

/** What became of one capture: a line if all is as expected, else what is not. */
export function* captureLines(checked: CheckedCapture, style: ReportStyle): Generator<string, void, void> {
  const { colors, width } = style
  const { capture, problem, assertions, expectationFile } = checked
  const failed = failedAssertions(checked)
  const name = printable(capture)
  if (isGood(checked)) {
    yield `${colors.green('✔')} ${name}: ${holdText(assertions.length)}\n`
    return
  }
  const counts =
    failed.length === 0
      ? holdText(assertions.length)
      : `${countText(failed.length)} of ${countOf(assertions.length, 'expectation')} not met`
  const what = assertions.length === 0 ? 'not checked' : counts
  for (const [index, line] of wrapWords(`✖ ${name}: ${what}`, width).entries()) {
    yield `${index === 0 ? colors.red(line) : colors.red(INDENT + line)}\n`
  }
  if (problem !== null) {
    for (const line of wrapWords(printable(problem.message), width - INDENT.length))
      yield `${INDENT}${line}\n`
  }
  for (const assertion of failed) yield* assertionLines(assertion, expectationFile ?? '', style)
}

function holdText(count: number): string {
  return count === 1 ? '1 expectation met' : `${countText(count)} expectations met`
}

function* assertionLines(
  { id, line, expected, seen, evidence, command }: Assertion,
  file: string,
  { colors, width }: ReportStyle,
): Generator<string, void, void> {
  const place = printable(`${file}:${line}`)
  const head = `${INDENT}${printable(id)}`
  const room = width - textWidth(head) - textWidth(place)
  if (room >= 2) yield `${colors.bold(head)}${' '.repeat(room)}${colors.dim(place)}\n`
  else {
    for (const part of wrapWords(printable(id), width - INDENT.length))
      yield `${colors.bold(INDENT + part)}\n`
    yield `${colors.dim(INDENT + place)}\n`
  }
  const body = function* (
    label: string,
    text: string,
    paint = (words: string) => words,
  ): Generator<string, void, void> {
    const indent = INDENT.length + 2 + label.length
    for (const [index, part] of wrapWords(printable(text), width - indent).entries()) {
      const before = index === 0 ? `${INDENT}  ${label}` : ' '.repeat(indent)
      yield `${before}${paint(part)}\n`
    }
  }
  yield* body('expected  ', expected)
  yield* body('seen      ', seen)
  for (const { packet, note } of evidence) yield* body(`#${packet} `, note)
  if (command !== null) yield* body('next: ', `\`${command}\``, colors.cyan)
}

/** What became of all of them. */
export function* summaryLines(
  { captures, unchecked }: CheckRun,
  style: ReportStyle,
): Generator<string, void, void> {
  const { colors, width } = style
  const bad = captures.filter((checked) => !isGood(checked))
  const assertions = captures.flatMap((checked) => checked.assertions)
  const failed = assertions.filter(({ passed }) => !passed).length
  yield '\n'
  const met =
    assertions.length === 0
      ? ''
      : failed === 0
        ? `, ${countOf(assertions.length, 'expectation')} met`
        : `, ${countText(failed)} of ${countOf(assertions.length, 'expectation')} not met`
  const text =
    bad.length === 0
      ? `${countOf(captures.length, 'capture')} as expected${met}`
      : `${countText(bad.length)} of ${countOf(captures.length, 'capture')} not as expected${met}`
  for (const line of wrapWords(text, width))
    yield `${bad.length === 0 ? colors.green(line) : colors.red(line)}\n`
  if (unchecked.length === 0) return
  const named = unchecked.slice(0, MOST_UNCHECKED).map(printable)
  const rest = unchecked.length - named.length
  const others = `${countOf(unchecked.length, 'capture')} of which nothing is expected (${named.join(', ')}${rest === 0 ? '' : ` and ${countText(rest)} more`}): \`tcpaudit check --init\` writes a first file of expectations`
  for (const line of wrapWords(others, width)) yield `${colors.dim(line)}\n`
}
