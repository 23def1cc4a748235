import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { loadRules } from '../../src/cli/rules/load-rules.ts'
import { runSettings } from '../../src/cli/run-settings.ts'
import { OPEN } from '../support/openings.ts'
import { playCase, runRule, variantsOf } from '../support/play-rule-case.ts'
import { ROOT } from '../support/project-root.ts'
import type { RuleCase } from '../support/rule-cases.ts'
import { runCli, runMain } from '../support/run-cli.ts'

const EXAMPLES = join(ROOT, 'examples/rules')
const LEAK = join(ROOT, 'fixtures/kernel/close-wait-pile.pcap')

let folder: string
let files = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-rules-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Each module is loaded once, so each has a name of its own. */
function written(text: string): string {
  const path = join(folder, `rule-${++files}.mjs`)
  writeFileSync(path, text)
  return path
}

/** A definition that is right, but for what `changes` (JavaScript) replace; `create` is a function body. */
function definition(create: string, changes = ''): string {
  return `{
    id: 'own-rule', scope: 'connection', category: 'open', severity: 'error', summary: 'Seen.', since: '1',
    references: [], unreliableWhen: [], groupBy: 'server',
    options: { many: { type: 'count', default: 3, says: 'how many', min: 1 } },
    messages: { seen: { at: 'time', word: ['a', 'b'] } }, notes: { packet: { at: 'time' } },
    wording: {
      messages: { seen: { title: ({ word }) => 'seen ' + word, detail: ({ at }) => 'at ' + at } },
      notes: { packet: () => 'here' },
    },
    create: (context) => { ${create} },
    ${changes}
  }`
}

const REPORTS = `return { handshake: (event) => context.report('seen', event, {
  data: { at: event.time, word: 'a' }, evidence: [context.note('packet', event, { at: event.time })],
}) }`

async function audit(rules: string, ...args: string[]) {
  const { code, stdout, stderr } = await runMain(['file', LEAK, '--json', '--rules', rules, ...args])
  return { code, stderr, report: stdout === '' ? undefined : JSON.parse(stdout) }
}

