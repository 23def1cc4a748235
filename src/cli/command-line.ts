import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Severity } from '../audit/finding.ts'
import { DEFAULT_MAX_EXPANSION } from '../capture/expansion-limit.ts'
import { DEFAULT_MAX_CONNECTIONS } from '../tracker/eviction.ts'
import { type AsOf, parseAsOf } from './as-of.ts'
import { explainCommand } from './commands/explain.ts'
import { FORMATS, type Format, fileCommand } from './commands/file.ts'
import { checkPacket, type PacketWish, parsePacket } from './packet-watch.ts'
import { parseSeverity } from './rule-argument.ts'
import { runSettings, type SettingsArguments } from './run-settings.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

interface FileOptions extends SettingsArguments {
  readonly json?: true
  readonly ndjson?: true
  readonly format?: Format
  readonly output?: string
  readonly asOf?: AsOf
  readonly maxExpansion?: number
  readonly maxConnections?: number
  readonly connection?: number
  readonly packet?: PacketWish
  readonly all?: true
  readonly vlan?: true
  readonly color: boolean
  readonly quiet?: true
  readonly failOn?: Severity
  readonly evidence?: string
}

interface ExplainOptions extends SettingsArguments {
  readonly json?: true
  readonly color: boolean
}

export interface CommandResults {
  /** Gets a command's exit code. */
  done(exitCode: number): void
  /** Gets the text of --help and --version. */
  print(text: string): void
}

/** The whole command line: arguments to a command, and the text of --help. */
export function commandLine(stdio: Stdio, results: CommandResults): Command {
  const program = configured(new Command('tcpaudit'), results)
    .description(
      'Audits TCP connections in packet captures: what state each end was in, since when, and on what evidence.',
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
  program.addCommand(explainCommandLine(stdio, results))
  return program
}

function fileCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('file'), results)
    .description('audit captures (pcap or pcapng, also compressed) and print the report')
    .helpOption('-h, --help', 'print this help')
    .argument('<capture...>', 'the captures to read, merged by time; - is standard input')
    .addOption(new Option('--json', 'print one JSON document; the same as --format json'))
    .addOption(
      new Option('--ndjson', 'print one JSON object a line, as it happens; the same as --format ndjson'),
    )
    .addOption(new Option('--format <format>', `what to print: ${FORMAT_LIST}`).argParser(parseFormat))
    .option('-o, --output <file>', 'write the report to a file')
    .addOption(
      new Option('--as-of <time>', 'the state of the world at that moment, with no hindsight').argParser(
        parseAsOf,
      ),
    )
    .addOption(
      new Option('--connection <id>', 'one connection, segment by segment, with the evidence').argParser(
        parseId,
      ),
    )
    .addOption(
      new Option(
        '--packet <n>',
        'one packet: what it was taken for, what else it might have been and why not',
      ).argParser(parsePacket),
    )
    .option('--vlan', 'equal addresses and ports in different VLANs are different connections')
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 if there is a finding this grave or graver').argParser(
        parseSeverity,
      ),
    )
    .option(
      '--evidence <dir>',
      'write the packets of each finding to a pcapng there, with what they show as comments',
    )
    .option('--all', 'list every connection, not only those that fit the terminal')
    .addOption(
      new Option(
        '--max-expansion <n>',
        `stop unpacking a compressed capture beyond n times its size (default ${DEFAULT_MAX_EXPANSION}; the first 16 MiB are free)`,
      ).argParser((text) => parsePositive('--max-expansion', text)),
    )
    .addOption(maxConnectionsOption())
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--quiet', 'print only errors; the exit code tells, and -o is still written')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .addHelpText('after', FILE_EXAMPLES)
    .action(async (captures: string[], options: FileOptions) => {
      const given = fileArguments(captures, options)
      results.done(await fileCommand({ ...options, ...given, ...(await runSettings(options)) }, stdio))
    })
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
      results.done(await explainCommand({ topic, json: json === true, color, ...run }, stdio))
    })
}

