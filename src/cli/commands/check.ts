import { checkDocument } from '../../check/check-document.ts'
import { captureLines, summaryLines } from '../../check/check-report.ts'
import { type CheckedCapture, type CheckRun, failedAssertions } from '../../check/check-result.ts'
import { printable, printableJson } from '../../report/text-layout.ts'
import { checkCapture } from '../check/check-capture.ts'
import { type FoundCapture, findCaptures } from '../check/find-captures.ts'
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
} as const satisfies Record<string, (run: CheckRun) => Iterable<string>>

export const CHECK_FORMATS = ['table', ...(Object.keys(WRITERS) as (keyof typeof WRITERS)[])] as const
export type CheckFormat = (typeof CHECK_FORMATS)[number]

export interface CheckArguments extends SettingsArguments {
  readonly paths: readonly string[]
  readonly format: CheckFormat
  readonly output?: string | undefined
  readonly color: boolean
  readonly quiet: boolean
}

/** `tcpaudit check`: holds captures to their expectation files. Returns the exit code. */
export async function checkCommand(given: CheckArguments, stdio: Stdio): Promise<number> {
  const said = await readSettings(given)
  const { found, unchecked } = findCaptures(given.paths)
  const output = openOutput(given, found, stdio)
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  const isTable = given.format === 'table'
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
      if (isTable) await output?.write(captureLines(checked, style))
    }
    const run: CheckRun = { tool: toolFacts(said), captures, unchecked }
    if (given.format === 'table') await output?.write(summaryLines(run, style))
    else await output?.write(WRITERS[given.format](run))
    isDone = true
    for (const { rule, message } of said.ruleFaults) {
      stdio.stderr.write(`tcpaudit: rule '${rule}' was switched off: ${printable(message)}\n`)
    }
    return checkExitCode(run)
  } finally {
    output?.close(isDone)
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

/** Where the report goes; undefined when nobody is to see one. */
function openOutput(
  { output, quiet }: CheckArguments,
  found: readonly FoundCapture[],
  { stdout }: Stdio,
): ReportOutput | undefined {
  if (output === undefined) return quiet ? undefined : new StreamOutput(stdout)
  const file = new FileOutput(output)
  const read = found.flatMap(({ capture, expectationFile }) => [capture, expectationFile ?? capture])
  if (!read.some((path) => file.isSameFile(path))) return file
  file.close(true)
  throw new UsageError(`-o ${output} is one of the files that are read: give another path`)
}
