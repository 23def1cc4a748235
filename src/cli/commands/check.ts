import { checkDocument } from '../../check/check-document.ts'
import { githubReport } from '../../check/check-github.ts'
import { junitReport } from '../../check/check-junit.ts'
import { markdownCheck } from '../../check/check-markdown.ts'
import { captureLines, summaryLines } from '../../check/check-report.ts'
import { type CheckedCapture, type CheckRun, failedAssertions } from '../../check/check-result.ts'
import { sarifCheck } from '../../check/check-sarif.ts'
import { printable, printableJson } from '../../report/text-layout.ts'
import { checkCapture } from '../check/check-capture.ts'
import type { CheckFormat } from '../check/check-formats.ts'
import { type FoundCapture, findCaptures, toCheck } from '../check/find-captures.ts'
import { type WriteWhat, writeExpectations } from '../check/write-expectations.ts'
import { EXIT_FINDINGS, exitCode } from '../exit-codes.ts'
import { ProgressLine } from '../progress-line.ts'
import { FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import { readSettings, type SettingsArguments } from '../run-settings.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { toolFacts } from '../version.ts'

/** Documents about a whole run, by format. */
const WRITERS = {
  json: (run: CheckRun) => [`${printableJson(JSON.stringify(checkDocument(run), null, 2))}\n`],
  junit: junitReport,
  sarif: sarifCheck,
  github: githubReport,
  markdown: markdownCheck,
} as const satisfies Record<Exclude<CheckFormat, 'table'>, (run: CheckRun) => Iterable<string>>

export interface CheckArguments extends SettingsArguments {
  readonly paths: readonly string[]
  readonly format: CheckFormat
  readonly output?: string | undefined
  readonly color: boolean
  readonly quiet: boolean
  /** Expectation files are written instead: first ones, or what does not hold is put right. */
  readonly write?: WriteWhat | undefined
}

/** `tcpaudit check`: holds captures to their expectation files. Returns the exit code. */
export async function checkCommand(given: CheckArguments, stdio: Stdio): Promise<number> {
  const said = await readSettings(given)
  const paths = findCaptures(given.paths)
  if (given.write !== undefined) {
    const settings = { said, arguments: given }
    return writeExpectations(given.write, paths, settings, { quiet: given.quiet, stdio })
  }
  const { found, unchecked } = toCheck(paths)
  const { forPeople, forPrograms, close } = openOutputs(given, found, stdio)
  const toFile = given.output !== undefined && given.format === 'table'
  const style = terminalStyle(stdio, { color: given.color, toFile })
  const captures: CheckedCapture[] = []
  let isDone = false
  try {
    for (const one of found) {
      const progress = new ProgressLine(stdio, {
        captures: [one.capture],
        quiet: given.quiet,
        streams: false,
      })
      const checked = await checkCapture(one, {
        said,
        arguments: given,
        onRead: (run) => progress.update(run),
      })
      progress.clear()
      captures.push(checked)
      if (checked.problem !== null) stdio.stderr.write(`tcpaudit: ${printable(checked.problem.message)}\n`)
      await forPeople?.write(captureLines(checked, style))
    }
    const run: CheckRun = { tool: toolFacts(said), captures, unchecked }
    await forPeople?.write(summaryLines(run, style))
    if (given.format !== 'table') await forPrograms?.write(WRITERS[given.format](run))
    isDone = true
    for (const { rule, message } of said.ruleFaults) {
      stdio.stderr.write(`tcpaudit: rule '${rule}' was switched off: ${printable(message)}\n`)
    }
    return checkExitCode(run)
  } finally {
    close(isDone)
  }
}

function checkExitCode({ captures }: CheckRun): number {
  return exitCode(
    captures.flatMap((checked) => [
      ...(checked.problem === null ? [] : [checked.problem.exitCode]),
      ...(failedAssertions(checked).length === 0 ? [] : [EXIT_FINDINGS]),
    ]),
  )
}

/** Where the report goes; undefined what nobody is to see. */
interface Outputs {
  readonly forPeople: ReportOutput | undefined
  readonly forPrograms: ReportOutput | undefined
  close(isDone: boolean): void
}

/** What `-o` names gets what was asked for; if that is for programs, people see on standard output what became of each capture. */
function openOutputs(given: CheckArguments, found: readonly FoundCapture[], { stdout }: Stdio): Outputs {
  const { format, quiet } = given
  const file = openFile(given, found)
  const shown = quiet ? undefined : new StreamOutput(stdout)
  const asked = file ?? shown
  return {
    forPeople: format === 'table' ? asked : file && shown,
    forPrograms: format === 'table' ? undefined : asked,
    close: (isDone) => file?.close(isDone),
  }
}

function openFile({ output }: CheckArguments, found: readonly FoundCapture[]): FileOutput | undefined {
  if (output === undefined) return undefined
  const file = new FileOutput(output)
  const read = found.flatMap(({ capture, expectationFile }) => [capture, expectationFile ?? capture])
  if (!read.some((path) => file.isSameFile(path))) return file
  file.close(true)
  throw new UsageError(`-o ${output} is one of the files that are read: give another path`)
}
