import { SEVERITIES } from '../../audit/finding.ts'
import type { AnyRule } from '../../audit/rule.ts'
import { BY_CHANCE } from '../../check/chance-rules.ts'
import { atLeast, type Comparison, parseComparison } from '../../check/comparison.ts'
import type { Claim, ClaimPath, FindingClaim } from '../../check/expectations.ts'
import { type EndPattern, parseEnd } from '../../check/selection.ts'
import { OUTCOMES } from '../../tracker/connection-summary.ts'
import { STATE_NAMES, type StateName } from '../../tracker/tcp-state.ts'
import { parseAsOf } from '../as-of.ts'
import { type ConfigEntry, type ConfigProblems, type ConfigValue, shown } from '../config/config-tree.ts'
import { didYouMean } from '../nearest.ts'
import { ruleHint } from '../rule-argument.ts'
import { UsageError } from '../usage-error.ts'

/** Where in a file claims stand. */
export interface Place {
  /** Begins their ids. */
  readonly id: string
  /** Leads to the map that they stand in. */
  readonly path: ClaimPath
  /** They are about the whole capture. */
  readonly isWhole: boolean
  /** Rules whose findings are expected. */
  readonly expected: readonly string[]
}

/** What `max-severity` takes. */
export const MOST_SEVERE = ['none', ...SEVERITIES] as const

/** Keys of a finding that is expected. */
export const FINDING_KEYS = ['count', 'times', 'host', 'client', 'server'] as const
/** Keys of `states`, beside the states themselves. */
export const END_KEYS = ['client', 'server'] as const

/** How a number of things may be expected. */
export const COUNT_TAKES = 'a number, or a comparison such as ">= 1", "< 5" or "2..4"'

/** Reads the keys of an expectation file that ask for something; what is wrong goes to `problems`. */
export class ClaimReader {
  readonly #rules: readonly AnyRule[]
  readonly #problems: ConfigProblems

  constructor(rules: readonly AnyRule[], problems: ConfigProblems) {
    this.#rules = rules
    this.#problems = problems
  }

  *severity({ key, value, line }: ConfigEntry, { id, path, expected }: Place): Generator<Claim, void, void> {
    const most = MOST_SEVERE.find((name) => name === value.scalar)
    if (most !== undefined)
      yield { about: 'max-severity', id: `${id}${key}`, line, path: [...path, key], most, aside: expected }
    else {
      const hint = didYouMean(String(value.scalar), MOST_SEVERE, `give ${MOST_SEVERE.join(', ')}`)
      this.#problems.add(value.place, `${key} takes no ${shown(value)}: ${hint}`)
    }
  }

  /** Says what is wrong with `allow`, which asks for nothing itself. */
  allowed({ key, place, value }: ConfigEntry, besides: readonly ConfigEntry[]): void {
    for (const _rule of this.#ruleItems(key, value, [BY_CHANCE]));
    if (besides.some((entry) => entry.key === 'max-severity')) return
    this.#problems.add(place, 'allow is about max-severity: say how grave other findings may be')
  }

  *never({ key, value }: ConfigEntry, { id, path }: Place): Generator<Claim, void, void> {
    for (const { rule, line } of this.#ruleItems(key, value)) {
      yield { about: 'never', id: `${id}never.${rule}`, line, path: [...path, key], rule }
    }
  }

  /** Ids of rules, or one of `others`, in a list or alone. */
  *#ruleItems(
    key: string,
    value: ConfigValue,
    others: readonly string[] = [],
  ): Generator<{ readonly rule: string; readonly line: number }, void, void> {
    const items = value.items ?? [value]
    if (items.length === 0)
      this.#problems.add(value.place, `${key} takes ids of rules, as in [reset-injected]`)
    const named = new Set<string>()
    for (const item of items) {
      const rule = String(item.scalar)
      if (!this.#knows(rule) && !others.includes(rule)) {
        const isWord = typeof item.scalar === 'string'
        const what = isWord ? `unknown rule '${rule}'` : `${key} takes no ${shown(item)}`
        this.#problems.add(item.place, `${what}: ${ruleHint(rule, this.#rules)}`)
      } else if (named.has(rule)) this.#problems.add(item.place, `${rule} is named twice`)
      else yield { rule, line: item.line }
      named.add(rule)
    }
  }

