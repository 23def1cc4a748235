import { Command, Option } from 'commander'
import type { Severity } from '../audit/finding.ts'
import { optionArgument } from '../audit/option-value.ts'
import { withOwnHost } from '../audit/own-host-settings.ts'
import type { HostSetting } from '../audit/rule-settings.ts'
import { LEAST_RING_LENGTH } from '../evidence/packet-ring.ts'
import { BACKENDS, type Backend } from '../live/live-input.ts'
import { type MetricsAddress, parseMetricsAddress } from '../metrics/metrics-address.ts'
import { accountOf } from './account.ts'
import { between, bufferOption, DEFAULT_BUFFER, DEFAULT_SNAPLEN, snaplenOption } from './live-options.ts'
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

interface LiveOptions extends SettingsArguments, FormatOptions {
  readonly output?: string
  readonly filter?: string
  readonly duration?: number
  readonly count?: number
  readonly snaplen?: number
  readonly buffer?: number
  readonly backend?: Backend
  readonly promiscuous?: true
  readonly maxConnections?: number
  readonly all?: true
  readonly vlan?: true
  readonly color: boolean
  readonly quiet?: true
  readonly failOn?: Severity
  readonly user?: string
  readonly verify?: true
  readonly evidence?: string
  readonly ring?: string
  readonly ringSize?: number
  readonly metrics?: MetricsAddress
}

/** MiB. */
const DEFAULT_RING = 256
const LEAST_RING = LEAST_RING_LENGTH / 1024 / 1024
const MOST_RING = 16 * 1024 * 1024

/** The longest that a timer of Node waits is 2^31 ms. */
const LONGEST = 24 * 86_400

/** `tcpaudit live`: its arguments, and the text of its help. */
export function liveCommandLine(stdio: Stdio, results: CommandResults): Command {
  return configured(new Command('live'), results)
    .description('audit an interface of the network until Ctrl-C, and print the report')
    .helpOption('-h, --help', 'print this help')
    .argument('<interface>', "what to listen on, or any; 'tcpaudit interfaces' lists what there is")
    .addOption(new Option('--duration <time>', 'end after so long: 90, 10s, 5m, 2h').argParser(parseDuration))
    .addOption(
      new Option('--count <n>', 'end after so many packets').argParser((text) =>
        parsePositive('--count', text),
      ),
    )
    .addOption(jsonOption())
    .addOption(ndjsonOption())
    .addOption(formatOption())
    .option(
      '-o, --output <file>',
      'write the closing document to a file, JSON unless --format says otherwise',
    )
    .addOption(filterOption())
    .addOption(snaplenOption())
    .addOption(bufferOption())
    .addOption(
      new Option(
        '--backend <name>',
        `who gets the packets from the kernel: ${BACKEND_LIST}; cap knows neither the kernel's times nor drops`,
      ).argParser(parseBackend),
    )
    .option('--promiscuous', 'packets for others too, where the card gets to see them')
    .addOption(vlanOption())
    .addOption(ruleOption())
    .addOption(rulesOption())
    .addOption(configOption())
    .addOption(noConfigOption())
    .addOption(failOnOption())
    .option('--user <name>', 'give up root for this user once the interface is open')
    .option('--verify', 'compare the states of this machine’s ends with its kernel’s, every few seconds')
    .option(
      '--evidence <dir>',
      'write the packets of each finding from warning on to a pcapng there, as it arises',
    )
    .option('--ring <dir>', 'keep all packets in pcap files there, the newest of them')
    .addOption(
      new Option('--ring-size <MiB>', `room for them (default ${DEFAULT_RING})`).argParser(parseRingSize),
    )
    .addOption(
      new Option(
        '--metrics <[host:]port>',
        'numbers for Prometheus over HTTP, on loopback unless a host is given',
      ).argParser(parseMetrics),
    )
    .option('--all', 'list every connection, not only those that fit the terminal')
    .addOption(maxConnectionsOption())
    .option('--no-color', 'no colours (also: the environment variable NO_COLOR)')
    .option('--quiet', 'print only errors; the exit code tells, and -o is still written')
    .option('--debug', 'print the trace of a fault of tcpaudit itself')
    .addHelpText('after', LIVE_EXAMPLES)
    .action(async (name: string, options: LiveOptions) => {
      const given = liveArguments(name, options)
      const { LocalHost } = await import('../host/local-host.ts')
      const { liveCommand } = await import('./commands/live.ts')
      const host = new LocalHost()
      const ownHosts = (said: readonly HostSetting[]) => withOwnHost(said, host.sysctls, host.addresses.list)
      const run = await runSettings(options, ownHosts)
      results.done(await liveCommand({ ...options, ...given, ...run, host }, stdio))
    })
}

function liveArguments(name: string, options: LiveOptions) {
  if (options.ringSize !== undefined && options.ring === undefined) {
    throw new UsageError('--ring-size says how large a ring is: give --ring DIR too')
  }
  return {
    name,
    ringSize: options.ringSize ?? DEFAULT_RING,
    backend: options.backend ?? 'libpcap',
    format: formatOf(options),
    snaplen: options.snaplen ?? DEFAULT_SNAPLEN,
    buffer: options.buffer ?? DEFAULT_BUFFER,
    promiscuous: options.promiscuous === true,
    all: options.all === true,
    vlan: options.vlan === true,
    quiet: options.quiet === true,
    verify: options.verify === true,
    account: options.user === undefined ? undefined : accountOf(options.user),
  }
}

/** Milliseconds. */
function parseDuration(text: string): number {
  const seconds = optionArgument({ type: 'seconds', min: 0.001, max: LONGEST }, text)
  if (seconds !== undefined) return seconds * 1000
  throw new UsageError(
    `--duration takes no '${text}': give seconds, or a time such as 10s or 5m, 24d at most`,
  )
}

function parseRingSize(text: string): number {
  return between('--ring-size', text, LEAST_RING, MOST_RING)
}

function parseMetrics(text: string): MetricsAddress {
  const address = parseMetricsAddress(text)
  if (address !== undefined) return address
  throw new UsageError(
    `--metrics takes no '${text}': give a port, or an address and a port such as 0.0.0.0:9464`,
  )
}

function parseBackend(text: string): Backend {
  const backend = BACKENDS.find((name) => name === text)
  if (backend !== undefined) return backend
  throw new UsageError(`--backend knows no '${text}': give ${BACKEND_LIST}`)
}

const BACKEND_LIST = 'libpcap or cap'

const LIVE_EXAMPLES = `
On a terminal the report comes in the end. Elsewhere lines of JSON come as things happen,
as with --ndjson; -o FILE gets the closing document, as of 'tcpaudit file --json'.

Examples:
  until Ctrl-C; for a minute, with the document in a file
  $ tcpaudit live eth0
  $ tcpaudit live any --duration 1m -o minute.json

  what goes wrong, as it does
  $ tcpaudit live eth0 --filter 'tcp port 443' --ndjson | jq -c 'select(.type == "finding")'

Exit codes:
  0   done
  1   findings as grave as --fail-on says
  2   the command line, the filter or a config file is wrong
  5   no such interface, no right to listen there, or it went down meanwhile
      (what had passed before is reported)
  70  a fault of tcpaudit itself
`
