import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'
import { runMain } from '../support/run-cli.ts'

const KERNEL = join(ROOT, 'fixtures/kernel')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-write-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function capture(name: string, as = name): string {
  const path = join(folder, as)
  copyFileSync(join(KERNEL, name), path)
  return path
}

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** Checks, and says what was not met, `ID: SEEN`. */
async function notMet(path: string): Promise<string[]> {
  const { stdout, code } = await runMain(['check', path, '--json'])
  const { captures } = JSON.parse(stdout)
  const failed = captures.flatMap(({ assertions }: { assertions: { passed: boolean }[] }) =>
    assertions.filter(({ passed }) => !passed),
  )
  expect(code).toBe(failed.length === 0 ? 0 : 1)
  return failed.map(({ id, seen }: { id: string; seen: string }) => `${id}: ${seen}`)
}

describe('check --init', () => {
  it('writes a file that is met, and says so', async () => {
    const path = capture('forged-rst-exact.pcap')
    const run = await runMain(['check', '--init', path])
    const file = join(folder, 'forged-rst-exact.expect.yaml')
    expect(run).toEqual({ code: 0, stdout: `wrote ${file}\n`, stderr: '' })
    expect(await notMet(path)).toEqual([])
  })

  it('names what else could be asked for, as it would be met', async () => {
    const path = capture('zero-window-for-seconds.pcap')
    await runMain(['check', '--init', path])
    const text = read('zero-window-for-seconds.expect.yaml')
    const suggested = text.replace(/^# (\S+: .*)# seen: /gm, '$1# seen: ')
    expect(suggested.split('# seen:').length).toBe(6)
    expect(suggested).not.toBe(text)
    written('zero-window-for-seconds.expect.yaml', suggested)
    expect(await notMet(path)).toEqual([])
  })

  it('is made of lines that mean something when they are uncommented', async () => {
    const path = capture('forged-rst-exact.pcap')
    await runMain(['check', '--init', path])
    const text = read('forged-rst-exact.expect.yaml')
    // Without the prose, and without keys that are there already.
    const lines = text
      .split('\n')
      .map((line) =>
        /^# (?:[a-z][\w.-]*:|\s+\S)/.test(line) && !line.startsWith('# yaml') ? line.slice(2) : line,
      )
    const own = lines.filter((line) => !line.startsWith('#')).join('\n')
    written('forged-rst-exact.expect.yaml', own)
    const { stdout } = await runMain(['check', path, '--json'])
    expect(JSON.parse(stdout).captures[0].problem).toBeUndefined()
    expect(JSON.parse(stdout).captures[0].assertions.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['never.reset-injected', 'at[+2.5].client', 'handshake.rttSeconds.p99']),
    )
  })

  it('never writes over a file', async () => {
    const path = capture('refused.pcap')
    const file = written('refused.expect.yaml', '# mine\nconnections: 7\n')
    const run = await runMain(['check', '--init', path])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toBe(`tcpaudit: ${file}: is there already: 'tcpaudit check --update' refreshes it\n`)
    expect(read('refused.expect.yaml')).toBe('# mine\nconnections: 7\n')
  })

  it('writes, in a folder, those that are missing', async () => {
    capture('refused.pcap')
    capture('close-wait-thousand.pcap.gz')
    mkdirSync(join(folder, 'deeper'))
    capture('half-close-with-data.pcap', 'deeper/half.pcap')
    written('refused.expect.yaml', 'connections: 2\n')
    const run = await runMain(['check', '--init', folder])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout.split('\n').slice(0, -1)).toEqual([
      `wrote ${join(folder, 'close-wait-thousand.expect.yaml')}`,
      `wrote ${join(folder, 'deeper/half.expect.yaml')}`,
    ])
    expect(await notMet(folder)).toEqual([])
  })

  it('says that a capture was cut, or is none', async () => {
    const path = join(folder, 'cut.pcap')
    writeFileSync(path, readFileSync(join(KERNEL, 'refused.pcap')).subarray(0, -3))
    const run = await runMain(['check', '--init', path])
    expect(run).toMatchObject({ code: 4, stdout: `wrote ${join(folder, 'cut.expect.yaml')}\n` })
    expect(run.stderr).toContain('the file ends inside packet 4')
    const none = await runMain(['check', '--init', written('none.pcap', 'text'), join(folder, 'gone.pcap')])
    expect(none).toMatchObject({ code: 3, stdout: '' })
    expect(none.stderr.split('\n')).toHaveLength(3)
    expect(existsSync(join(folder, 'none.expect.yaml'))).toBe(false)
  })

  it('excludes --update, and what is about reports', async () => {
    for (const other of ['--update', '--json', '--format=json', '-o=x']) {
      const run = await runMain(['check', '--init', other, folder])
      expect(run.code, other).toBe(2)
      expect(run.stderr, other).toContain(other.replace(/=.*/, '').replace('json', 'json'))
    }
  })
})

