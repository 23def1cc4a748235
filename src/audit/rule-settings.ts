import type { Severity } from './finding.ts'
import type { AnyRule } from './rule.ts'
import { optionValues } from './rule-options.ts'

export type RuleLevel = Severity | 'off'

/** What the user wants of the rules: which are off, at which severity, with which thresholds. */
export class RuleSettings {
  readonly #levels: ReadonlyMap<string, RuleLevel>
  readonly #options: ReadonlyMap<string, Readonly<Record<string, number>>>

  constructor(
    levels: Iterable<readonly [string, RuleLevel]> = [],
    options: Iterable<readonly [string, Readonly<Record<string, number>>]> = [],
  ) {
    this.#levels = new Map(levels)
    this.#options = new Map(options)
  }

  /** undefined: as the rule has it. */
  severity(rule: string): RuleLevel | undefined {
    return this.#levels.get(rule)
  }

  isOff(rule: string): boolean {
    return this.#levels.get(rule) === 'off'
  }

  options(rule: AnyRule): Readonly<Record<string, number>> {
    return optionValues(rule.options ?? {}, this.#options.get(rule.id))
  }
}