  *findings({ value }: ConfigEntry, place: Place): Generator<Claim, void, void> {
    for (const entry of this.#someEntries(
      value,
      'findings',
      'ids of rules to how many, as in reset-injected: 1',
    )) {
      const { key, place: at, value: wanted } = entry
      if (!this.#knows(key)) {
        this.#problems.add(at, `unknown rule '${key}': ${ruleHint(key, this.#rules)}`)
        continue
      }
      const id = `${place.id}findings.${key}`
      const items = wanted.items ?? [wanted]
      if (items.length === 0)
        this.#problems.add(wanted.place, `${key} takes no empty list: give ${COUNT_TAKES}`)
      for (const [index, item] of items.entries()) {
        const line = wanted.items === undefined ? entry.line : item.line
        const path = [...place.path, 'findings', key, ...(wanted.items === undefined ? [] : [index])]
        const claim = this.#finding(key, item, {
          id: items.length === 1 ? id : `${id}[${index + 1}]`,
          line,
          path,
        })
        if (claim !== undefined) yield claim
      }
    }
  }

  #finding(
    rule: string,
    value: ConfigValue,
    where: Pick<Claim, 'id' | 'line' | 'path'>,
  ): FindingClaim | undefined {
    const common = {
      about: 'finding',
      ...where,
      rule,
      times: null,
      host: null,
      client: null,
      server: null,
    } as const
    if (value.entries === undefined) {
      const count = this.#comparison(value, rule)
      return count === undefined ? undefined : { ...common, count }
    }
    const ends: { [Key in 'host' | 'client' | 'server']?: EndPattern } = {}
    const counts: { [Key in 'count' | 'times']?: Comparison } = {}
    for (const { key, place, value: said } of value.entries) {
      if (key === 'host' || key === 'client' || key === 'server') {
        const end = parseEnd(String(said.scalar))
        if (end !== undefined) ends[key] = end
        else
          this.#problems.add(
            said.place,
            `${key} takes no ${shown(said)}: give ADDRESS, ADDRESS:PORT, NETWORK or :PORT`,
          )
      } else if (key === 'count' || key === 'times') {
        const comparison = this.#comparison(said, `${rule}.${key}`)
        if (comparison !== undefined) counts[key] = comparison
      } else {
        const hint = didYouMean(key, FINDING_KEYS, `there are ${FINDING_KEYS.join(', ')}`)
        this.#problems.add(place, `unknown key '${key}' of ${rule}: ${hint}`)
      }
    }
    const { count = atLeast(1), times = null } = counts
    return { ...common, ...ends, count, times }
  }

  *outcomes({ value }: ConfigEntry, { id, path: place }: Place): Generator<Claim, void, void> {
    for (const entry of this.#someEntries(value, 'outcomes', 'outcomes to how many, as in closed: 3')) {
      const outcome = OUTCOMES.find((name) => name === entry.key)
      if (outcome === undefined) {
        const hint = didYouMean(entry.key, OUTCOMES, `there are ${OUTCOMES.join(', ')}`)
        this.#problems.add(entry.place, `unknown outcome '${entry.key}': ${hint}`)
        continue
      }
      const comparison = this.#comparison(entry.value, outcome)
      if (comparison === undefined) continue
      const path = [...place, 'outcomes', outcome]
      yield { about: 'outcome', id: `${id}outcomes.${outcome}`, line: entry.line, path, outcome, comparison }
    }
  }

  *states(
    { value, key }: ConfigEntry,
    { id, path: place }: Place,
    at: string | null,
  ): Generator<Claim, void, void> {
    const name = at === null ? 'states' : `at[${at}]`
    const example = 'as in server: CLOSE_WAIT, or TIME_WAIT: 2'
    for (const entry of this.#someEntries(value, key, `ends or states, ${example}`)) {
      const { key: what, line } = entry
      const path = [...place, ...(at === null ? [] : ['at']), key, what]
      const end = END_KEYS.find((word) => word === what)
      if (end !== undefined) {
        const states = (entry.value.items ?? [entry.value]).map((item) => this.#state(item, what))
        const right = states.filter((state) => state !== undefined)
        if (right.length === 0 && states.length === 0)
          this.#problems.add(entry.value.place, `${what} takes a state or a list of states`)
        else yield { about: 'end-state', id: `${id}${name}.${end}`, line, path, end, states: right, at }
        continue
      }
      const state = STATE_NAMES.find((word) => word === what)
      if (state === undefined) {
        const names = [...END_KEYS, ...STATE_NAMES]
        this.#problems.add(
          entry.place,
          `unknown key '${what}' of ${key}: ${didYouMean(what, names, `there are ${names.join(', ')}`)}`,
        )
        continue
      }
      const comparison = this.#comparison(entry.value, state)
      if (comparison === undefined) continue
      yield { about: 'state-count', id: `${id}${name}.${state}`, line, path, state, comparison, at }
    }
  }

  *moments({ value }: ConfigEntry, place: Place): Generator<Claim, void, void> {
    for (const entry of this.#someEntries(
      value,
      'at',
      'moments to states, as in +2.5: {server: CLOSE_WAIT}',
    )) {
      if (this.#isMoment(entry)) yield* this.states(entry, place, entry.key)
    }
  }

  #isMoment({ key, place }: ConfigEntry): boolean {
    try {
      parseAsOf(key)
      return true
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      this.#problems.add(place, error.message.replace(/^--as-of/, 'at'))
      return false
    }
  }

  #state({ scalar, place }: ConfigValue, what: string): StateName | undefined {
    const state = STATE_NAMES.find((name) => name === scalar)
    if (state === undefined) {
      const hint = didYouMean(String(scalar), STATE_NAMES, `there are ${STATE_NAMES.join(', ')}`)
      this.#problems.add(place, `${what} takes no '${String(scalar)}': ${hint}`)
    }
    return state
  }

  #comparison(value: ConfigValue, name: string): Comparison | undefined {
    const comparison = parseComparison('count', value.scalar)
    if (comparison === undefined) {
      this.#problems.add(value.place, `${name} takes no ${shown(value)}: give ${COUNT_TAKES}`)
    }
    return comparison
  }

  /** A key without anything under it would ask for nothing, without a word. */
  #someEntries(value: ConfigValue, name: string, takes: string): readonly ConfigEntry[] {
    if (value.entries === undefined || value.entries.length === 0) {
      this.#problems.add(value.place, `${name} takes a map of ${takes}, not ${shown(value)}`)
    }
    return value.entries ?? []
  }

  #knows(rule: string): boolean {
    return this.#rules.some(({ id }) => id === rule)
  }
}
