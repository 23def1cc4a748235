import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'
import { runCli, runMain } from '../support/run-cli.ts'

const LEAK = join(ROOT, 'fixtures/kernel/close-wait-over-a-minute.pcap')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function severities(...args: string[]): Promise<Record<string, string>> {
  const { stdout, stderr, code } = await runMain(['file', LEAK, '--json', ...args])
  expect([code, stderr]).toEqual([0, ''])
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; severity: string }[] }
  return Object.fromEntries(findings.map(({ rule, severity }) => [rule, severity]))
}

describe('--config', () => {
  it('sets severities and thresholds', async () => {
    expect(await severities('--no-config')).toMatchObject({ 'close-wait-leak': 'error' })
    const yaml = written('a.yaml', '# ours\nrules:\n  close-wait-leak: { leak: 2min }\n')
    expect(await severities('--config', yaml)).toMatchObject({ 'close-wait-leak': 'notice' })
    const json = written('a.json', '{\n\t"rules": { "close-wait-leak": "critical" }\n}')
    expect(await severities('--config', json)).toMatchObject({ 'close-wait-leak': 'critical' })
    const off = written('b.yml', 'rules:\n  close-wait-leak:\n    severity: off\n')
    expect(await severities('--config', off)).not.toHaveProperty('close-wait-leak')
  })

  it('gives way to --rule, threshold by threshold', async () => {
    const file = written('c.yaml', 'rules:\n  close-wait-leak:\n    patience: 1h\n    leak: 2h\n')
    expect(await severities('--config', file)).not.toHaveProperty('close-wait-leak')
    const rule = ['--rule', 'close-wait-leak.patience=10s']
    expect(await severities('--config', file, ...rule)).toMatchObject({ 'close-wait-leak': 'notice' })
    const level = ['--rule', 'close-wait-leak=info']
    expect(await severities('--config', file, ...rule, ...level)).toMatchObject({ 'close-wait-leak': 'info' })
  })

  it('may say nothing', async () => {
    for (const text of ['', '# nothing\n', 'rules:\n', '{}', '$schema: ./config.schema.json\n']) {
      await severities('--config', written('empty.yaml', text))
    }
  })

  it('is named in the JSON', async () => {
    const file = written('named.yaml', '')
    const { stdout } = await runMain(['file', LEAK, '--json', '--config', file])
    expect(JSON.parse(stdout)).toMatchObject({ tool: { configFile: file } })
    const stream = await runMain(['file', LEAK, '--ndjson', '--config', file])
    expect(JSON.parse(stream.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      tool: { configFile: file },
    })
  })
})

