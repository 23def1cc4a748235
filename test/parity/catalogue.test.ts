import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { isAvailable } from '../support/availability.ts'
import { ROOT } from '../support/project-root.ts'
import { RULES_WITH_CASES } from '../support/rule-case-files.ts'

/** The list of what is to be found, agreed upon before the first rule; it lies beside the project. */
const CATALOGUE = join(ROOT, '../shared/design/rules.md')

/** First cells of its tables, the head rows left out. */
function rows(): string[] {
  const text = readFileSync(CATALOGUE, 'utf8')
  return [...text.matchAll(/^\| ([a-z0-9-]+) \|/gm)]
    .map(([, id]) => id as string)
    .filter((id) => id !== 'rule' && !/^-+$/.test(id))
}

describe.runIf(isAvailable('the catalogue of rules', existsSync(CATALOGUE)))('the catalogue', () => {
  it('has more than a few rows', () => {
    expect(rows().length).toBeGreaterThan(60)
  })

  it('has a rule, a page and cases for every row', () => {
    const built = new Set(RULES.map(({ id }) => id))
    const cases = new Set<string>(RULES_WITH_CASES)
    const missing = rows().filter(
      (id) => !built.has(id) || !cases.has(id) || !existsSync(join(ROOT, `docs/rules/${id}.md`)),
    )
    expect(missing).toEqual([])
  })
})
