import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROFILE_SETTINGS, type WrittenProfile } from '../../src/tracker/host-profile.ts'
import { CAPTURE_FAULT_NAMES } from './capture-faults.ts'
import type { CrowdVariation } from './ladder-variants.ts'
import { ROOT } from './project-root.ts'
import type { RuleCase } from './rule-cases.ts'

const FOLDER = join(ROOT, 'docs/rules')

/** Ids of the rules that have a page. */
export const RULES_WITH_PAGES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => file.slice(0, -3))
  .sort()

export function rulePage(id: string): string {
  return readFileSync(join(FOLDER, `${id}.md`), 'utf8')
}

export interface PageLadder extends RuleCase {
  readonly reports: boolean
}

/**
 * The ladders of a page that are to be executed: blocks whose first line is ```ladder reports or ```ladder quiet, and then words
 * `until=30`, `crowd=20 vary=client-port every=0.1`, `snaplen=54`, `swapped=3`, `fragmented=4`, `drops=5`, `missing=10`,
 * `fault=each_frame_twice`, a setting of the hosts (`twBuckets=50`, `portRange=40000-40019`), or a threshold of the rule.
 */
export function pageLadders(page: string): PageLadder[] {
  return [...page.matchAll(/^```ladder (\w+)([^\n]*)\n(.*?)^```$/gms)].map(
    ([, kind, words = '', text = '']) => {
      if (kind !== 'reports' && kind !== 'quiet')
        throw new Error(`a ladder that neither reports nor is quiet: ${kind}`)
      const given = new Map(words.split(/\s+/).flatMap((word) => (word === '' ? [] : [pair(word)])))
      const line = page.slice(0, page.indexOf(text)).split('\n').length
      return { name: `the ladder in line ${line}`, reports: kind === 'reports', ...caseOf(text, given) }
    },
  )
}

function pair(word: string): [string, string] {
  const [name = '', value = ''] = word.split('=')
  return [name, value]
}

function caseOf(ladder: string, given: Map<string, string>): Omit<RuleCase, 'name'> {
  const take = (name: string): string | undefined => {
    const value = given.get(name)
    given.delete(name)
    return value
  }
  const number = (name: string): number | undefined => {
    const value = take(name)
    return value === undefined ? undefined : Number(value)
  }
  const until = number('until')
  const count = number('crowd')
  const vary = (take('vary') ?? 'client-port') as CrowdVariation
  const every = number('every') ?? 0.1
  const [snaplen, swapped, fragmented, kernelDrops, missingBytes] = [
    'snaplen',
    'swapped',
    'fragmented',
    'drops',
    'missing',
  ].map(number)
  const faultName = take('fault')?.replaceAll('_', ' ')
  const fault = CAPTURE_FAULT_NAMES.find((name) => name === faultName)
  const capture = {
    ...(fault !== undefined && { fault }),
    ...(snaplen !== undefined && { snaplen }),
    ...(swapped !== undefined && { swapped: [swapped] }),
    ...(fragmented !== undefined && { fragmented: [fragmented] }),
    ...(kernelDrops !== undefined && { kernelDrops }),
    ...(missingBytes !== undefined && { missingBytes }),
  }
  const profile = Object.fromEntries(
    PROFILE_SETTINGS.flatMap(({ name, type }) => {
      const value = take(name)
      if (value === undefined) return []
      return [[name, type === 'ports' ? value.split('-').map(Number) : Number(value)]]
    }),
  ) as WrittenProfile
  const options = Object.fromEntries([...given].map(([name, value]) => [name, Number(value)]))
  return {
    ...(count === undefined ? { ladder } : { crowd: { ladder, count, vary, every } }),
    ...(until !== undefined && { until }),
    capture,
    options,
    profile,
  }
}
