import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { playCase, runRule } from '../support/play-rule-case.ts'
import { ROOT } from '../support/project-root.ts'
import { loadCases, RULES_WITH_CASES } from '../support/rule-case-files.ts'
import { type MutableRule, mutableRule } from '../support/rule-mutants.ts'
import { caseComplaints } from '../support/rule-verdict.ts'

/** A rule whose conditions can be negated, and its cases as written. */
async function loaded(id: string) {
  const path = `src/audit/rules/${id}.ts`
  const { reports, quiet } = await loadCases(id)
  const cases = [...reports, ...quiet.map((one) => ({ ...one, findings: [] }))]
  return {
    path,
    mutable: await mutableRule({ path, text: readFileSync(join(ROOT, path), 'utf8') }),
    cases: cases.map(({ findings, options, profile, maxConnections, ...ruleCase }) => ({
      findings,
      known: { options, profile, maxConnections },
      played: playCase(ruleCase),
    })),
  }
}

type Loaded = Awaited<ReturnType<typeof loaded>>

/** Whether some case fails. */
async function isNoticed({ rule }: MutableRule, cases: Loaded['cases']): Promise<boolean> {
  for (const { findings: expected, known, played } of cases) {
    try {
      const { findings } = await runRule(rule, played, known)
      if (caseComplaints(rule, expected, played, findings).length > 0) return true
    } catch {
      return true
    }
  }
  return false
}

describe('a rule with one of its conditions negated fails one of its cases', () => {
  it.each(RULES_WITH_CASES)('%s', async (id) => {
    const { path, mutable, cases } = await loaded(id)
    mutable.negate(undefined)
    expect(await isNoticed(mutable, cases), 'as it is, a case fails').toBe(false)
    const survivors: string[] = []
    for (const mutant of mutable.mutants) {
      mutable.negate(mutant)
      if (mutant.isEquivalent || (await isNoticed(mutable, cases))) continue
      survivors.push(`${path}:${mutant.line}: nobody notices if this is negated: ${mutant.text}`)
    }
    expect(survivors).toEqual([])
  })
})
