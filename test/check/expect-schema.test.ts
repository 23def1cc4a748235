import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { RULES } from '../../src/audit/rules/index.ts'
import { CAPTURE_NUMBERS } from '../../src/check/capture-numbers.ts'
import { METRICS } from '../../src/check/metrics.ts'
import { STATISTICS } from '../../src/check/samples.ts'
import { readExpectations } from '../../src/cli/check/read-expectations.ts'
import { ConfigProblems, configTree } from '../../src/cli/config/config-tree.ts'
import { OUTCOMES } from '../../src/tracker/connection-summary.ts'
import { STATE_NAMES } from '../../src/tracker/tcp-state.ts'
import { EXPECT_SCHEMA } from '../support/json-schema.ts'
import { ROOT } from '../support/project-root.ts'

const isOfSchema = new Ajv({ allErrors: true, strict: false }).compile(EXPECT_SCHEMA)

/** What the reader finds wrong with a document, written as JSON and as YAML. */
async function complaints(document: unknown): Promise<string[]> {
  const texts = { 'a.json': JSON.stringify(document), 'a.yaml': stringify(document) }
  const found: string[] = []
  for (const [name, text] of Object.entries(texts)) {
    const problems = new ConfigProblems()
    readExpectations(name, await configTree(name, text, problems), RULES, problems)
    found.push(problems.text())
  }
  return found
}

/** What JSON Schema cannot say: that a comparison leaves no number, an address is none, that `allow` needs a limit. */
const BEYOND_SCHEMA = /takes no '|asks for nothing|allow is about|at does not understand|named twice/

const comparison = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0, 1, 0.5, '< 5', '>= 1', '2..4', '> 0, <= 7', ' = 3 ') },
  fc.constantFrom('< 5 ms', '1%', '10 kB', '5 s', '< 200ms', '0.1..0.5 s'),
  fc.constantFrom('many', '', '<', '5..', null, true, -1, [], {}, '1e3', '< -1', 'p99'),
)
const rule = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...RULES.map(({ id }) => id)) },
  fc.constantFrom('scann', 'by-chance', '', null),
)
const state = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...STATE_NAMES) },
  fc.constantFrom('CLOSE-WAIT', 'closed', 5, null),
)
const map = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>, least = 0) =>
  fc
    .uniqueArray(fc.tuple(keys, values), { minLength: least, maxLength: 3, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries))
const listOf = (item: fc.Arbitrary<unknown>) =>
  fc.oneof(item, fc.uniqueArray(item, { maxLength: 3, selector: String }))
const end = fc.constantFrom('10.0.0.9', '10.0.0.9:443', ':443', '[2001:db8::1]:80')
const finding = fc.oneof(
  { weight: 3, arbitrary: comparison },
  map(fc.constantFrom('count', 'times', 'cuont'), comparison),
  map(fc.constantFrom('host', 'client', 'server', 'port'), end),
)
const states = map(
  fc.constantFrom('client', 'server', ...STATE_NAMES, 'sever'),
  fc.oneof(comparison, listOf(state)),
)
const names = [...METRICS, ...CAPTURE_NUMBERS].map(({ name }) => name)
const parts = names.flatMap((name) => name.split('.').map((_, at, all) => all.slice(at).join('.')))
const numberKey = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...names, ...parts) },
  fc.constantFrom('rtt', 'toString'),
)
const statisticKey = fc.constantFrom(...STATISTICS, 'p50', 'p99.9', 'p100', 'p', ...parts)
const number = fc.oneof(
  { weight: 3, arbitrary: comparison },
  map(statisticKey, fc.oneof({ weight: 3, arbitrary: comparison }, map(statisticKey, comparison))),
)
const claims = {
  'max-severity': fc.constantFrom('none', 'notice', 'critical', 'loud', null),
  allow: listOf(rule),
  never: listOf(rule),
  findings: map(rule.map(String), fc.oneof(finding, fc.array(finding, { maxLength: 2 }))),
  outcomes: map(fc.constantFrom(...OUTCOMES, 'lost'), comparison),
  states,
  at: map(fc.constantFrom('+2.5', '2026-11-20T21:03:11.25Z', '1763672591.25'), states),
}
const group = fc
  .tuple(fc.record(claims, { requiredKeys: [] }), map(numberKey, number))
  .chain(([some, numbers]) => fc.shuffledSubarray(Object.entries({ ...some, ...numbers }), { maxLength: 2 }))
  .map((entries) => Object.fromEntries(entries))
const selection = fc.record(
  {
    server: end,
    nth: fc.constantFrom(1, 2, 0, 1.5, '1', 10_001),
    outcome: fc.constantFrom(...OUTCOMES, 'lost'),
    name: fc.constantFrom('a', '', 1),
  },
  { requiredKeys: [] },
)
const where = fc.array(
  fc.tuple(selection, group).map(([one, other]) => ({ ...one, ...other })),
  { maxLength: 2 },
)
const document = fc.oneof(
  { weight: 6, arbitrary: group },
  { weight: 2, arbitrary: where.map((items) => ({ where: items, connections: 1 })) },
  fc.constantFrom(null, [], {}, 5, 'x', { where: 5, connections: 1 }, { $schema: 5, connections: 1 }),
)

describe('schema/expect.schema.json', () => {
  it('takes what the reader takes, and nothing else but what no schema can tell', async () => {
    const seen = { right: 0, wrong: 0 }
    await fc.assert(
      fc.asyncProperty(document, async (one) => {
        const isRight = isOfSchema(one)
        const [json = '', yaml = ''] = await complaints(one)
        const text = `${JSON.stringify(one)}: ${json}`
        expect(json === '', text).toBe(yaml === '')
        seen[json === '' ? 'right' : 'wrong']++
        if (json === '') expect(isRight, text).toBe(true)
        else if (isRight) expect(json, text).toMatch(BEYOND_SCHEMA)
      }),
      { numRuns: 4000 },
    )
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(400)
  })

  it.each([...METRICS, ...CAPTURE_NUMBERS].map((one) => [one.name, one.kind] as const))(
    'takes %s, with its dots and as maps in maps',
    async (name, kind) => {
      const value = { count: '<= 3', seconds: '< 50 ms', share: '< 1%', bytes: '>= 1 kB' }[kind]
      const nested = name.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value)
      for (const one of [{ [name]: value }, nested]) {
        expect([isOfSchema(one), ...(await complaints(one))]).toEqual([true, '', ''])
      }
    },
  )

  it('takes what docs/check.md shows', async () => {
    const blocks = readFileSync(join(ROOT, 'docs/check.md'), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)
    const examples = [...blocks].map(([, text = '']) => text).filter((text) => /^[a-z]/m.test(text))
    expect(examples.length).toBeGreaterThan(2)
    // The same number in its two forms is two documents.
    for (const text of examples.flatMap((example) => example.split(/^(?=handshake:)/m))) {
      const one = parse(text)
      expect([isOfSchema(one), ...(await complaints(one))], text).toEqual([true, '', ''])
    }
  })

  it('takes every expectation file of the project', () => {
    const folder = join(ROOT, 'fixtures/kernel')
    const files = readdirSync(folder).filter((name) => name.endsWith('.expect.yaml'))
    expect(files.length).toBeGreaterThan(200)
    const wrong = files.filter((name) => !isOfSchema(parse(readFileSync(join(folder, name), 'utf8'))))
    expect(wrong).toEqual([])
  })
})