describe('the examples', () => {
  const cases: Readonly<Record<string, { reports: RuleCase[]; quiet: RuleCase[] }>> = {
    'listener-unexpected': {
      reports: [
        {
          name: 'port 81 beside port 80',
          crowd: { ladder: OPEN, count: 2, vary: 'server-port', every: 0.1 },
          // With the ends swapped the ports are others.
          variants: false,
        },
      ],
      quiet: [
        {
          name: 'a handshake that is not completed',
          ladder: '--> S 100:100(0) -->\n<-- S. 300:300(0) ack 101 <--',
        },
        { name: 'an allowed port', ladder: OPEN },
        { name: 'a refusal', ladder: '--> S 100:100(0) -->\n<-- R. 0:0(0) ack 101 <--' },
      ],
    },
    'connection-churn': {
      reports: [
        {
          name: 'fifty in five seconds',
          crowd: { ladder: OPEN, count: 50, vary: 'client-port', every: 0.1 },
        },
      ],
      quiet: [
        { name: 'one less', crowd: { ladder: OPEN, count: 49, vary: 'client-port', every: 0.1 } },
        { name: 'slower', crowd: { ladder: OPEN, count: 60, vary: 'client-port', every: 0.3 } },
        { name: 'many clients', crowd: { ladder: OPEN, count: 60, vary: 'client-address', every: 0.1 } },
        { name: 'many services', crowd: { ladder: OPEN, count: 60, vary: 'server-address', every: 0.1 } },
      ],
    },
  }

  it.each(Object.entries(cases))(
    '%s finds what it is for, and not what looks like it',
    async (name, { reports, quiet }) => {
      const faults: unknown[] = []
      const [rule] = await loadRules(join(EXAMPLES, `${name}.mjs`), RULES, (fault) => faults.push(fault))
      if (rule === undefined) throw new Error('no rule')
      for (const one of reports) {
        expect((await runRule(rule, playCase(one))).findings, one.name).toHaveLength(1)
        for (const variant of variantsOf(one)) {
          const { findings } = await runRule(rule, variant)
          expect(findings.length, `${one.name}, ${variant.name}`).toBe(1)
        }
      }
      for (const one of quiet) expect((await runRule(rule, playCase(one))).findings, one.name).toEqual([])
      expect(faults).toEqual([])
    },
  )

  it('are type-checked against what the package exports', async () => {
    await promisify(execFile)('npx', ['tsc', '-p', 'examples'], { cwd: ROOT })
  })

  it('run as a user runs them, and are explained', async () => {
    const rules = [
      '--rules',
      'examples/rules/listener-unexpected.mjs',
      '--rules',
      'examples/rules/connection-churn.mjs',
    ]
    const { code, stdout, stderr } = await runCli([
      'file',
      LEAK,
      ...rules,
      '--rule',
      'connection-churn.many=60',
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('10.9.1.2:5001 serves 60 connections on port 5001')
    expect(stdout).toMatch(/10\.9\.0\.2 opened 60 connections to 10\.9\.1\.2:5001, one after\n? *another/)
    const explained = await runCli([
      'explain',
      'connection-churn',
      ...rules,
      '--rule',
      'connection-churn.within=3s',
    ])
    expect(explained.stdout).toMatch(/^within +3 s +--rule /m)
    expect((await runCli(['explain', ...rules])).stdout).toMatch(/^ {2}notice +connection-churn /m)
  })

  it('are the ones that docs/writing-rules.md shows, whose first one works as well', async () => {
    const page = readFileSync(join(ROOT, 'docs/writing-rules.md'), 'utf8')
    const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? []
    const text = code
      .replaceAll(/^ {3}/gm, '')
      .replace("import { defineRule } from 'tcpaudit'", 'const defineRule = (rule) => rule')
    const path = join(ROOT, 'fixtures/kernel/orderly-close-by-client.pcap')
    const { stdout } = await runMain(['file', path, '--json', '--rules', written(text)])
    expect(JSON.parse(stdout).findings).toMatchObject([
      { rule: 'my-rule', title: '1 short connections to 10.9.1.2:5001' },
    ])
  })
})

describe('a rule of somebody else’s', () => {
  it('reports as ours do, and its thresholds and severity can be set', async () => {
    const path = written(`export default ${definition(REPORTS)}`)
    const { code, stderr, report } = await audit(path)
    expect([code, stderr]).toEqual([0, ''])
    const own = report.findings.filter(({ rule }: { rule: string }) => rule === 'own-rule')
    expect(own).toMatchObject([
      {
        severity: 'error',
        title: 'seen a',
        count: 60,
        data: { word: 'a' },
        evidence: [{ note: 'here' }, {}, {}, {}, {}, {}, {}, {}],
      },
      { count: 1 },
    ])
    expect(report).not.toHaveProperty('ruleFaults')
    expect((await audit(path, '--rule', 'own-rule=info', '--fail-on', 'critical')).code).toBe(0)
    const config = join(folder, 'own.yaml')
    writeFileSync(config, 'rules:\n  own-rule: { severity: critical, many: 4 }\n')
    expect((await audit(path, '--config', config, '--fail-on', 'critical')).code).toBe(1)
    const without = await runMain(['file', LEAK, '--config', config])
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("unknown rule 'own-rule'")])
  })

  it('may come in a list', async () => {
    const two = [definition(REPORTS), definition(REPORTS, "id: 'other-rule'")]
    const { stdout } = await runMain(['explain', '--rules', written(`export default [${two.join(',')}]`)])
    expect(stdout).toContain('own-rule')
    expect(stdout).toContain('other-rule')
  })

  it('costs ours nothing: they run as they are', async () => {
    const { rules } = await runSettings({
      config: false,
      rules: [written(`export default ${definition(REPORTS)}`)],
    })
    expect(rules.slice(0, RULES.length).every((rule, index) => rule === RULES[index])).toBe(true)
  })
})