describe('a mistake in a config file', () => {
  it.each([
    ['rule: {}', "1:1: unknown key 'rule': did you mean rules?"],
    ['rules:\n  close-wait-leek: off', "2:3: unknown rule 'close-wait-leek': did you mean close-wait-leak?"],
    [
      'rules:\n  close-wait-leak:\n    patiense: 5s',
      "3:5: unknown key 'patiense' of close-wait-leak: did you mean patience?",
    ],
    ['rules:\n  close-wait-leak: eror', "2:20: close-wait-leak takes no 'eror': did you mean error?"],
    ['rules:\n  close-wait-leak:', '2:19: close-wait-leak takes no empty value: give off, info, notice'],
    ['rules:\n  close-wait-leak: [off]', '2:20: close-wait-leak takes no list: give off, info'],
    [
      'rules:\n  close-wait-leak: {patience: soon}',
      "2:31: close-wait-leak.patience takes no 'soon': give a time such as 5s or 200ms",
    ],
    [
      'rules:\n  close-wait-leak: {many: 0}',
      "2:27: close-wait-leak.many takes no '0': give a whole number from 1 on",
    ],
    [
      'rules:\n  close-wait-leak: {many: "3"}',
      "2:27: close-wait-leak.many takes no '3': give a whole number from 1 on",
    ],
    ['rules: [close-wait-leak]', '1:8: rules takes a map of keys and values, not list'],
    ['off', "1:1: the file takes a map of keys and values, not 'off'"],
    ['$schema: 3', '1:10: $schema takes an address'],
    ['rules:\n  scan: off\n  scan: off', '3:3: cannot be read: Map keys must be unique'],
    ['rules: {', '1:9: cannot be read: Flow map'],
    ['---\nrules:\n---\nrules:', '3:1: cannot be read: Source contains multiple documents'],
    ['%YAML 1.1\n---\nrules:\n  scan: off', "4:9: scan takes no 'false': give off"],
    [
      'hosts: {10.0.0.0/33: {}}',
      "1:9: '10.0.0.0/33' is no host: give an address, a network such as 10.0.0.0/8, or default",
    ],
    [
      'hosts:\n  default: { finTimeot: 5s }',
      "2:14: unknown key 'finTimeot' of the host default: did you mean finTimeout?",
    ],
    [
      'hosts:\n  ::1: { tcp_fin_timeout: 5s }',
      "2:10: unknown key 'tcp_fin_timeout' of the host ::1: did you mean finTimeout?",
    ],
    [
      'hosts:\n  default: { synRetries: 128 }',
      "2:26: synRetries of default takes no '128': give a whole number from 1 to 127",
    ],
    [
      'hosts:\n  default: { portRange: 1024 }',
      "2:25: portRange of default takes no '1024': give [first, last], two ports",
    ],
    [
      'hosts:\n  default: { portRange: [0, 9] }',
      '2:25: portRange of default takes no list: give [first, last]',
    ],
    ['hosts:\n  default: { msl: 5s, timeWait: 9s }', '2:14: msl and timeWait say the same: give one of them'],
    [
      'a: 1\nb: 2\nrules:\n  c: off',
      "1:1: unknown key 'a': there are $schema, rules, hosts (and 2 more errors in that file)",
    ],
  ])('%j is one line that names the place and what is right', async (text, message) => {
    const path = written('wrong.yaml', text)
    const { code, stdout, stderr } = await runMain(['file', LEAK, '--config', path])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.split('\n')).toHaveLength(2)
    expect(stderr.startsWith(`tcpaudit: ${path}:${message}`), stderr).toBe(true)
  })

  it.each([
    ['{"rules": {"scan": "off",}}', /\.json:1:26: is not JSON: /],
    ['{"rules": {"scan": off}}', /\.json: is not JSON: Unexpected token 'o'/],
    ['{"rules": {"scan": "of"}}', /\.json:1:20: scan takes no 'of': did you mean off\?$/m],
  ])('JSON: %j', async (text, message) => {
    const path = written('wrong.json', text)
    const { code, stderr } = await runMain(['explain', '--config', path])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it.each([
    ['no-such.yaml', 'no such file: name a config file'],
    ['.', 'is a directory: name a config file'],
  ])('%s: %s', async (name, message) => {
    const path = join(folder, name)
    const { code, stderr } = await runMain(['file', LEAK, '--config', path])
    expect([code, stderr]).toEqual([2, `tcpaudit: ${path}: ${message}\n`])
  })

  it('does not read something huge', async () => {
    const path = written('huge.yaml', `# ${'x'.repeat(1 << 20)}\n`)
    const { code, stderr } = await runMain(['file', LEAK, '--config', path])
    expect([code, stderr]).toEqual([2, `tcpaudit: ${path}: is larger than 1 MiB: name a config file\n`])
  })

  it('what refers to itself is a mistake like any other', async () => {
    const path = written('loop.yaml', 'rules: &r\n  close-wait-leak: *r\n')
    const { code, stderr } = await runMain(['file', LEAK, '--config', path])
    expect(code).toBe(2)
    expect(stderr).toContain("unknown key 'close-wait-leak' of close-wait-leak")
  })
})

describe('the config file of the working directory', () => {
  it('is none where the name leads nowhere', async () => {
    const home = mkdtempSync(join(folder, 'loop-'))
    symlinkSync('tcpaudit.config.yaml', join(home, 'tcpaudit.config.yaml'))
    const { code, stderr } = await runCli(['file', LEAK, '--quiet'], {}, home)
    expect([code, stderr]).toEqual([0, ''])
  })

  it('is in force unless another is named, or none is wanted', async () => {
    const home = mkdtempSync(join(folder, 'home-'))
    cpSync(LEAK, join(home, 'leak.pcap'))
    writeFileSync(join(home, 'tcpaudit.config.yaml'), 'rules:\n  close-wait-leak: critical\n')
    writeFileSync(join(home, 'other.yaml'), 'rules:\n  close-wait-leak: info\n')
    const failing = ['file', 'leak.pcap', '--quiet', '--fail-on', 'critical']
    const run = async (...args: string[]) => (await runCli([...failing, ...args], {}, home)).code
    expect(await run()).toBe(1)
    expect(await run('--no-config')).toBe(0)
    expect(await run('--config', 'other.yaml')).toBe(0)
    expect(await run('--rule', 'close-wait-leak=warning')).toBe(0)
    const explained = await runCli(['explain', 'close-wait-leak'], {}, home)
    expect(explained.stdout).toContain('- In force: critical (tcpaudit.config.yaml:2:3)')
    writeFileSync(join(home, 'tcpaudit.config.json'), '{}')
    const { code, stderr } = await runCli(failing, {}, home)
    expect([code, stderr]).toEqual([
      2,
      'tcpaudit: there are tcpaudit.config.yaml and tcpaudit.config.json: remove one, or name the one that counts by --config\n',
    ])
  })
})

describe('tcpaudit explain RULE', () => {
  it('shows each value in force, and where it was set', async () => {
    const file = written(
      'explain.yaml',
      'rules:\n  close-wait-leak:\n    severity: warning\n    leak: 2min\n',
    )
    const { stdout } = await runMain([
      'explain',
      'close-wait-leak',
      '--no-color',
      '--config',
      file,
      '--rule',
      'close-wait-leak.many=4',
    ])
    expect(stdout).toContain(`- In force: warning (${file}:3:5)`)
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))
    expect(rows).toContainEqual(['patience', '10 s', 'default'])
    expect(rows).toContainEqual(['leak', '120 s', `${file}:4:5`])
    expect(rows).toContainEqual(['many', '4', '--rule'])
  })

  it('says the same as JSON', async () => {
    const file = written(
      'explain.yaml',
      'rules:\n  close-wait-leak:\n    severity: warning\n    leak: 2min\n',
    )
    const { stdout } = await runMain(['explain', 'close-wait-leak', '--json', '--config', file])
    expect(JSON.parse(stdout)).toMatchObject({
      tool: { configFile: file },
      rules: [
        {
          severity: 'notice',
          set: { severity: 'warning', from: `${file}:3:5` },
          options: [
            { name: 'patience', value: 10 },
            { name: 'leak', default: 60, value: 120, from: `${file}:4:5` },
            { name: 'many', value: 10 },
          ],
        },
      ],
    })
  })
})

