import { CommanderError } from 'commander'
import { CaptureError } from '../capture/capture-error.ts'
import { EvidenceError } from '../evidence/evidence-error.ts'
import { FilterError, LiveError } from '../live/live-error.ts'
import { MetricsError } from '../metrics/metrics-error.ts'
import { SpoolError } from '../report/connection-spool.ts'
import { printable } from '../report/text-layout.ts'
import { BesideFailedCommand } from './beside-failed-command.ts'
import { commandLine } from './command-line.ts'
import { EXIT_DONE, EXIT_FAULT, EXIT_NO_INTERFACE, EXIT_UNREADABLE, EXIT_USAGE } from './exit-codes.ts'
import { OutputClosedError, StreamOutput } from './report-output.ts'
import { CommandError } from './started-command.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'

/** Runs tcpaudit with these arguments (without node and script) and returns its exit code. Never throws. */
export async function main(argv: readonly string[], stdio: Stdio): Promise<number> {
  // Whoever reads our messages may go away first; that must not end the run.
  stdio.stderr.on('error', () => {})
  try {
    return await run(argv, stdio)
  } catch (error) {
    return failure(error, argv, stdio)
  }
}

async function run(argv: readonly string[], stdio: Stdio): Promise<number> {
  let code = EXIT_DONE
  const printed: string[] = []
  const results = {
    done: (commandCode: number) => {
      code = commandCode
    },
    print: (text: string) => printed.push(text),
  }
  const program = commandLine(stdio, results, argv)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    // How commander ends --help and --version.
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error
  }
  if (printed.length > 0) await new StreamOutput(stdio.stdout).write(printed)
  return code
}

function failure(error: unknown, argv: readonly string[], stdio: Pick<Stdio, 'stderr'>): number {
  const { stderr } = stdio
  if (error instanceof BesideFailedCommand) {
    failure(error.cause, argv, stdio)
    return error.exitCode
  }
  if (error instanceof OutputClosedError) return EXIT_DONE
  if (error instanceof CommandError) {
    stderr.write(`tcpaudit: ${printable(error.message)}\n`)
    return error.exitCode
  }
  if (error instanceof CommanderError) {
    stderr.write(`tcpaudit: ${printable(commanderText(error))}\n`)
    return EXIT_USAGE
  }
  if (error instanceof Error && WISHES.some((kind) => error instanceof kind)) {
    stderr.write(`tcpaudit: ${printable(error.message)}\n`)
    return EXIT_USAGE
  }
  if (error instanceof CaptureError) {
    stderr.write(`tcpaudit: ${printable(error.message)}\n`)
    return EXIT_UNREADABLE
  }
  if (error instanceof LiveError) {
    stderr.write(`tcpaudit: ${printable(error.message)}\n`)
    return EXIT_NO_INTERFACE
  }
  const wantsTrace = argv.includes('--debug')
  const what = error instanceof Error ? error.message : String(error)
  const next = wantsTrace ? 'the trace follows' : 'run it again with --debug for the trace'
  stderr.write(`tcpaudit: a fault of tcpaudit itself (${printable(what)}): ${REPORT_IT}; ${next}\n`)
  if (wantsTrace) stderr.write(`${error instanceof Error ? error.stack : what}\n`)
  return EXIT_FAULT
}

/** What was asked for cannot be, or not as it was asked for. */
const WISHES = [UsageError, FilterError, EvidenceError, MetricsError, SpoolError]

const REPORT_IT = 'please report it to its maintainers, with the capture if you may share it'

/** Commander's messages as ours: `unknown option '--al': did you mean --all?` */
function commanderText({ code, message }: CommanderError): string {
  if (code === 'commander.missingArgument' && message.includes("'interface'")) {
    return "no interface given: name one, as in 'tcpaudit live eth0'; 'tcpaudit interfaces' lists them"
  }
  if (code === 'commander.missingArgument') {
    return "no capture given: name one, as in 'tcpaudit file dump.pcap'"
  }
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n')
  const suggestion = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(rest.join(' ').trim())?.[1]
  return `${first}: ${suggestion === undefined ? "see 'tcpaudit --help'" : `did you mean ${suggestion}?`}`
}
