import type { AnyRule } from '../audit/rule.ts'
import { RuleSettings } from '../audit/rule-settings.ts'
import { RULES } from '../audit/rules/index.ts'
import { findConfig, loadConfig } from './config/config-file.ts'
import { ruleArgument } from './rule-argument.ts'

/** The options of the command line that say what is to be looked for, and how. */
export interface SettingsArguments {
  /** A path; false for none, whatever the working directory holds. */
  readonly config?: string | boolean
  /** `ID=LEVEL` and `ID.OPTION=VALUE`. */
  readonly rule?: readonly string[]
}

/** What is in force for a run. */
export interface RunSettings {
  readonly rules: readonly AnyRule[]
  readonly settings: RuleSettings
  /** As it was named, or found. */
  readonly configFile: string | undefined
}

/** Defaults, then the config file, then the command line: the last word counts. */
export async function runSettings({ config, rule = [] }: SettingsArguments): Promise<RunSettings> {
  const rules = RULES
  const configFile = typeof config === 'string' ? config : config === false ? undefined : findConfig()
  const arguments_ = rule.map((text) => ruleArgument(text, rules))
  const file = configFile === undefined ? undefined : await loadConfig(configFile, rules)
  const settings = new RuleSettings([...(file?.rules ?? []), ...arguments_], file?.hosts)
  return { rules, settings, configFile }
}
