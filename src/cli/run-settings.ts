import type { AnyRule } from '../audit/rule.ts'
import type { RuleFault } from '../audit/rule-guard.ts'
import { type HostSetting, type RuleSetting, RuleSettings } from '../audit/rule-settings.ts'
import { RULES } from '../audit/rules/index.ts'
import { findConfig, loadConfig } from './config/config-file.ts'
import type { Config } from './config/read-config.ts'
import { ruleArgument } from './rule-argument.ts'
import { loadRules } from './rules/load-rules.ts'

/** The options of the command line that say what is to be looked for, and how. */
export interface SettingsArguments {
  /** A path; false for none, whatever the working directory holds. */
  readonly config?: string | boolean
  /** `ID=LEVEL` and `ID.OPTION=VALUE`. */
  readonly rule?: readonly string[]
  /** Files with rules of somebody else's. */
  readonly rules?: readonly string[]
}

/** What is in force for a run. */
export interface RunSettings {
  readonly rules: readonly AnyRule[]
  /** What goes wrong in somebody else's rules, as it happens. */
  readonly ruleFaults: readonly RuleFault[]
  readonly settings: RuleSettings
  /** As it was named, or found. */
  readonly configFile: string | undefined
}

/**
 * Defaults, then the config file, then the command line: the last word counts. `ownHosts` adds what is known of hosts to what
 * the config file says of them.
 */
export async function runSettings(
  given: SettingsArguments,
  ownHosts: (said: readonly HostSetting[]) => readonly HostSetting[] = (said) => said,
): Promise<RunSettings> {
  const { file, argued, ...common } = await readSettings(given)
  const settings = new RuleSettings([...file.rules, ...argued], ownHosts(file.hosts))
  return { ...common, settings }
}

/** What is said by the config file and on the command line, not yet put together. */
export interface SaidSettings extends Omit<RunSettings, 'settings'> {
  readonly file: Config
  /** What `--rule` says. */
  readonly argued: readonly RuleSetting[]
}

export async function readSettings({
  config,
  rule = [],
  rules: files = [],
}: SettingsArguments): Promise<SaidSettings> {
  const ruleFaults: RuleFault[] = []
  const rules = [...RULES]
  for (const path of files) rules.push(...(await loadRules(path, rules, (fault) => ruleFaults.push(fault))))
  const configFile = typeof config === 'string' ? config : config === false ? undefined : findConfig()
  const argued = rule.map((text) => ruleArgument(text, rules))
  const file = configFile === undefined ? NOTHING_SAID : await loadConfig(configFile, rules)
  return { rules, ruleFaults, configFile, file, argued }
}

const NOTHING_SAID: Config = { rules: [], hosts: [] }
