import { Command, Option } from 'commander'
import type { Severity } from '../audit/finding.ts'
import { DEFAULT_MAX_EXPANSION } from '../capture/expansion-limit.ts'
import { type AsOf, parseAsOf } from './as-of.ts'
import { fileCommand } from './commands/file.ts'
import { type Format, isDetailed } from './commands/format-sinks.ts'
import { checkPacket, type PacketWish, parsePacket } from './packet-watch.ts'
import { runSettings, type SettingsArguments } from './run-settings.ts'
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
  parsePositive,
  ruleOption,
  rulesOption,
  vlanOption,
} from './shared-options.ts'
import type { Stdio } from './stdio.ts'
import { UsageError } from './usage-error.ts'

interface FileOptions extends SettingsArguments, FormatOptions {
  readonly output?: string
  readonly filter?: string
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

/** `tcpaudit file`: its arguments, and the text of its help. */
export function fileCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('file'), results)
    .description('audit captures (pcap or pcapng, also compressed) and print the report')
    .helpOption('-h, --help', 'print this help')
    .argument('<capture...>', 'the captures to read, merged by time; - is standard input')
    .addOption(jsonOption())
    .addOption(ndjsonOption())
    .addOption(formatOption())
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
    .addOption(filterOption())
    .addOption(vlanOption())
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .addOption(failOnOption())
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

function fileArguments(captures: readonly string[], options: FileOptions) {
  if (captures.filter((capture) => capture === '-').length > 1) {
    throw new UsageError('standard input can be read once, and - was given twice: name files for the others')
  }
  const format = formatOf(options) ?? 'table'
  if (options.packet !== undefined) checkPacketOptions(options.packet, captures, options, format)
  if (!isDetailed(format) && options.connection !== undefined) {
    throw new UsageError(`--connection prints one connection: give --json instead of ${optionOf(format)}`)
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
  if (!isDetailed(format)) {
    throw new UsageError(`--packet explains one packet: give --json instead of ${optionOf(format)}`)
  }
  checkPacket(packet, captures.length)
}

function optionOf(format: Format): string {
  return format === 'ndjson' ? '--ndjson' : `--format ${format}`
}

function parseId(text: string): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) === 0) {
    throw new UsageError(`--connection takes no '${text}': give a number from the # column of the report`)
  }
  return Number(text)
}

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

  one service only; packets keep their numbers
  $ tcpaudit file dump.pcap --filter 'tcp port 443'

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
