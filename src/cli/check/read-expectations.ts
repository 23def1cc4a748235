import type { AnyRule } from '../../audit/rule.ts'
import type { HostSetting, RuleSetting } from '../../audit/rule-settings.ts'
import { BY_CHANCE, CHANCE_RULES } from '../../check/chance-rules.ts'
import type { Claim, Expectations, Group } from '../../check/expectations.ts'
import { EVERY_CONNECTION, parseEnd, type Selection, selectionText } from '../../check/selection.ts'
import { OUTCOMES } from '../../tracker/connection-summary.ts'
import {
  type ConfigEntry,
  type ConfigProblems,
  type ConfigValue,
  entriesOf,
  shown,
} from '../config/config-tree.ts'
import { readRules } from '../config/read-config.ts'
import { readHosts } from '../config/read-hosts.ts'
import { didYouMean } from '../nearest.ts'
import { ClaimReader, type Place } from './read-claims.ts'
import { isNumberKey, NUMBER_KEYS, readNumber } from './read-numbers.ts'

/** Keys that say what is expected; beside them, the numbers (src/check/metrics.ts). */
export const CLAIM_KEYS = ['max-severity', 'allow', 'never', 'findings', 'outcomes', 'states', 'at'] as const
/** Keys that say of which connections. */
export const SELECTION_KEYS = ['name', 'client', 'server', 'host', 'outcome', 'nth'] as const
/** What stands once in a file. */
export const FILE_KEYS = ['$schema', 'rules', 'hosts', 'where'] as const

/** More than this and it would be a list of connections, held in memory until the end. */
export const MOST_NTH = 10_000

/** Reads what stands in an expectation file, as far as it is right; the rest is a problem each. */
export function readExpectations(
  file: string,
  tree: ConfigValue | undefined,
  rules: readonly AnyRule[],
  problems: ConfigProblems,
): Expectations {
  const settings: RuleSetting[] = []
  const hosts: HostSetting[] = []
  const groups: Group[] = []
  const own: ConfigEntry[] = []
  const wheres: ConfigEntry[] = []
  for (const entry of entriesOf(tree, 'the file', problems)) {
    if (entry.key === 'rules') settings.push(...readRules(entry.value, rules, problems))
    else if (entry.key === 'hosts') hosts.push(...readHosts(entry.value, problems))
    else if (entry.key === 'where') wheres.push(entry)
    else if (entry.key !== '$schema') own.push(entry)
    else if (typeof entry.value.scalar !== 'string')
      problems.add(entry.value.place, '$schema takes an address')
  }
  const reader = new ClaimReader(rules, problems)
  // What is expected of some connections is no surprise in the whole.
  const inner = wheres.flatMap(({ value }) => value.items ?? []).flatMap(({ entries = [] }) => entries)
  const expected = expectedRules([...own, ...inner.filter(({ key }) => key === 'findings')])
  const whole = readClaims(own, { id: '', path: [], isWhole: true, expected }, reader, problems)
  groups.push({ name: null, selection: EVERY_CONNECTION, claims: whole })
  for (const where of wheres) groups.push(...readGroups(where, reader, problems))
  if (!problems.any && groups.every(({ claims }) => claims.length === 0)) {
    problems.add(
      `${file}:1:1`,
      `asks for nothing: 'tcpaudit check --update' writes what is seen, docs/check.md lists the keys`,
    )
  }
  return { file, rules: settings, hosts, groups }
}

function* readGroups(
  { value, place }: ConfigEntry,
  reader: ClaimReader,
  problems: ConfigProblems,
): Generator<Group, void, void> {
  if (value.items === undefined) {
    problems.add(
      place,
      `where takes a list of maps, each with '- server: ADDRESS:PORT' or the like, not ${shown(value)}`,
    )
    return
  }
  const names = new Map<string, number>()
  for (const [index, item] of value.items.entries()) {
    const entries = entriesOf(item, 'an item of where', problems)
    const selection = readSelection(entries, problems)
    const given = entries.find(({ key }) => key === 'name')?.value.scalar
    const base = typeof given === 'string' ? given : selectionText(selection)
    const times = (names.get(base) ?? 0) + 1
    names.set(base, times)
    // Equal names are told apart, so that ids are unique.
    const name = times === 1 ? base : `${base} (${times})`
    const rest = entries.filter(({ key }) => !(SELECTION_KEYS as readonly string[]).includes(key))
    const place = {
      id: `where[${name}].`,
      path: ['where', index],
      isWhole: false,
      expected: expectedRules(rest),
    }
    const claims = readClaims(rest, place, reader, problems)
    if (claims.length === 0 && !problems.any) {
      problems.add(item.place, `asks for nothing of ${name}: say what is expected, as in 'connections: 1'`)
    }
    yield { name, selection, claims }
  }
}

