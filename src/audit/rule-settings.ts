import type { ProfileSettingName } from '../tracker/host-profile.ts'
import { type HostNetwork, HostProfiles } from '../tracker/host-profiles.ts'
import type { Severity } from './finding.ts'
import type { AnyRule } from './rule.ts'
import { optionValues } from './rule-options.ts'

/** How a rule may be set: off, or at a severity. */
export type RuleLevel = Severity | 'off'

/** One thing that the user wants of a rule, and where that was said: an argument, a place in a file. */
export type RuleSetting = LevelSetting | OptionSetting

export interface LevelSetting {
  readonly rule: string
  readonly level: RuleLevel
  readonly from: string
}

export interface OptionSetting {
  readonly rule: string
  readonly option: string
  /** In the unit of the option: seconds, a number, a share. */
  readonly value: number
  readonly from: string
}

/** One thing that the user knows of the hosts of a network. */
export interface HostSetting {
  readonly network: HostNetwork
  /** The network as it was written. */
  readonly text: string
  readonly name: ProfileSettingName
  /** Seconds, a number, first and last port. */
  readonly value: number | readonly [number, number]
  readonly from: string
}

/**
 * What the user wants of the rules: which are off, at which severity, with which thresholds (the last word counts); and
 * knows of the hosts.
 */
export class RuleSettings {
  readonly #levels = new Map<string, LevelSetting>()
  readonly #options = new Map<string, Map<string, OptionSetting>>()

  /** What the user knows of the hosts. */
  readonly hosts: HostProfiles

  readonly hostSettings: readonly HostSetting[]

  constructor(settings: Iterable<RuleSetting> = [], hosts: readonly HostSetting[] = []) {
    this.hostSettings = hosts
    this.hosts = new HostProfiles(
      hosts.map(({ network, name, value }) => ({ network, profile: { [name]: value } })),
    )

    for (const setting of settings) {
      if ('level' in setting) {
        this.#levels.set(setting.rule, setting)
        continue
      }
      const own = this.#options.get(setting.rule) ?? new Map<string, OptionSetting>()
      own.set(setting.option, setting)
      this.#options.set(setting.rule, own)
    }
  }

  /** undefined: as the rule has it. */
  severity(rule: string): RuleLevel | undefined {
    return this.#levels.get(rule)?.level
  }

  isOff(rule: string): boolean {
    return this.severity(rule) === 'off'
  }

  options(rule: AnyRule): Readonly<Record<string, number>> {
    const given = this.#options.get(rule.id) ?? []
    const values = Array.from(given, ([name, { value }]) => [name, value] as const)
    return optionValues(rule.options ?? {}, Object.fromEntries(values))
  }

  /** What was said of a rule's severity, and of one of its options; undefined for nothing. */
  levelSetting(rule: string): LevelSetting | undefined {
    return this.#levels.get(rule)
  }

  optionSetting(rule: string, option: string): OptionSetting | undefined {
    return this.#options.get(rule)?.get(option)
  }
}
