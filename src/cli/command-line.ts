import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { checkCommandLine } from './check-command-line.ts'
import { fileCommandLine } from './file-command-line.ts'
import { liveCommandLine } from './live-command-line.ts'
import { runCommandLine } from './run-command-line.ts'
import { runSettings, type SettingsArguments } from './run-settings.ts'
import {
  type CommandResults,
  configOption,
  configured,
  noConfigOption,
  ruleOption,
  rulesOption,
} from './shared-options.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

interface ExplainOptions extends SettingsArguments {
  readonly json?: true
  readonly color: boolean
}

/**
 * The whole command line: arguments to a command, and the text of --help. What a command needs is loaded when it is given,
 * but for `file`: a hundred modules that are not needed would cost it a tenth of its start.
 */
export function commandLine(stdio: Stdio, results: CommandResults, argv: readonly string[]): Command {
  const program = configured(new Command('tcpaudit'), results)
    .description(
      'Audits TCP connections in packet captures and on interfaces: what state each end was in, since when, and on what evidence.',
    )
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .argument('[command]')
    .allowExcessArguments()
    .usage('<command> [options]')
    .addHelpText('after', PROGRAM_EXAMPLES)
    .action((word: string | undefined) => {
      throw new UsageError(noCommandText(word))
    })
  // The argument above is only there to word its error.
  program.configureHelp({ visibleArguments: () => [] })
  program.addCommand(fileCommandLine(stdio, results))
  program.addCommand(liveCommandLine(stdio, results))
  program.addCommand(runCommandLine(stdio, results, argv))
  program.addCommand(checkCommandLine(stdio, results))
  program.addCommand(interfacesCommandLine(stdio, results))
  program.addCommand(explainCommandLine(stdio, results))
  return program
}

function explainCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('explain'), results)
    .description('list the rules that look for trouble, or explain one of them')
    .helpOption('-h, --help', 'print this help')
    .argument('[rule]', 'the rule to explain; or hosts: the settings of hosts')
    .addOption(new Option('--json', 'print what is known of the rules as one JSON document'))
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .action(async (topic: string | undefined, { json, color, ...options }: ExplainOptions) => {
      const run = await runSettings(options)
      const { explainCommand } = await import('./commands/explain.ts')
      results.done(await explainCommand({ topic, json: json === true, color, ...run }, stdio))
    })
}

function interfacesCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('interfaces'), results)
    .description("list what 'live' can listen on, and whether this user may")
    .helpOption('-h, --help', 'print this help')
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .action(async (options: { readonly color: boolean }) => {
      const { interfacesCommand } = await import('./commands/interfaces.ts')
      results.done(await interfacesCommand(options, stdio))
    })
}

function noCommandText(word: string | undefined): string {
  if (word === undefined) return "no command given: try 'tcpaudit file dump.pcap' or 'tcpaudit --help'"
  if (existsSync(word)) return `'${word}' is not a command: to audit a capture, 'tcpaudit file ${word}'`
  return `unknown command '${word}': see 'tcpaudit --help'`
}

const PROGRAM_EXAMPLES = `
Examples:
  $ tcpaudit file dump.pcap      who is in which state, and what went wrong
  $ tcpaudit file --help         everything that 'file' can do
  $ tcpaudit live eth0           the same of an interface, while it happens
  $ tcpaudit run -- npm test     the same of what a command does on this machine
  $ tcpaudit check captures      whether captures are as somebody expects
  $ tcpaudit explain             what can go wrong, and what is looked for
`

const EXPLAIN_EXAMPLES = `
Examples:
  $ tcpaudit explain                     every rule, in a line each
  $ tcpaudit explain close-wait-leak     what it means, what is in force for it,
                                         and where that was set
  $ tcpaudit explain hosts               what is taken for known of the hosts
`