function readSelection(entries: readonly ConfigEntry[], problems: ConfigProblems): Selection {
  const selection: { -readonly [Key in keyof Selection]: Selection[Key] } = { ...EVERY_CONNECTION }
  for (const { key, value } of entries) {
    const complain = (takes: string): void =>
      problems.add(value.place, `${key} takes no ${shown(value)}: give ${takes}`)
    switch (key) {
      case 'client':
      case 'server':
      case 'host': {
        const end = parseEnd(String(value.scalar))
        if (end === undefined) complain('ADDRESS, ADDRESS:PORT, a network such as 10.0.0.0/8, or :PORT')
        else selection[key] = end
        break
      }
      case 'outcome': {
        const outcome = OUTCOMES.find((name) => name === value.scalar)
        if (outcome === undefined) complain(didYouMean(String(value.scalar), OUTCOMES, OUTCOMES.join(', ')))
        else selection.outcome = outcome
        break
      }
      case 'nth': {
        const { scalar } = value
        const isRight =
          typeof scalar === 'number' && Number.isInteger(scalar) && scalar > 0 && scalar <= MOST_NTH
        if (isRight) selection.nth = scalar
        else complain(`which of them, 1 to ${MOST_NTH}`)
        break
      }
      case 'name':
        if (typeof value.scalar !== 'string' || value.scalar === '') complain('a few words')
    }
  }
  return selection
}

/** Rules whose findings are expected or allowed: `max-severity` is not about them. */
function expectedRules(entries: readonly ConfigEntry[]): string[] {
  return entries.flatMap(({ key, value }) => {
    if (key === 'findings') return (value.entries ?? []).map((entry) => entry.key)
    if (key !== 'allow') return []
    const names = (value.items ?? [value]).map(({ scalar }) => String(scalar))
    return names.flatMap((name) => (name === BY_CHANCE ? CHANCE_RULES : name))
  })
}

function readClaims(
  entries: readonly ConfigEntry[],
  place: Place,
  reader: ClaimReader,
  problems: ConfigProblems,
): Claim[] {
  const claims: Claim[] = []
  for (const entry of entries) {
    switch (entry.key) {
      case 'max-severity':
        claims.push(...reader.severity(entry, place))
        break
      case 'allow':
        reader.allowed(entry, entries)
        break
      case 'never':
        claims.push(...reader.never(entry, place))
        break
      case 'findings':
        claims.push(...reader.findings(entry, place))
        break
      case 'outcomes':
        claims.push(...reader.outcomes(entry, place))
        break
      case 'states':
        claims.push(...reader.states(entry, place, null))
        break
      case 'at':
        claims.push(...reader.moments(entry, place))
        break
      default:
        if (isNumberKey(entry.key, place)) claims.push(...readNumber(entry, entry.key, place, problems))
        else problems.add(entry.place, unknownKey(entry.key, place))
    }
  }
  return claims
}

function unknownKey(key: string, { isWhole }: Place): string {
  const names = [
    ...CLAIM_KEYS,
    ...(isWhole ? FILE_KEYS : SELECTION_KEYS),
    ...NUMBER_KEYS.filter((name) => isWhole || !name.startsWith('capture.')),
  ]
  const some = `there are ${[...CLAIM_KEYS, ...(isWhole ? ['where'] : SELECTION_KEYS)].join(', ')}, and numbers: docs/check.md lists them`
  return `unknown key '${key}'${isWhole ? '' : ' of a where'}: ${didYouMean(key, names, some)}`
}
