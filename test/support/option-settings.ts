import type { AnyRule } from '../../src/audit/rule.ts'
import { RuleSettings } from '../../src/audit/rule-settings.ts'

/** The settings of a run in which these options of a rule are set. */
export function optionSettings(
  { id }: Pick<AnyRule, 'id'>,
  options: Readonly<Record<string, number>> = {},
): RuleSettings {
  return new RuleSettings(
    Object.entries(options).map(([option, value]) => ({ rule: id, option, value, from: 'the test' })),
  )
}