describe('check --update', () => {
  it('writes neither moments nor ports that are of one time only', async () => {
    const path = capture('close-wait-thousand.pcap.gz')
    await runMain(['check', '--update', path])
    const text = read('close-wait-thousand.expect.yaml')
    expect(text).not.toMatch(/20\d\d-|:4\d{4}|:2\d{4}|Seconds/)
    expect(text).toMatch(/connections: "\d+\.\.\d+"/)
    expect(text).not.toContain('#')
  })

  it('changes nothing where all is met, whatever it looks like', async () => {
    const path = capture('refused.pcap')
    const text = '# mine\nconnections:   2   # two\n\n\noutcomes:  {refused:  2}\n'
    written('refused.expect.yaml', text)
    const run = await runMain(['check', '--update', path])
    expect(run.stdout).toBe(`${join(folder, 'refused.expect.yaml')}: all of it is so\n`)
    expect(read('refused.expect.yaml')).toBe(text)
  })

  it('puts right what is not met, and keeps the words and the rest', async () => {
    const path = capture('forged-rst-exact.pcap')
    written(
      'forged-rst-exact.expect.yaml',
      `# What we promise.
max-severity: notice   # nothing worse
never: [scan, reset-injected]   # for good
allow: [handshake-slow]
findings:
  close-wait-leak: 1   # known
connections: 2   # one a user
handshake.rttSeconds: { p99: "< 10 us", count: ">= 1" }
outcomes: { closed: 1 }
# In the end.
states: { client: CLOSED, server: ESTABLISHED }
at:
  +0.05: { server: [TIME_WAIT, CLOSED] }
where:
  - server: "10.9.1.2:5001"
    connections: 1
    resets.fromClientAfterData: 0   # never
`,
    )
    const run = await runMain(['check', '--update', path])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain(
      'never.reset-injected, findings.close-wait-leak, connections, handshake.rttSeconds.p99',
    )
    expect(read('forged-rst-exact.expect.yaml')).toBe(`# What we promise.
max-severity: notice # nothing worse
never: [ scan ] # for good
allow: [handshake-slow]
connections: 1 # one a user
handshake.rttSeconds: { p99: "<= 0.5 ms", count: ">= 1" }
outcomes: { closed: 0 }
# In the end.
states: { client: CLOSED, server: CLOSED }
at:
  +0.05: { server: ESTABLISHED }
where:
  - server: "10.9.1.2:5001"
    connections: 1
    resets.fromClientAfterData: 1 # never
findings:
  reset-injected: 1
`)
    expect(await notMet(path)).toEqual([])
  })

  it('takes on findings that nobody expects', async () => {
    const path = capture('forged-rst-exact.pcap')
    written('forged-rst-exact.expect.yaml', 'max-severity: info\n')
    await runMain(['check', '--update', path])
    expect(read('forged-rst-exact.expect.yaml')).toBe('max-severity: info\nfindings:\n  reset-injected: 1\n')
  })

  it('writes what it changes with spaces inside braces, or without, as the file has it', async () => {
    const path = capture('refused.pcap')
    written('refused.expect.yaml', 'outcomes: {refused: 3}\nnever: [ scan ]\n')
    await runMain(['check', '--update', path])
    expect(read('refused.expect.yaml')).toBe('outcomes: {refused: 2}\nnever: [ scan ]\n')
  })

  it('keeps JSON what it is', async () => {
    const path = capture('refused.pcap')
    written('refused.expect.json', '{"connections": 1, "outcomes": {"refused": 2}}')
    await runMain(['check', '--update', path])
    expect(JSON.parse(read('refused.expect.json'))).toEqual({ connections: 2, outcomes: { refused: 2 } })
  })

  it('leaves what is for a whole folder', async () => {
    const path = capture('refused.pcap')
    const file = written('tcpaudit.expect.yaml', 'connections: 1\n')
    const run = await runMain(['check', '--update', path])
    expect(run.stdout).toBe(`${file}: is for all captures of its folder: left as it is\n`)
    expect(read('tcpaudit.expect.yaml')).toBe('connections: 1\n')
    expect(existsSync(join(folder, 'refused.expect.yaml'))).toBe(false)
  })

  it('says what is wrong with a file, and leaves it', async () => {
    const path = capture('refused.pcap')
    const file = written('refused.expect.yaml', 'conections: 1\n')
    const run = await runMain(['check', '--update', path])
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr: `tcpaudit: ${file}:1:1: unknown key 'conections': did you mean connections?\n`,
    })
  })
})