function ruleOption(): Option {
  return new Option(
    '--rule <id=level>',
    'a rule off, or at another severity (info, notice, warning, error, critical); <id.option=value> sets a threshold (5s, 2%); repeatable',
  ).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

function rulesOption(): Option {
  return new Option(
    '--rules <file>',
    'rules of your own, a JavaScript module that is run; repeatable (docs/writing-rules.md)',
  ).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

function configOption(): Option {
  return new Option(
    '--config <file>',
    'settings from a file (default: tcpaudit.config.yaml, .yml or .json in this folder)',
  )
}

function maxConnectionsOption(): Option {
  return new Option(
    '--max-connections <n>',
    `hold at most so many connections at once, 1 KB each (default ${DEFAULT_MAX_CONNECTIONS}); beyond it those never opened are forgotten first, then what is over, then what has been silent longest`,
  ).argParser((text) => parsePositive('--max-connections', text))
}

function noConfigOption(): Option {
  return new Option('--no-config', 'ignore the config file of this folder')
}

function fileArguments(captures: readonly string[], options: FileOptions) {
  if (captures.filter((capture) => capture === '-').length > 1) {
    throw new UsageError('standard input can be read once, and - was given twice: name files for the others')
  }
  const format = formatOf(options)
  if (options.packet !== undefined) checkPacketOptions(options.packet, captures, options, format)
  if (format === 'ndjson' && options.connection !== undefined) {
    throw new UsageError('--connection prints one connection, not a stream: give --json instead of --ndjson')
  }
  return {
    captures,
    format,
    all: options.all === true,
    vlan: options.vlan === true,
    quiet: options.quiet === true,
  }
}

function checkPacketOptions(
  packet: PacketWish,
  captures: readonly string[],
  { connection }: FileOptions,
  format: Format,
): void {
  if (connection !== undefined) {
    throw new UsageError('--connection and --packet exclude each other: give one of them')
  }
  if (format === 'ndjson') {
    throw new UsageError('--packet explains one packet, not a stream: give --json instead of --ndjson')
  }
  checkPacket(packet, captures.length)
}

/** Commander neither prints errors nor ends the process: main does the one and bin/tcpaudit.js the other. */
function configured(command: Command, { print }: CommandResults): Command {
  return command.exitOverride().configureOutput({ writeOut: print, writeErr: () => {} })
}

function parseId(text: string): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) === 0) {
    throw new UsageError(`--connection takes no '${text}': give a number from the # column of the report`)
  }
  return Number(text)
}

function parsePositive(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new UsageError(`${option} takes no '${text}': give a number such as 1000`)
  }
  return Number(text)
}

function noCommandText(word: string | undefined): string {
  if (word === undefined) return "no command given: try 'tcpaudit file dump.pcap' or 'tcpaudit --help'"
  if (existsSync(word)) return `'${word}' is not a command: to audit a capture, 'tcpaudit file ${word}'`
  return `unknown command '${word}': see 'tcpaudit --help'`
}

function parseFormat(text: string): Format {
  const format = FORMATS.find((name) => name === text)
  if (format === undefined) throw new UsageError(`--format knows no '${text}': give ${FORMAT_LIST}`)
  return format
}

function formatOf({ json, ndjson, format }: FileOptions): Format {
  const asked = [
    ...(json === true ? [{ option: '--json', means: 'json' as const }] : []),
    ...(ndjson === true ? [{ option: '--ndjson', means: 'ndjson' as const }] : []),
    ...(format === undefined ? [] : [{ option: `--format ${format}`, means: format }]),
  ]
  const [first, second] = asked
  if (first !== undefined && second !== undefined && first.means !== second.means) {
    throw new UsageError(`${first.option} and ${second.option} exclude each other: give one of them`)
  }
  return first?.means ?? 'table'
}

const FORMAT_LIST = 'table, json or ndjson'

const PROGRAM_EXAMPLES = `
Examples:
  $ tcpaudit file dump.pcap      who is in which state, and what went wrong
  $ tcpaudit file --help         everything that 'file' can do
  $ tcpaudit explain             what can go wrong, and what is looked for
`

const FILE_EXAMPLES = `
A connection's number (column #, "id" in JSON) is that of its first packet.

Times for --as-of:
  +12.5                          seconds after the first packet
  1763672591.25                  seconds since 1970
  2026-11-20T21:03:11.25Z        RFC 3339

Examples:
  the report, as wide as the terminal; every connection of it
  $ tcpaudit file dump.pcap
  $ tcpaudit file dump.pcap --all | less

  what tcpdump sees on another host; two captures as one
  $ ssh host tcpdump -U -w - tcp | tcpaudit file -
  $ tcpaudit file client.pcap server.pcapng.gz

  connection 41 as a ladder, with what each state rests on
  $ tcpaudit file dump.pcap --connection 41

  packet 812 as Wireshark counts; packet 12 of the second of two captures
  $ tcpaudit file dump.pcap --packet 812
  $ tcpaudit file client.pcap server.pcap --packet 1:12

  what 'ss -tan' would have said on each host 12.5 s after the first packet
  $ tcpaudit file dump.pcap --as-of +12.5

  the connections that were reset, for other programs
  $ tcpaudit file dump.pcap --json |
      jq '.connections[] | select(.outcome == "reset")'

  a rule left out, another one's threshold set; the same for good: README.md
  $ tcpaudit file dump.pcap --rule capture-offload=off --rule handshake-slow.slow=3s

  every change of state as it happens, while another program captures
  $ tcpdump -U -w - tcp | tcpaudit file - --ndjson | jq -c 'select(.type == "state")'

Exit codes:
  0   done
  1   findings as grave as --fail-on says
  2   the command line or a config file is wrong
  3   the capture could not be read at all
  4   the capture was cut or damaged: what was readable is reported
  70  a fault of tcpaudit itself
`

const EXPLAIN_EXAMPLES = `
Examples:
  $ tcpaudit explain                     every rule, in a line each
  $ tcpaudit explain close-wait-leak     what it means, what is in force for it,
                                         and where that was set
  $ tcpaudit explain hosts               what is taken for known of the hosts
`
