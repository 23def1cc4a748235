import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { RULES } from '../../src/audit/rules/index.ts'
import { ConfigProblems, configTree } from '../../src/cli/config/config-tree.ts'
import { readConfig } from '../../src/cli/config/read-config.ts'
import { PROFILE_SETTINGS } from '../../src/tracker/host-profile.ts'
import { CONFIG_SCHEMA } from '../support/json-schema.ts'

const isOfSchema = new Ajv({ allErrors: true }).compile(CONFIG_SCHEMA)

/** What the loader finds wrong with a document, written as JSON and as YAML. */
async function complaints(document: unknown): Promise<string[]> {
  const texts = { 'a.json': JSON.stringify(document), 'a.yaml': stringify(document) }
  const found: string[] = []
  for (const [name, text] of Object.entries(texts)) {
    const problems = new ConfigProblems()
    readConfig(await configTree(name, text, problems), RULES, problems)
    found.push(problems.text())
  }
  return found
}

const level = fc.constantFrom('off', 'info', 'critical', 'loud', 'Off', '')
const scalar = fc.oneof(
  level,
  fc.constantFrom(
    null,
    true,
    false,
    'soon',
    '5s',
    '0s',
    '1.5 h',
    '5 parsecs',
    '.5s',
    '-1s',
    '5S',
    '1e3s',
    '7µs',
  ),
  fc.constantFrom('2%', '100%', '100.5%', '100.00 %', '99.9%', '2', '2 s ', ' 2s', '٣s', '200%', '%'),
  fc.constantFrom(0, 1, -1, 0.5, 1.5, 2, 65_535, 65_536, 1e12, 1e300, -0),
)
const options = RULES.flatMap(({ options = {} }) => Object.keys(options))
const key = (names: readonly string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom('scann', 'toString', '__proto__', ''),
  )
const map = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
  fc
    .uniqueArray(fc.tuple(keys, values), { maxLength: 3, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries))
/** One rule, and mostly keys of its own. */
const ruleEntry = fc.constantFrom(...RULES).chain(({ id, options: own = {} }) => {
  const names = ['severity', ...Object.keys(own)]
  const value = fc.oneof(
    { weight: 4, arbitrary: map(fc.oneof({ weight: 9, arbitrary: key(names) }, key(options)), scalar) },
    scalar,
    fc.array(scalar, { maxLength: 2 }),
  )
  return fc.tuple(fc.constant(id), value)
})
const rules = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(ruleEntry, { maxLength: 2 }).map((entries) => Object.fromEntries(entries)),
  },
  scalar,
  map(key(['scan']), scalar),
)
const hostName = fc.oneof(
  fc.constantFrom(
    'default',
    '10.0.0.0/8',
    '10.0.0.1',
    '::1',
    '2001:db8::/32',
    '::ffff:1.2.3.4/128',
    '0.0.0.0/0',
    '::/0',
  ),
  fc.constantFrom(
    '10.0.0.0/33',
    '10.0.0/8',
    '256.0.0.1',
    '01.2.3.4',
    '::1/129',
    '1::2::3',
    'localhost',
    '',
    '10.0.0.1/',
    '1/8',
  ),
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV6(), fc.nat(140)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) => `${address}/${length}`),
  fc.stringMatching(/^[0-9a-f:.]{0,16}(\/[0-9]{1,3})?$/),
)
const port = fc.constantFrom(0, 1, 1024, 65_535, 65_536, 1.5, '1', null)
const hosts = map(
  hostName,
  fc.oneof(
    {
      weight: 6,
      arbitrary: map(
        key([...PROFILE_SETTINGS.map(({ name }) => name), 'msl']),
        fc.oneof({ weight: 3, arbitrary: scalar }, fc.array(port, { maxLength: 3 })),
      ),
    },
    scalar,
  ),
)
const part = fc.oneof({ weight: 3, arbitrary: rules }, { weight: 2, arbitrary: hosts })
const config = fc.oneof(
  { weight: 6, arbitrary: fc.record({ hosts }) },
  { weight: 9, arbitrary: map(key(['rules', 'hosts', '$schema']), part) },
  scalar,
)

describe('schema/config.schema.json', () => {
  it('takes what the loader takes, and nothing else', async () => {
    const seen = { right: 0, wrong: 0 }
    await fc.assert(
      fc.asyncProperty(config, async (document) => {
        const isRight = isOfSchema(document)
        seen[isRight ? 'right' : 'wrong']++
        const [json, yaml] = await complaints(document)
        expect({ json: json === '', yaml: yaml === '' }, JSON.stringify(document)).toEqual({
          json: isRight,
          yaml: isRight,
        })
      }),
      { numRuns: 4000 },
    )
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(400)
  })

  it.each(RULES.map((rule) => [rule.id, rule] as const))(
    'takes every option of %s at its default',
    async (id, rule) => {
      const own = Object.entries(rule.options ?? {}).map(([name, spec]) => [name, spec.default] as const)
      for (const [name, value] of own) {
        const document = { rules: { [id]: { severity: 'info', [name]: value } } }
        expect([isOfSchema(document), ...(await complaints(document))], name).toEqual([true, '', ''])
      }
      for (const [name] of own) {
        for (const wrong of [-1, 'never', null, [], true]) {
          const document = { rules: { [id]: { [name]: wrong } } }
          expect(isOfSchema(document)).toBe(false)
          expect(await complaints(document)).not.toContain('')
        }
      }
    },
  )
})
