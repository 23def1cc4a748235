import { CommanderError } from 'commander'
import { CaptureError } from '../capture/capture-error.ts'
import { SpoolError } from '../report/connection-spool.ts'
import { printable } from '../report/text-layout.ts'
import { commandLine } from './command-line.ts'
import { EXIT_DONE, EXIT_FAULT, EXIT_UNREADABLE, EXIT_USAGE } from './exit-codes.ts'
import { OutputClosedError } from './report-output.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'

/** Runs tcpaudit with these arguments (without node and script) and returns its exit code. Never throws. */
export async function main(argv: readonly string[], stdio: Stdio): Promise<number> {
  // Whoever reads our messages may go away first; that must not end the run.
  stdio.stderr.on('error', () => {})
  let code = EXIT_DONE
  try {
    const program = commandLine(stdio, (commandCode) => {
      code = commandCode
    })
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    return failure(error, argv, stdio)
  }
}

function failure(error: unknown, argv: readonly string[], { stderr }: Stdio): number {
  if (error instanceof OutputClosedError) return EXIT_DONE
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE
  if (error instanceof CommanderError || error instanceof UsageError || error instanceof SpoolError) {
    stderr.write(`tcpaudit: ${printable(oneLine(error.message))}\n`)
    return EXIT_USAGE
  }
  if (error instanceof CaptureError) {
    stderr.write(`tcpaudit: ${printable(error.message)}\n`)
    return EXIT_UNREADABLE
  }
  const wantsTrace = argv.includes('--debug')
  const what = error instanceof Error ? error.message : String(error)
  const next = wantsTrace ? 'the trace follows' : 'run it again with --debug for the trace'
  stderr.write(`tcpaudit: a fault of tcpaudit itself (${printable(what)}): ${REPORT_IT}; ${next}\n`)
  if (wantsTrace) stderr.write(`${error instanceof Error ? error.stack : what}\n`)
  return EXIT_FAULT
}

const REPORT_IT = 'please report it to its maintainers, with the capture if you may share it'

/** Commander's messages as ours: `unknown option '--al': did you mean --all?` */
function oneLine(message: string): string {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n')
  const suggestion = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(rest.join(' ').trim())?.[1]
  const what = first.replace(/\.$/, '')
  if (suggestion !== undefined) return `${what}: did you mean ${suggestion}?`
  return what.includes(': ') ? what : `${what}: see 'tcpaudit --help'`
}
