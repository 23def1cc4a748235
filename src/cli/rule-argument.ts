import { SEVERITIES, type Severity } from '../audit/finding.ts'
import { optionArgument } from '../audit/option-value.ts'
import type { AnyRule } from '../audit/rule.ts'
import { optionSpec } from '../audit/rule-options.ts'
import type { RuleLevel, RuleSetting } from '../audit/rule-settings.ts'
import { optionTakes } from '../report/option-text.ts'
import { didYouMean } from './nearest.ts'
import { UsageError } from './usage-error.ts'

export const RULE_LEVELS: readonly RuleLevel[] = ['off', ...SEVERITIES]

/** The name under which a rule's severity stands beside its options. */
export const SEVERITY_KEY = 'severity'

/** `--rule ID=LEVEL` or `--rule ID.OPTION=VALUE`. */
export function ruleArgument(text: string, rules: readonly AnyRule[]): RuleSetting {
  const [, id = '', option, value] = /^([^.=]*)(?:\.([^=]*))?(?:=(.*))?$/s.exec(text) ?? []
  const rule = rules.find((candidate) => candidate.id === id)
  if (rule === undefined) throw new UsageError(`--rule knows no rule '${id}': ${ruleHint(id, rules)}`)
  const from = '--rule'
  if (option === undefined || option === SEVERITY_KEY) {
    if (value !== undefined && isRuleLevel(value)) return { rule: id, level: value, from }
    throw new UsageError(`--rule ${text}: give ${id}=off or ${id}=${SEVERITIES.join('|')}${optionHint(rule)}`)
  }
  const spec = optionSpec(rule.options, option)
  if (spec === undefined) {
    throw new UsageError(`--rule ${text}: ${id} has no option '${option}': ${unknownOption(rule, option)}`)
  }
  const number = value === undefined ? undefined : optionArgument(spec, value)
  if (number === undefined) {
    throw new UsageError(`--rule ${text}: give ${id}.${option}=VALUE, ${optionTakes(spec)}`)
  }
  return { rule: id, option, value: number, from }
}

export function parseSeverity(text: string): Severity {
  const severity = SEVERITIES.find((name) => name === text)
  if (severity !== undefined) return severity
  throw new UsageError(`--fail-on knows no '${text}': give one of ${SEVERITIES.join(', ')}`)
}

export function isRuleLevel(value: unknown): value is RuleLevel {
  return RULE_LEVELS.some((level) => level === value)
}

/** What to do about a rule that there is not. */
export function ruleHint(id: string, rules: readonly AnyRule[]): string {
  return didYouMean(
    id,
    rules.map((rule) => rule.id),
    "'tcpaudit explain' lists the rules",
  )
}

/** The same about an option. */
export function unknownOption(rule: AnyRule, name: string): string {
  const names = [SEVERITY_KEY, ...Object.keys(rule.options ?? {})]
  return didYouMean(name, names, `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`)
}

function optionHint({ id, options = {} }: AnyRule): string {
  const [first] = Object.keys(options)
  return first === undefined ? '' : `, or set an option as in ${id}.${first}=VALUE`
}
