import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { playCase, runRule } from '../support/play-rule-case.ts'
import { pageLadders, RULES_WITH_PAGES, rulePage } from '../support/rule-pages.ts'
import { caseComplaints } from '../support/rule-verdict.ts'
import { runLadder } from '../support/run-ladder.ts'

const SECTIONS = ['## What it means', '## When it is harmless', '## What to look at next']
const UNWRITTEN = /\bTODO\b/
const STATES = /ESTABLISHED|_WAIT|SYN_(SENT|RCVD)|CLOSED|CLOSING|LAST_ACK|LISTEN/

it('there is a page for every rule, and no other', () => {
  expect(RULES_WITH_PAGES).toEqual(RULES.map(({ id }) => id).sort())
})

describe.each(
  RULES.filter(({ id }) => RULES_WITH_PAGES.includes(id)).map((rule) => [rule.id, rule] as const),
)('docs/rules/%s.md', (id, rule) => {
  const page = rulePage(id)
  const ladders = pageLadders(page)

  it('has its three sections, written', () => {
    const headings = page.split('\n').filter((line) => line.startsWith('## '))
    expect(headings).toEqual(SECTIONS)
    expect(page).not.toMatch(UNWRITTEN)
  })

  it('shows what is reported, with marks at the evidence, and what is not', () => {
    expect(ladders.map(({ reports }) => reports)).toContain(true)
    expect(ladders.map(({ reports }) => reports)).toContain(false)
    for (const { options = {} } of ladders) {
      expect(Object.keys(rule.options ?? {})).toEqual(expect.arrayContaining(Object.keys(options)))
    }
  })

  it.each(ladders.map((one) => [one.name, one] as const))(
    'is right in %s',
    async (_, { reports, ...one }) => {
      const played = playCase(one)
      const { findings } = await runRule(rule, played, one)
      if (reports) expect(findings.length, 'findings').toBeGreaterThan(0)
      const expected = findings.map(({ message }) => ({ message }))
      expect(caseComplaints(rule, reports ? expected : [], played, findings)).toEqual([])
      if (one.ladder !== undefined && STATES.test(one.ladder)) await runLadder(one.ladder)
    },
  )
})
