import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import type { AnyRule } from '../../src/audit/rule.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { WORDINGS } from '../../src/report/wording/index.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { parseLadder, printLadder } from '../support/ladder.ts'
import { watched } from '../support/mutation-watch.ts'
import { playCase, runRule, runRuleOnFile, variantsOf } from '../support/play-rule-case.ts'
import { ROOT } from '../support/project-root.ts'
import { loadCases, RULES_WITH_CASES } from '../support/rule-case-files.ts'
import type { CasesOfRule, Recording, ReportingCase, RuleCase } from '../support/rule-cases.ts'
import { caseComplaints, comparable, complaintsOf, wordingComplaints } from '../support/rule-verdict.ts'

const named = <Case extends { readonly name: string }>(cases: readonly Case[]) =>
  cases.map((one) => [one.name, one] as const)

const recorded = (recording: Recording) =>
  typeof recording === 'string'
    ? ([recording, recording, undefined] as const)
    : ([recording.file, recording.file, recording.options] as const)

/** A threshold that no capture reaches, and one that all do; shares end at 1. */
const EXTREMES = [0, 1e6]

describe('every rule', () => {
  const files = (folder: string, ending: string) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith(ending) && !['index.ts', 'README.md'].includes(file))
      .map((file) => file.slice(0, -ending.length))
      .sort()

  it.each([
    ['a file', files('src/audit/rules', '.ts')],
    ['words', files('src/report/wording', '.ts')],
    ['its place in the list of wordings', Object.keys(WORDINGS).sort()],
    ['cases', RULES_WITH_CASES],
  ])('has %s', (_, ids) => {
    expect(ids).toEqual(RULES.map(({ id }) => id).sort())
  })
})

describe.each(await Promise.all(RULES_WITH_CASES.map(async (id) => [id, await loadCases(id)] as const)))(
  '%s',
  (id, { rule, reports, quiet, fixtures }) => {
    const cases: readonly RuleCase[] = [...reports, ...quiet]

    it('bears the name of its file', () => {
      expect(rule.id).toBe(id)
    })

    it.each(named(reports))('reports: %s', async (_, ruleCase) => {
      await expectCase(rule, ruleCase, ruleCase.findings)
    })

    it.each(named(quiet))('is quiet: %s', async (_, ruleCase) => {
      await expectCase(rule, ruleCase, [])
    })

    it.each(named(cases))('finds the same whatever the numbers and addresses: %s', async (_, ruleCase) => {
      const asWritten = await runRule(rule, playCase(ruleCase), ruleCase)
      for (const variant of variantsOf(ruleCase)) {
        if (variant.name === 'ends swapped' && asWritten.hasRolesByPort) continue
        const { findings } = await runRule(rule, variant, ruleCase)
        expect(comparable(rule, findings), variant.name).toEqual(comparable(rule, asWritten.findings))
        expect(findings.flatMap(wordingComplaints), variant.name).toEqual([])
      }
    })

    it.each(fixtures.reports.map(recorded))('finds something in %s', async (_, file, options) => {
      const { findings } = await runRuleOnFile(rule, join(FIXTURES, file), { options })
      expect(findings.length).toBeGreaterThan(0)
      expect(findings.flatMap(wordingComplaints)).toEqual([])
    })

    it.each(fixtures.quiet.map(recorded))('finds nothing in %s', async (_, file, options) => {
      const { findings } = await runRuleOnFile(rule, join(FIXTURES, file), { options })
      expect(complaintsOf(findings, [])).toEqual([])
    })

    it('has a case that it reports, and two that it does not', () => {
      expect(reports.length).toBeGreaterThanOrEqual(1)
      expect(quiet.length).toBeGreaterThanOrEqual(2)
    })

    it('has cases for everything it says', async () => {
      const findings = await findingsOf(rule, reports)
      const notes = new Set(findings.flatMap(({ evidence }) => evidence.map(({ note }) => note)))
      const messages = new Set(findings.map(({ message }) => message))
      expect(Object.keys(rule.messages).filter((message) => !messages.has(message))).toEqual([])
      expect(Object.keys(rule.notes ?? {}).filter((note) => !notes.has(note))).toEqual([])
    })

    it.each(Object.keys(rule.options ?? {}))('has a case that depends on the option %s', async (option) => {
      expect(await dependsOn(rule, { reports, quiet }, option)).toBe(true)
    })

    it('has no case twice', () => {
      const texts = cases.map(caseText)
      expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
      const names = cases.map(({ name }) => name)
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    })

    it('changes nothing of what it is told', async () => {
      for (const ruleCase of cases) await runRule(watched(rule), playCase(ruleCase), ruleCase)
    })
  },
)

async function expectCase(
  rule: AnyRule,
  ruleCase: RuleCase,
  expected: ReportingCase['findings'],
): Promise<void> {
  const played = playCase(ruleCase)
  const { findings } = await runRule(rule, played, ruleCase)
  expect(caseComplaints(rule, expected, played, findings)).toEqual([])
  expect(findings.flatMap(wordingComplaints)).toEqual([])
}

async function findingsOf(rule: AnyRule, cases: readonly RuleCase[]): Promise<Finding[]> {
  const runs = await Promise.all(cases.map((one) => runRule(rule, playCase(one), one)))
  return runs.flatMap(({ findings }) => [...findings])
}

/** Whether some case fails if the option is always very low, or very high. */
async function dependsOn(
  rule: AnyRule,
  { reports, quiet }: Pick<CasesOfRule, 'reports' | 'quiet'>,
  option: string,
): Promise<boolean> {
  const all = [...reports, ...quiet.map((one) => ({ ...one, findings: [] }))]
  for (const value of EXTREMES) {
    for (const { findings: expected, ...ruleCase } of all) {
      const options = { ...ruleCase.options, [option]: value }
      const { findings } = await runRule(rule, playCase(ruleCase), { ...ruleCase, options })
      if (complaintsOf(findings, expected).length > 0) return true
    }
  }
  return false
}

/** The case without its name, its ladders printed, so that columns and remarks do not matter. */
function caseText({ ladder, crowd, crowds, options, profile, until, capture }: RuleCase): string {
  const print = (text: string) => {
    const { selfConnect, lines } = parseLadder(text)
    const bare = lines
      .filter((line) => line.kind !== 'remark')
      .map((line) => ({ ...line, comment: undefined, rules: [], left: undefined, right: undefined }))
    return printLadder({ selfConnect, lines: bare })
  }
  const all = [crowd, ...(crowds ?? [])].filter((one) => one !== undefined)
  return JSON.stringify({
    ladder: ladder === undefined ? undefined : print(ladder),
    crowds: all.map((one) => ({ ...one, ladder: print(one.ladder) })),
    options,
    profile,
    until,
    capture,
  })
}
