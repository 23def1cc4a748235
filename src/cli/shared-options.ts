import { type Command, Option } from 'commander'
import { DEFAULT_MAX_CONNECTIONS } from '../tracker/eviction.ts'
import { FORMATS, type Format } from './commands/format-sinks.ts'
import { didYouMean } from './nearest.ts'
import { parseSeverity } from './rule-argument.ts'
import { UsageError } from './usage-error.ts'

export interface CommandResults {
  /** Gets a command's exit code. */
  done(exitCode: number): void
  /** Gets the text of --help and --version. */
  print(text: string): void
}

/** Commander neither prints errors nor ends the process: main does the one and bin/tcpaudit.js the other. */
export function configured(command: Command, { print }: CommandResults): Command {
  return command.exitOverride().configureOutput({ writeOut: print, writeErr: () => {} })
}

/** How the report may be asked for. */
export interface FormatOptions {
  readonly json?: true
  readonly ndjson?: true
  readonly format?: Format
}

const FORMAT_LIST = formatList(FORMATS)

/** `table, json or csv`. */
export function formatList(formats: readonly string[]): string {
  return `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document; the same as --format json')
}

export function ndjsonOption(): Option {
  return new Option('--ndjson', 'print one JSON object a line, as it happens; the same as --format ndjson')
}

export function formatOption(): Option {
  return new Option('--format <format>', `what to print: ${FORMAT_LIST}`).argParser(parseFormat)
}

export function filterOption(): Option {
  return new Option(
    '--filter <expression>',
    "only packets that pass it, pcap filter syntax, as in 'tcp port 443'",
  )
}

export function vlanOption(): Option {
  return new Option('--vlan', 'equal addresses and ports in different VLANs are different connections')
}

export function failOnOption(): Option {
  return new Option('--fail-on <severity>', 'exit 1 if there is a finding this grave or graver').argParser(
    parseSeverity,
  )
}

export function ruleOption(): Option {
  return new Option(
    '--rule <id=level>',
    'a rule off, or at another severity (info, notice, warning, error, critical); <id.option=value> sets a threshold (5s, 2%); repeatable',
  ).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

export function rulesOption(): Option {
  return new Option(
    '--rules <file>',
    'rules of your own, a JavaScript module that is run; repeatable (docs/writing-rules.md)',
  ).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

export function configOption(): Option {
  return new Option(
    '--config <file>',
    'settings from a file (default: tcpaudit.config.yaml, .yml or .json in this folder)',
  )
}

export function maxConnectionsOption(): Option {
  return new Option(
    '--max-connections <n>',
    `hold at most so many connections at once, 1 KB each (default ${DEFAULT_MAX_CONNECTIONS}); beyond it those never opened are forgotten first, then what is over, then what has been silent longest`,
  ).argParser((text) => parsePositive('--max-connections', text))
}

export function noConfigOption(): Option {
  return new Option('--no-config', 'ignore the config file of this folder')
}

export function parsePositive(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new UsageError(`${option} takes no '${text}': give a number such as 1000`)
  }
  return Number(text)
}

function parseFormat(text: string): Format {
  const format = FORMATS.find((name) => name === text)
  if (format === undefined) {
    throw new UsageError(`--format knows no '${text}': ${didYouMean(text, FORMATS, `give ${FORMAT_LIST}`)}`)
  }
  return format
}

/** What was asked for; undefined for nothing. */
export function formatOf({ json, ndjson, format }: FormatOptions): Format | undefined {
  const asked = [
    ...(json === true ? [{ option: '--json', means: 'json' as const }] : []),
    ...(ndjson === true ? [{ option: '--ndjson', means: 'ndjson' as const }] : []),
    ...(format === undefined ? [] : [{ option: `--format ${format}`, means: format }]),
  ]
  const [first, second] = asked
  if (first !== undefined && second !== undefined && first.means !== second.means) {
    throw new UsageError(`${first.option} and ${second.option} exclude each other: give one of them`)
  }
  return first?.means
}
