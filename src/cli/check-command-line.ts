import { Command, Option } from 'commander'
import { CHECK_FORMATS, type CheckFormat } from './check/check-formats.ts'
import type { WriteWhat } from './check/write-expectations.ts'
import { didYouMean } from './nearest.ts'
import type { SettingsArguments } from './run-settings.ts'
import {
  type CommandResults,
  configOption,
  configured,
  formatList,
  noConfigOption,
  ruleOption,
  rulesOption,
} from './shared-options.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'

interface CheckOptions extends SettingsArguments {
  readonly init?: true
  readonly update?: true
  readonly json?: true
  readonly format?: CheckFormat
  readonly output?: string
  readonly color: boolean
  readonly quiet?: true
}

/** `tcpaudit check`: its arguments, and the text of its help. */
export function checkCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('check'), results)
    .description('hold captures to what is expected of them, for tests and CI')
    .helpOption('-h, --help', 'print this help')
    .argument('<path...>', 'captures, and folders to look for captures in')
    .option('--init', 'write a first file of expectations beside each capture that has none')
    .option('--update', 'put right what is not as expected, in the files; or write those that are missing')
    .addOption(new Option('--json', 'print one JSON document; the same as --format json'))
    .addOption(
      new Option('--format <format>', `what to print: ${formatList(CHECK_FORMATS)}`).argParser(parseFormat),
    )
    .option('-o, --output <file>', 'write the report to a file')
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--quiet', 'print only errors; the exit code tells, and -o is still written')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .addHelpText('after', CHECK_EXAMPLES)
    .action(async (paths: string[], options: CheckOptions) => {
      const { json, format = 'table' } = options
      if (json === true && options.format !== undefined && options.format !== 'json') {
        throw new UsageError(`--json and --format ${format} exclude each other: give one of them`)
      }
      const wanted = json === true ? 'json' : format
      const write = writeOf(options)
      const quiet = options.quiet === true
      const { checkCommand } = await import('./commands/check.ts')
      results.done(await checkCommand({ ...options, paths, format: wanted, quiet, write }, stdio))
    })
}

function writeOf({ init, update, json, format, output }: CheckOptions): WriteWhat | undefined {
  if (init !== true && update !== true) return undefined
  if (init === true && update === true) {
    throw new UsageError('--init and --update exclude each other: --update writes missing files too')
  }
  const other =
    json === true ? '--json' : format !== undefined ? '--format' : output !== undefined ? '-o' : undefined
  const own = init === true ? '--init' : '--update'
  if (other !== undefined)
    throw new UsageError(`${own} writes files of expectations, no report: leave ${other} out`)
  return init === true ? 'first' : 'again'
}

function parseFormat(text: string): CheckFormat {
  const format = CHECK_FORMATS.find((name) => name === text)
  if (format === undefined) {
    const otherwise = `give ${formatList(CHECK_FORMATS)}`
    throw new UsageError(`--format knows no '${text}': ${didYouMean(text, CHECK_FORMATS, otherwise)}`)
  }
  return format
}

const CHECK_EXAMPLES = `
What is expected of dump.pcap stands in dump.expect.yaml (.yml, .json) beside it;
tcpaudit.expect.yaml is for all captures of its folder, and of those below, that
have no file of their own. In folders, captures are found by their names and first
bytes. docs/check.md lists all that can be expected. A file may say:

  max-severity: notice                     no finding graver than this
  allow: [handshake-slow]                  but for this rule
  never: [reset-injected]
  findings: { close-wait-leak: 1 }         rules to how many findings
  connections: 12                          or ">= 1", "2..4"
  outcomes: { closed: 12, reset: 0 }
  states: { server: [CLOSED, TIME_WAIT] }  of every connection, in the end
  at: { +2.5: { CLOSE_WAIT: 0 } }          how many ends, 2.5 s after the start
  handshake.rttSeconds: { p99: "< 50 ms" }
  retransmissionRate: "< 1%"
  where:                                   the same for some connections
    - server: "10.0.0.9:443"
      closeWait.maxSeconds: "< 5"

Examples:
  write down what a capture shows now, to be made stricter by hand
  $ tcpaudit check --init captures/login.pcap

  hold all captures of a folder to what is expected of them
  $ tcpaudit check captures

  take on what has changed on purpose; comments and what still holds stay
  $ tcpaudit check --update captures/login.pcap

  which expectations were not met, for other programs
  $ tcpaudit check captures --json |
      jq '.captures[].assertions[] | select(.passed | not)'

Exit codes:
  0   all is as expected
  1   something is not
  2   the command line, a config file or an expectation file is wrong, or missing
  3   a capture could not be read at all
  4   a capture was cut or damaged: what was readable was checked
  70  a fault of tcpaudit itself
If several apply: 70, 2, 3, 4, 1 in this order.
`
