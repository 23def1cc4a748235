import { optionValue } from '../../audit/option-value.ts'
import type { AnyRule } from '../../audit/rule.ts'
import { optionSpec } from '../../audit/rule-options.ts'
import type { HostSetting, RuleSetting } from '../../audit/rule-settings.ts'
import { optionTakes } from '../../report/option-text.ts'
import { didYouMean } from '../nearest.ts'
import { isRuleLevel, RULE_LEVELS, ruleHint, SEVERITY_KEY, unknownOption } from '../rule-argument.ts'
import { type ConfigEntry, type ConfigProblems, type ConfigValue, entriesOf, shown } from './config-tree.ts'
import { readHosts } from './read-hosts.ts'

/** What a config file says. */
export interface Config {
  readonly rules: readonly RuleSetting[]
  readonly hosts: readonly HostSetting[]
}

/** The keys of a config file; `$schema` is for editors. */
export const CONFIG_KEYS = ['$schema', 'rules', 'hosts'] as const

/** Reads what stands in the file, as far as it is right; the rest is a problem each. */
export function readConfig(
  tree: ConfigValue | undefined,
  rules: readonly AnyRule[],
  problems: ConfigProblems,
): Config {
  const settings: RuleSetting[] = []
  const hosts: HostSetting[] = []
  for (const entry of entriesOf(tree, 'the file', problems)) {
    switch (entry.key) {
      case 'rules':
        settings.push(...readRules(entry.value, rules, problems))
        break
      case 'hosts':
        hosts.push(...readHosts(entry.value, problems))
        break
      case '$schema':
        if (typeof entry.value.scalar !== 'string')
          problems.add(entry.value.place, '$schema takes an address')
        break
      default:
        problems.add(
          entry.place,
          `unknown key '${entry.key}': ${didYouMean(entry.key, CONFIG_KEYS, `there are ${CONFIG_KEYS.join(', ')}`)}`,
        )
    }
  }
  return { rules: settings, hosts }
}

/** Reads `rules`: rules to their severities and options. */
export function* readRules(
  value: ConfigValue,
  rules: readonly AnyRule[],
  problems: ConfigProblems,
): Generator<RuleSetting, void, void> {
  for (const rule of entriesOf(value, 'rules', problems)) yield* ruleSettings(rule, rules, problems)
}

function* ruleSettings(
  { key, place, value }: ConfigEntry,
  rules: readonly AnyRule[],
  problems: ConfigProblems,
): Generator<RuleSetting, void, void> {
  const rule = rules.find(({ id }) => id === key)
  if (rule === undefined) {
    problems.add(place, `unknown rule '${key}': ${ruleHint(key, rules)}`)
    return
  }
  if (value.entries === undefined) {
    yield* levelSetting(rule, value, place, problems)
    return
  }
  for (const entry of value.entries) {
    if (entry.key === SEVERITY_KEY) yield* levelSetting(rule, entry.value, entry.place, problems)
    else yield* optionSetting(rule, entry, problems)
  }
}

function* levelSetting(
  { id }: AnyRule,
  value: ConfigValue,
  from: string,
  problems: ConfigProblems,
): Generator<RuleSetting, void, void> {
  if (isRuleLevel(value.scalar)) yield { rule: id, level: value.scalar, from }
  else {
    const hint = didYouMean(String(value.scalar), RULE_LEVELS, `give ${RULE_LEVELS.join(', ')}`)
    problems.add(value.place, `${id} takes no ${shown(value)}: ${hint}`)
  }
}

function* optionSetting(
  rule: AnyRule,
  { key, place, value }: ConfigEntry,
  problems: ConfigProblems,
): Generator<RuleSetting, void, void> {
  const spec = optionSpec(rule.options, key)
  if (spec === undefined) {
    problems.add(place, `unknown key '${key}' of ${rule.id}: ${unknownOption(rule, key)}`)
    return
  }
  const number = optionValue(spec, value.scalar)
  if (number === undefined) {
    problems.add(value.place, `${rule.id}.${key} takes no ${shown(value)}: give ${optionTakes(spec)}`)
  } else yield { rule: rule.id, option: key, value: number, from: place }
}
