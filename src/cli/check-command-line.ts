import { Command, Option } from 'commander'
import { CHECK_FORMATS, type CheckFormat, checkCommand } from './commands/check.ts'
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
    .action(async (paths: string[], options: CheckOptions) => {
      const { json, format = 'table' } = options
      if (json === true && options.format !== undefined && options.format !== 'json') {
        throw new UsageError(`--json and --format ${format} exclude each other: give one of them`)
      }
      const wanted = json === true ? 'json' : format
      results.done(
        await checkCommand({ ...options, paths, format: wanted, quiet: options.quiet === true }, stdio),
      )
    })
}

function parseFormat(text: string): CheckFormat {
  const format = CHECK_FORMATS.find((name) => name === text)
  if (format === undefined) {
    const otherwise = `give ${formatList(CHECK_FORMATS)}`
    throw new UsageError(`--format knows no '${text}': ${didYouMean(text, CHECK_FORMATS, otherwise)}`)
  }
  return format
}
