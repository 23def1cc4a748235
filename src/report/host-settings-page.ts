import type { AnyRule } from '../audit/rule.ts'
import type { HostSetting, RuleSettings } from '../audit/rule-settings.ts'
import { PROFILE_SETTINGS } from '../tracker/host-profile.ts'
import { optionText } from './option-text.ts'
import { markdownTable } from './rule-front.ts'

/** The settings of a host profile, in Markdown: what each decides, and Linux's default. */
export function profileTable(): string {
  return markdownTable([
    ['setting', 'Linux’s default', 'setting of the kernel', 'what it is'],
    ...PROFILE_SETTINGS.map(({ name, default: usual, kernel, says }) => [
      `\`${name}\``,
      settingText(name, usual),
      `\`${kernel}\``,
      says,
    ]),
  ])
}

/** `tcpaudit explain hosts`: the settings, and what is in force. */
export function hostSettingsPage({ hostSettings }: RuleSettings): string {
  const set =
    hostSettings.length === 0
      ? 'Nothing is set: Linux’s defaults are in force for all hosts.\n'
      : `${inForceTable(hostSettings)}\nOf each setting the longest network around an address counts; the rest is Linux’s default.\n`
  return `# hosts

What is concluded of a host without a packet that shows it goes by these settings; \`hosts\` in tcpaudit.config.yaml sets them, by
address, network or \`default\`.

${profileTable()}
## In force

${set}`
}

/** What is set of hosts of the settings of the kernel that govern a rule; empty for nothing. */
export function settingsOfHosts({ tunables = [] }: AnyRule, { hostSettings }: RuleSettings): string {
  const names = PROFILE_SETTINGS.filter(({ kernel }) => tunables.some(({ name }) => name === kernel))
  const own = hostSettings.filter(({ name }) => names.some((setting) => setting.name === name))
  return own.length === 0 ? '' : `\n${inForceTable(own)}`
}

function inForceTable(settings: readonly HostSetting[]): string {
  return markdownTable([
    ['host', 'setting', 'in force', 'from'],
    ...settings.map(({ text, name, value, from }) => [text, `\`${name}\``, settingText(name, value), from]),
  ])
}

function settingText(name: HostSetting['name'], value: HostSetting['value']): string {
  const setting = PROFILE_SETTINGS.find((candidate) => candidate.name === name)
  if (typeof value !== 'number') return value.join(' ')
  return setting === undefined || setting.type === 'ports' ? String(value) : optionText(setting, value)
}
