import { Command, Option } from 'commander'
import type { Severity } from '../audit/finding.ts'
import { optionArgument } from '../audit/option-value.ts'
import { withOwnHost } from '../audit/own-host-settings.ts'
import { type HostSetting, RuleSettings } from '../audit/rule-settings.ts'
import { accountOf } from './account.ts'
import { bufferOption, DEFAULT_BUFFER, DEFAULT_SNAPLEN, snaplenOption } from './live-options.ts'
import { readSettings, type SettingsArguments } from './run-settings.ts'
import {
  type CommandResults,
  configOption,
  configured,
  type FormatOptions,
  failOnOption,
  filterOption,
  formatOf,
  formatOption,
  jsonOption,
  maxConnectionsOption,
  ndjsonOption,
  noConfigOption,
  ruleOption,
  rulesOption,
  vlanOption,
} from './shared-options.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'

interface RunOptions extends SettingsArguments, FormatOptions {
  readonly interface?: string
  readonly output?: string
  readonly filter?: string
  readonly linger?: number
  readonly snaplen?: number
  readonly buffer?: number
  readonly maxConnections?: number
  readonly all?: true
  readonly vlan?: true
  readonly color: boolean
  readonly quiet?: true
  readonly failOn?: Severity
  readonly user?: string
  readonly evidence?: string
  readonly expect?: string
}

const DEFAULT_INTERFACE = 'lo'

/** Milliseconds. The last ACKs may be delayed by 40 ms, and a late one by 200 (TCP_DELACK_MAX). */
const DEFAULT_LINGER = 200
/** Seconds. */
const LONGEST_LINGER = 3600

/** `tcpaudit run`: its arguments, and the text of its help. `argv` tells where the command begins. */
export function runCommandLine(stdio: Stdio, results: CommandResults, argv: readonly string[]): Command {
  return configured(new Command('run'), results)
    .description('run a command, and audit what passes an interface meanwhile')
    .usage('[options] -- COMMAND [ARGS...]')
    .helpOption('-h, --help', 'print this help')
    .argument('[command...]')
    .configureHelp({ visibleArguments: () => [] })
    .option('-i, --interface <name>', `what to listen on, or any (default ${DEFAULT_INTERFACE})`)
    .addOption(filterOption())
    .addOption(jsonOption())
    .addOption(ndjsonOption())
    .addOption(formatOption())
    .option('-o, --output <file>', 'write the report to a file instead of stderr')
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .addOption(failOnOption())
    .option('--expect <file>', "exit 1 unless all is as this file expects, as 'tcpaudit check' has them")
    .option(
      '--evidence <dir>',
      'write the packets of each finding from warning on to a pcapng there, as it arises',
    )
    .addOption(
      new Option(
        '--linger <time>',
        'listen on for so long when the command has ended (default 0.2s)',
      ).argParser(parseLinger),
    )
    .option('--user <name>', 'as root: listen as root, run the command (and go on) as this user')
    .addOption(snaplenOption())
    .addOption(bufferOption())
    .addOption(vlanOption())
    .option('--all', 'list every connection, not only those that fit the terminal')
    .addOption(maxConnectionsOption())
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--quiet', 'print only errors; the exit code tells, and -o is still written')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (words: string[], options: RunOptions) => {
      const given = runArguments(words, options, argv)
      const { LocalHost } = await import('../host/local-host.ts')
      const { runCommand } = await import('./commands/run.ts')
      const { RunExpectations } = await import('./run-expectations.ts')
      const host = new LocalHost()
      const ownHosts = (said: readonly HostSetting[]) => withOwnHost(said, host.sysctls, host.addresses.list)
      const { file, argued, ...said } = await readSettings(options)
      const { expect } = options
      const expectations =
        expect === undefined ? undefined : await RunExpectations.load(expect, said.rules, words.join(' '))
      const expected = expectations?.said ?? { rules: [], hosts: [] }
      const settings = new RuleSettings(
        [...file.rules, ...expected.rules, ...argued],
        ownHosts([...file.hosts, ...expected.hosts]),
      )
      results.done(await runCommand({ ...options, ...given, ...said, settings, expectations, host }, stdio))
    })
}

function runArguments(words: readonly string[], options: RunOptions, argv: readonly string[]) {
  if (words.length === 0) {
    throw new UsageError("no command given: name it behind --, as in 'tcpaudit run -- npm test'")
  }
  // What stands before -- is ours, all that is behind it the command's: no option may be taken for the other's.
  if (argv.indexOf('--') !== argv.length - words.length - 1) {
    throw new UsageError(
      "the command stands behind --, as in 'tcpaudit run --json -- npm test': put -- before it",
    )
  }
  return {
    command: words,
    name: options.interface ?? DEFAULT_INTERFACE,
    ringSize: 0,
    backend: 'libpcap' as const,
    promiscuous: false,
    linger: options.linger ?? DEFAULT_LINGER,
    format: formatOf(options) ?? 'table',
    snaplen: options.snaplen ?? DEFAULT_SNAPLEN,
    buffer: options.buffer ?? DEFAULT_BUFFER,
    all: options.all === true,
    vlan: options.vlan === true,
    quiet: options.quiet === true,
    account: options.user === undefined ? undefined : accountOf(options.user),
  }
}

/** Milliseconds. */
function parseLinger(text: string): number {
  const seconds = optionArgument({ type: 'seconds', min: 0, max: LONGEST_LINGER }, text)
  if (seconds !== undefined) return seconds * 1000
  throw new UsageError(`--linger takes no '${text}': give seconds, or a time such as 500ms or 2s, 1h at most`)
}

const RUN_EXAMPLES = `
Listens before COMMAND begins and until it has ended and its last packets are in. COMMAND has
standard input, output and error as they are, and the signals; the report goes to stderr when
it has ended, or to -o FILE. What else passes the interface is audited too: --filter chooses,
and a network namespace has nothing else in it (docs/run.md).

Examples:
  the tests, and the connections that they make on this machine; 1 if these are in trouble
  $ tcpaudit run --fail-on warning -- npm test

  one service, over every interface, as root; the command itself as this user
  $ sudo tcpaudit run -i any --filter 'tcp port 5432' --user $USER -- ./integration.sh

  the output of the command for one program, the report for another
  $ tcpaudit run --json -o report.json -- curl -s http://localhost:8080/ | jq .

  leaks of a short run: look after a second instead of ten
  $ tcpaudit run --rule close-wait-leak.patience=1s -- ./load.sh

Exit codes: the command's own, if it is not 0 (128 and the signal's number if one ended it;
126 if it cannot be executed, 127 if it is not there), and otherwise
  0   done
  1   findings as grave as --fail-on says, or something is not as --expect has it
  2   the command line, the filter or a config file is wrong (nothing was run)
  5   no such interface or no right to listen there (nothing was run), or it went down
      meanwhile (what had passed before is reported)
  70  a fault of tcpaudit itself
`