describe('a file that is wrong', () => {
  it.each([
    ['export default {', 'cannot be loaded: '],
    ["throw new Error('no\\nluck')", 'cannot be loaded: no luck'],
    ["import 'no-such-package'", "cannot be loaded: Cannot find package 'no-such-package'"],
    [
      'export const rule = 1',
      "exports no rule: write 'export default defineRule({ ... })', or a list of them",
    ],
    ['export default 1', 'is no rule: make it with defineRule'],
    ['export default [null]', 'is no rule: make it with defineRule'],
    ['export default {}', 'a rule without id: has no id'],
  ])('%j is one line', async (text, message) => {
    const path = written(text)
    const { code, stdout, stderr } = await runMain(['file', LEAK, '--rules', path])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.startsWith(`tcpaudit: --rules ${path}: ${message}`), stderr).toBe(true)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it('that is not there, or names what is not installed, is told in words', async () => {
    const missing = await runCli(['explain', '--rules', join(folder, 'missing.mjs')])
    expect([missing.code, missing.stderr]).toEqual([
      2,
      `tcpaudit: --rules ${folder}/missing.mjs: no such file: name a JavaScript module\n`,
    ])
    const bare = await runCli([
      'explain',
      '--rules',
      written("import { defineRule } from 'tcpaudit'\nexport default 1"),
    ])
    expect(bare.stderr).toContain("it imports 'tcpaudit', which is not installed beside it")
  })

  it.each([
    ["id: 'close-wait-leak'", "rule 'close-wait-leak': there is a rule of that id"],
    ["id: 'hosts'", "rule 'hosts': its id must be words joined by -"],
    ["id: 'Own Rule'", "rule 'Own Rule': its id must be words joined by -"],
    ["scope: 'conection'", "its scope is 'conection': did you mean connection?"],
    ["severity: 'warn'", "its severity is 'warn': did you mean warning?"],
    ["category: 'x'", "its category is 'x': give opening, open, closing, capture"],
    ["groupBy: 'servers'", "its groupBy is 'servers': did you mean server?"],
    ["unreliableWhen: ['lost']", 'its unreliableWhen must be a list of loss, '],
    ['summary: undefined', 'has no summary'],
    ['sumary: 1', "knows no 'sumary': did you mean summary?"],
    ['create: 1', 'its create must be a function'],
    [
      "options: { severity: { type: 'count', default: 1, says: 'x', min: 1 } }",
      "its option 'severity' needs another name",
    ],
    ['options: { many: 5 }', "its option 'many' must be made by seconds(), count() or share()"],
    [
      "options: { many: { type: 'count', default: 0, says: 'x', min: 1 } }",
      "the default of 'many' must be a whole number from 1 on",
    ],
    ['messages: {}', 'has no messages'],
    [
      "messages: { seen: { at: 'tim' } }",
      "'at' of its message 'seen' is of no kind 'tim': did you mean time?",
    ],
    ['messages: { other: {} }', "its wording of the message 'other' must have a title and a detail"],
    ['notes: { other: {} }', "its wording of the note 'other' must be a function"],
    ["escalation: { option: 'some', severity: 'error' }", 'its escalation must name one of its options'],
    ["merge: { seen: { at: 'most' } }", "merges 'at' of 'seen' by 'most': give max, min, sum, last"],
    ['tunables: [1]', 'its tunables must be a list of { name, default }'],
  ])('a definition with %s names the rule and what is right', async (changes, message) => {
    const path = written(`export default ${definition(REPORTS, changes)}`)
    const { code, stdout, stderr } = await runMain(['file', LEAK, '--rules', path])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^tcpaudit: --rules .*: rule '/)
    expect(stderr.split('\n')).toHaveLength(2)
  })
})

describe('a rule that goes wrong on the way', () => {
  const HOST = "scope: 'host',"
  const PLACES = (make: string, keeps: string) =>
    `const places = context.places('host', ${make}, ${keeps}); return { handshake: ({ client, connection }) => {
       for (let port = 0; port < 70_000; port += 1) {
         const host = { ...client, address: [connection * 70_000 + port, 0, 0, 0] }
         places.of(host)
         places.of(host)
       }
     } }`

  const ROWS = (extra: string) =>
    `const rows = context.rows('host', 1, ${extra}); return { handshake: ({ client, connection }) => {
       for (let port = 0; port < 70_000; port += 1) {
         const host = { ...client, address: [connection * 70_000 + port, 0, 0, 0] }
         rows.of(host)
         rows.extra(rows.of(host))
       }
     } }`

  it.each<[string, string, string?]>([
    ['in create', "throw new Error('boom\\nboom')"],
    ['in a handler', "return { handshake() { throw new Error('boom boom') } }"],
    ['in a handler that throws no error', "return { handshake() { throw 'boom boom' } }"],
    ['in a handler of a state', "return { enters: { CLOSE_WAIT() { throw new Error('boom boom') } } }"],
    [
      'in a handler of what it knows',
      "return { handshake: (event) => context.stateOf(event.connection), known: { closed() { throw new Error('boom boom') } } }",
    ],
    [
      'behind a wait',
      "const then = context.after(1e9, () => { throw new Error('boom boom') }); return { handshake: then }",
    ],
    [
      'in state()',
      'return { handshake: (event) => context.stateOf(event.connection) }',
      "state() { throw new Error('boom boom') }",
    ],
    ['in a handler that is async', "return { async handshake() { throw new Error('lost') } }"],
    ['with an event that there is not', 'return { handshakes() {} }'],
    ['with an event of every segment', 'return { segment() {} }'],
    ['with an event of what it knows that there is not', 'return { known: { shut() {} } }'],
    ['with a state of what it knows that there is not', 'return { known: { enters: { OPEN() {} } } }'],
    ['with a state that there is not', 'return { enters: { OPEN() {} } }'],
    ['with a handler that is none', 'return { handshake: 1 }'],
    ['without handlers', 'return undefined'],
    [
      'with a message that it has not',
      "return { handshake: (event) => context.report('x', event, { data: {}, evidence: [] }) }",
    ],
    [
      'with data of another kind',
      "return { handshake: (event) => context.report('seen', event, { data: { at: 'x', word: 'a' }, evidence: [] }) }",
    ],
    [
      'with a word that it has not',
      "return { handshake: (event) => context.report('seen', event, { data: { at: 1, word: 'c' }, evidence: [] }) }",
    ],
    [
      'with evidence of its own making',
      "return { handshake: (event) => context.report('seen', event, { data: { at: 1, word: 'a' }, evidence: [{ packet: 1 }] }) }",
    ],
    ['with a note that it has not', "return { handshake: (event) => context.note('x', event, {}) }"],
    [
      'with a severity that there is not',
      "return { handshake: (event) => context.report('seen', event, { data: { at: 1, word: 'a' }, evidence: [], severity: 'loud' }) }",
    ],
    ['at the end of a host rule', "return { end() { throw new Error('boom boom') } }", HOST],
    [
      'when it is woken',
      "return { handshake: ({ time }) => context.wakeAt(time + 1, 0), wake() { throw new Error('boom boom') } }",
      HOST,
    ],
    [
      'with a host that is none',
      "return { end: () => context.report('seen', { time: 1, data: { at: 1, word: 'a' }, evidence: [], connections: [], count: 1, host: 'x' }) }",
      HOST,
    ],
    ['without a clear()', PLACES('() => ({})', '() => false'), HOST],
    ['in a clear()', PLACES("() => ({ clear() { throw new Error('boom boom') } })", '() => false'), HOST],
    [
      'in what is to be kept',
      PLACES('() => ({ clear() {} })', "() => { throw new Error('boom boom') }"),
      HOST,
    ],
    [
      'with what it knows of connections, about the capture',
      'return { known: { closed() {} } }',
      "scope: 'capture',",
    ],
    ['with rows of no numbers', "context.rows('host', 0.5); return {}", HOST],
    ['with rows that have no extras', ROWS('undefined'), HOST],
    ['without a clear() of extras', ROWS('() => ({})'), HOST],
    ['in a clear() of extras', ROWS("() => ({ clear() { throw new Error('boom boom') } })"), HOST],
  ])('%s is switched off; the audit goes on', async (where, create, changes = '') => {
    const sound = await runMain(['file', LEAK, '--json'])
    const { code, stderr, report } = await audit(written(`export default ${definition(create, changes)}`))
    const { ruleFaults, ...rest } = report
    expect(code).toBe(0)
    expect(rest).toEqual(JSON.parse(sound.stdout))
    expect(ruleFaults).toEqual([expect.objectContaining({ rule: 'own-rule' })])
    const [{ message }] = ruleFaults
    if (create.includes('boom') || changes.includes('boom')) expect(message, where).toBe('boom boom')
    expect(stderr).toBe(`tcpaudit: rule 'own-rule' was switched off: ${message}\n`)
  })

  it('keeps what it had found, and the report says from where on it finds nothing', async () => {
    const path = written(
      `let met = 0\nexport default ${definition(`return { handshake(event) {
        if (++met === 3) throw new Error('too many')
        context.report('seen', event, { data: { at: event.time, word: 'b' }, evidence: [] })
      } }`)}`,
    )
    const { report } = await audit(path)
    expect(report.ruleFaults).toEqual([{ rule: 'own-rule', message: 'too many', packet: 12 }])
    const own = report.findings.filter(({ rule }: { rule: string }) => rule === 'own-rule')
    expect(own.map(({ count }: { count: number }) => count)).toEqual([1, 1])
  })

  it('is named in the table, and in the last line of the stream', async () => {
    const text = `export default ${definition("return { handshake() { throw new Error('boom') } }")}`
    const table = await runMain(['file', LEAK, '--rules', written(text)])
    expect(table.stdout).toContain('rule own-rule failed at #3 and was switched off: boom\n')
    const { stdout } = await runMain(['file', LEAK, '--ndjson', '--rules', written(text)])
    const end = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    expect(end).toMatchObject({ type: 'end', ruleFaults: [{ rule: 'own-rule', message: 'boom', packet: 3 }] })
  })

  it.each([
    "title() { throw new Error('speechless') }, detail: () => ''",
    "title: () => 7, detail: () => { throw new Error('speechless') }",
  ])('in its words (%s) leaves the finding without them', async (words) => {
    const path = written(
      `export default ${definition(REPORTS, `wording: { messages: { seen: { ${words} } }, notes: { packet: () => 'x' } }`)}`,
    )
    const { code, report } = await audit(path)
    expect(code).toBe(0)
    const [own] = report.findings.filter(({ rule }: { rule: string }) => rule === 'own-rule')
    expect(own).toMatchObject({
      title: 'own-rule: seen',
      detail: 'The wording of this rule failed: speechless.',
      count: 60,
    })
  })
})
