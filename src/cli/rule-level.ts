import { SEVERITIES, type Severity } from '../audit/finding.ts'
import type { RuleLevel } from '../audit/rule-settings.ts'
import { RULES } from '../audit/rules/index.ts'
import { UsageError } from './usage-error.ts'

/** `--rule ID=LEVEL`, repeatable: the last word on a rule counts. */
export function parseRuleLevel(
  text: string,
  before: readonly (readonly [string, RuleLevel])[] = [],
): (readonly [string, RuleLevel])[] {
  const [id = '', level = '', ...rest] = text.split('=')
  if (!RULES.some((rule) => rule.id === id)) {
    throw new UsageError(
      `--rule knows no rule '${id}': the rules are ${RULES.map((rule) => rule.id).join(', ')}`,
    )
  }
  if (rest.length > 0 || !(level === 'off' || isSeverity(level))) {
    throw new UsageError(`--rule ${text}: give ${id}=off or ${id}=${SEVERITIES.join('|')}`)
  }
  return [...before, [id, level]]
}

export function parseSeverity(text: string): Severity {
  if (isSeverity(text)) return text
  throw new UsageError(`--fail-on knows no '${text}': give one of ${SEVERITIES.join(', ')}`)
}

function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((severity) => severity === text)
}
