import type { AnyRule } from '../audit/rule.ts'
import { guardedRule, type RuleFault } from '../audit/rule-guard.ts'
import { type RuleLevel, RuleSettings } from '../audit/rule-settings.ts'
import { RULES } from '../audit/rules/index.ts'
import { AS_OF_TAKES, type AsOf, readAsOf } from '../cli/as-of.ts'
import { loadConfig } from '../cli/config/config-file.ts'
import { ConfigProblems } from '../cli/config/config-tree.ts'
import { type Config, readConfig } from '../cli/config/read-config.ts'
import { didYouMean } from '../cli/nearest.ts'
import { checkedRule } from '../cli/rules/check-rule.ts'
import type { RunSettings } from '../cli/run-settings.ts'
import { STREAM_TYPES, type StreamType } from '../cli/stream-gatherer.ts'
import { AuditError, wrongOption } from './audit-error.ts'
import { objectTree } from './object-tree.ts'

/** Settings as a config file has them (docs/configuration.md). */
export interface AuditConfig {
  /** Rules by id: off, at another severity, or with other thresholds. */
  readonly rules?: Readonly<Record<string, RuleLevel | RuleConfig>>
  /** What is known of hosts, by address, network, or `default`: `{ '10.0.0.0/8': { finTimeout: '5s' } }`. */
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, number | string | readonly number[]>>>>
}

/** One rule's settings: its severity, and its options by name (`patience: '5s'`, `many: 20`, `share: '2%'`). */
export interface RuleConfig {
  readonly severity?: RuleLevel
  readonly [option: string]: number | string | undefined
}

/** What an audit is to do. Nothing is needed: without options it does what `tcpaudit file` does. */
export interface ReportOptions {
  /** A config file's path, or what would stand in one. No file is looked for in the working directory. */
  readonly config?: string | AuditConfig
  /** Rules of your own, beside those of tcpaudit; made by {@link defineRule}. What one throws switches it off: see `ruleFaults`. */
  readonly rules?: readonly AnyRule[]
  /** Stop at this moment of the capture, and use nothing of what comes later: `+SECONDS`, epoch seconds, RFC 3339, or a Date. */
  readonly asOf?: string | Date
  /** Only packets that pass it: pcap filter syntax, as in `tcp port 443`. Needs libpcap. */
  readonly filter?: string
  /** Hold at most so many connections at once, 1 KB each (1,000,000 by default); beyond it some are forgotten. */
  readonly maxConnections?: number
  /** Stop unpacking a compressed capture beyond so many times its size (250 by default; the first 16 MiB are free). */
  readonly maxExpansion?: number
  /** Equal addresses and ports in different VLANs are different connections. */
  readonly vlan?: boolean
  /** Ends the audit early: its reason is thrown. */
  readonly signal?: AbortSignal
}

/** What an audit is to do, and which events are wanted. */
export interface AuditOptions<Type extends StreamType = StreamType> extends ReportOptions {
  /** Types of events; all by default. What is not wanted is not made: without `state` an audit is faster. */
  readonly events?: readonly Type[]
}

/** Options as a run needs them. */
export interface ResolvedOptions extends RunSettings {
  readonly asOf: AsOf | undefined
  readonly events: readonly StreamType[]
}

const OPTION_NAMES = [
  'config',
  'rules',
  'asOf',
  'filter',
  'maxConnections',
  'maxExpansion',
  'vlan',
  'signal',
  'events',
] as const satisfies readonly (keyof AuditOptions)[]

/** Throws AuditError for what cannot be followed. */
export async function resolveOptions(options: AuditOptions): Promise<ResolvedOptions> {
  const known: readonly string[] = OPTION_NAMES
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw wrongOption(
        `there is no option ${name}: ${didYouMean(name, known, `there are ${known.join(', ')}`)}`,
      )
  }
  const { maxConnections, maxExpansion, config } = options
  for (const [name, value] of Object.entries({ maxConnections, maxExpansion })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw wrongOption(`${name} takes no ${String(value)}: give a number such as 1000`)
  }
  const ruleFaults: RuleFault[] = []
  const rules = [...RULES, ...ownRules(options.rules ?? [], (fault) => ruleFaults.push(fault))]
  const said = await configOf(config, rules)
  return {
    rules,
    ruleFaults,
    settings: new RuleSettings(said.rules, said.hosts),
    configFile: typeof config === 'string' ? config : undefined,
    asOf: momentOf(options.asOf),
    events: eventsOf(options.events),
  }
}

async function configOf(config: AuditOptions['config'], rules: readonly AnyRule[]): Promise<Config> {
  if (config === undefined) return { rules: [], hosts: [] }
  if (typeof config === 'string') return loadConfig(config, rules)
  const problems = new ConfigProblems('')
  const said = readConfig(objectTree(config, 'config'), rules, problems)
  if (problems.any) throw new AuditError('wrong-config', 2, problems.text())
  return said
}

function ownRules(definitions: readonly unknown[], onFault: (fault: RuleFault) => void): AnyRule[] {
  const ids = new Set(RULES.map(({ id }) => id))
  return definitions.map((definition) => {
    const rule = checkedRule(definition)
    if (typeof rule === 'string') throw new AuditError('wrong-rule', 2, `rules: ${rule}`)
    if (ids.has(rule.id)) {
      throw new AuditError('wrong-rule', 2, `rules: there is a rule '${rule.id}' already: give it another id`)
    }
    ids.add(rule.id)
    return guardedRule(rule, onFault)
  })
}

function momentOf(asOf: string | Date | undefined): AsOf | undefined {
  if (asOf === undefined) return undefined
  const isDate = asOf instanceof Date
  const moment =
    isDate && !Number.isNaN(asOf.getTime()) ? dateMoment(asOf) : isDate ? undefined : readAsOf(asOf)
  if (moment === undefined)
    throw wrongOption(`asOf does not understand '${String(asOf)}': give ${AS_OF_TAKES}, or a Date`)
  return moment
}

function dateMoment(date: Date): AsOf {
  return { from: 'epoch', nanoseconds: BigInt(date.getTime()) * 1_000_000n }
}

function eventsOf(events: readonly string[] = STREAM_TYPES): readonly StreamType[] {
  return events.map((name) => {
    const type = STREAM_TYPES.find((known) => known === name)
    if (type !== undefined) return type
    throw wrongOption(
      `events knows no '${name}': ${didYouMean(name, STREAM_TYPES, `there are ${STREAM_TYPES.join(', ')}`)}`,
    )
  })
}