describe('hosts', () => {
  const text =
    'hosts:\n  default:\n    synRetries: 2\n  10.9.0.0/24:\n    portRange: [40000, 40199]\n    msl: 15s\n  ::1: { finTimeout: 30s }\n'

  it('are explained as they are in force', async () => {
    const file = written('hosts.yaml', text)
    const { stdout } = await runMain(['explain', 'hosts', '--config', file], { COLUMNS: '160' })
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows).toContainEqual(['default', 'synRetries', '2', `${file}:3:5`])
    expect(rows).toContainEqual(['10.9.0.0/24', 'portRange', '40000 40199', `${file}:5:5`])
    expect(rows).toContainEqual(['10.9.0.0/24', 'timeWait', '30 s', `${file}:6:5`])
    expect(rows).toContainEqual(['::1', 'finTimeout', '30 s', `${file}:7:10`])
    const rule = await runMain(['explain', 'port-exhaustion', '--config', file])
    expect(rule.stdout).toMatch(/^10\.9\.0\.0\/24 +portRange +40000 40199 /m)
    expect(rule.stdout).not.toContain('synRetries')
    const json = await runMain(['explain', 'hosts', '--json', '--config', file])
    expect(JSON.parse(json.stdout)).toMatchObject({
      rules: [],
      hosts: [{ host: 'default', value: 2 }, {}, {}, {}],
    })
    expect((await runMain(['explain', 'hosts', '--no-config'])).stdout).toContain(
      'Nothing is set: Linux’s defaults',
    )
  })

  it('decide what is found, and what is said', async () => {
    const found = async (name: string, ...args: string[]) => {
      const path = join(ROOT, 'fixtures/kernel', name)
      const { stdout } = await runMain(['file', path, '--json', ...args])
      return JSON.parse(stdout).findings as {
        rule: string
        title: string
        detail: string
        advice: string[]
      }[]
    }
    const file = written('hosts.yaml', text)
    const [full] = await found('port-exhaustion.pcap', '--config', file)
    expect(full?.detail).toContain(
      'The range is 40000 to 40199: 200 ports bear 6 closes a second, each for 30 s.',
    )
    const [elsewhere] = await found(
      'port-exhaustion.pcap',
      '--config',
      written('b.yaml', text.replace('10.9', '10.8')),
    )
    expect(elsewhere?.detail).toContain(
      'which spread no further: 200 ports bear 3 closes a second, each for 60 s.',
    )
    const [unanswered] = await found('connect-gives-up.pcap', '--as-of', '+20', '--config', file)
    expect(unanswered?.detail).toMatch(
      /the client gave up: its retries were over \(tcp_syn_retries = 2 there\)\.$/,
    )
    const patient = written('c.yaml', 'hosts: {default: {synRetries: 6}}')
    const [early] = await found('connect-gives-up.pcap', '--as-of', '+20', '--config', patient)
    expect(early?.detail).toMatch(
      /the client gave up, before its kernel would have: tcp_syn_retries = 6 there\.$/,
    )
    expect((await found('connect-gives-up.pcap', '--as-of', '+20'))[0]?.detail).toMatch(
      /the client gave up\.$/,
    )
    const told = written('d.yaml', 'hosts: {10.9.0.2: {finTimeout: 10s}}')
    const stuck = async (...args: string[]) => {
      const all = await found('fin-wait-2-timeout-set.pcap', '--as-of', '+62', ...args)
      return all.find(({ rule }) => rule === 'fin-wait-2-stuck')
    }
    expect((await stuck('--config', told))?.title).toContain('waited 10.0 s in FIN_WAIT_2')
    expect((await stuck('--config', told))?.detail).toContain('(`net.ipv4.tcp_fin_timeout`, 10 s there)')
    expect((await stuck())?.detail).toContain('(`net.ipv4.tcp_fin_timeout`, 60 s by default)')
  })
})
