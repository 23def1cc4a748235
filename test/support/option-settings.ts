import type { AnyRule } from '../../src/audit/rule.ts'
import { RuleSettings } from '../../src/audit/rule-settings.ts'
import type { ProfileSettingName, WrittenProfile } from '../../src/tracker/host-profile.ts'

/** The settings of a run in which these options of a rule are set, and this is known of all hosts. */
export function optionSettings(
  { id }: Pick<AnyRule, 'id'>,
  options: Readonly<Record<string, number>> = {},
  profile: WrittenProfile = {},
): RuleSettings {
  return new RuleSettings(
    Object.entries(options).map(([option, value]) => ({ rule: id, option, value, from: 'the test' })),
    Object.entries(profile).map(([name, value]) => ({
      network: 'default' as const,
      text: 'default',
      name: name as ProfileSettingName,
      value,
      from: 'the test',
    })),
  )
}
