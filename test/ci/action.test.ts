import { spawnSync } from 'node:child_process'
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
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { FIXTURES } from '../support/capture-files.ts'
import { junitComplaints } from '../support/foreign-schemas.ts'
import { packedPackage } from '../support/packed-package.ts'
import { ROOT } from '../support/project-root.ts'

interface Step {
  readonly name: string
  readonly id?: string
  readonly shell: string
  readonly env: Readonly<Record<string, string>>
  readonly run: string
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

const action: Action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-action-'))
afterAll(() => rmSync(folder, { recursive: true }))
const version = packedPackage(folder)

const workspace = join(folder, 'a workspace')
mkdirSync(join(workspace, 'cap tures'), { recursive: true })
copyFileSync(join(FIXTURES, 'kernel/refused.pcap'), join(workspace, 'cap tures/refused.pcap'))

function expectRefusals(count: number): void {
  writeFileSync(join(workspace, 'cap tures/refused.expect.yaml'), `outcomes:\n  refused: ${count}\n`)
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: string
  readonly summary: string
}

/** Runs the steps of the action as a runner does, on this machine. */
function runAction(given: Readonly<Record<string, string>>): Ended {
  const output = join(folder, 'output')
  const summary = join(folder, 'summary')
  for (const file of [output, summary]) writeFileSync(file, '')
  const { PATH, HOME } = process.env
  const ended = { code: 0 as number | null, stdout: '', stderr: '' }
  for (const { shell, env, run } of action.runs.steps) {
    expect(shell).toBe('bash')
    const values = Object.entries(env).map(([name, value]) => {
      const input = /^\$\{\{ inputs\.([a-z]+) \}\}$/.exec(value)?.[1] ?? ''
      return [name, given[input] ?? action.inputs[input]?.default ?? 'no such input']
    })
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run],
      {
        cwd: workspace,
        encoding: 'utf8',
        env: {
          PATH,
          HOME,
          RUNNER_TEMP: folder,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
          npm_config_offline: 'true',
          ...Object.fromEntries(values),
        },
      },
    )
    ended.code = status
    ended.stdout += stdout
    ended.stderr += stderr
    if (status !== 0) break
  }
  return { ...ended, outputs: readFileSync(output, 'utf8'), summary: readFileSync(summary, 'utf8') }
}

describe('action.yml', () => {
  it('passes where all is as expected, and adds it to the summary', () => {
    expectRefusals(2)
    const { code, stdout, outputs, summary, stderr } = runAction({ version })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('1 capture as expected, 1 expectation met')
    expect(outputs).toBe('exit-code=0\n')
    expect(summary).toMatch(/^## ✅ tcpaudit check/)
  })

  it('fails with an annotation where something is not', () => {
    expectRefusals(3)
    const { code, stdout, outputs, summary } = runAction({ version, path: 'cap tures' })
    expect(code).toBe(1)
    expect(stdout).toContain('::error file=cap tures/refused.expect.yaml,line=2,title=')
    expect(outputs).toBe('exit-code=1\n')
    expect(summary).toContain('| outcomes.refused |')
  })

  it('writes a file, and the log is for people', async () => {
    expectRefusals(3)
    const { code, stdout, summary } = runAction({
      version,
      format: 'junit',
      output: 'a report.xml',
      summary: 'false',
    })
    expect(code).toBe(1)
    expect(summary).toBe('')
    expect(stdout).toContain('1 of 1 capture not as expected')
    expect(await junitComplaints(readFileSync(join(workspace, 'a report.xml'), 'utf8'))).toEqual([])
  })

  it('takes several paths and arguments, a line each, and none of them for shell', () => {
    expectRefusals(2)
    const { code, stdout } = runAction({
      version,
      path: 'cap tures/refused.pcap\ncap tures\n',
      args: '--no-config\n--rule=handshake-refused=off\n',
    })
    expect(code).toBe(0)
    expect(stdout).toContain('as expected')
    const hostile = runAction({ version, path: '$(touch injected); touch injected `touch injected`' })
    expect(hostile.code).not.toBe(0)
    expect(existsSync(join(workspace, 'injected'))).toBe(false)
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{')
  })

  it('says with its exit code that a capture cannot be read', () => {
    const { code, outputs } = runAction({ version, path: 'none.pcap' })
    expect(code).not.toBe(0)
    expect(outputs).toBe(`exit-code=${code}\n`)
  })

  it('installs from the registry if no package file is named', () => {
    const [install] = action.runs.steps
    const script = `npm() { printf '%s\\n' "$@"; }\n${install?.run}`
    const env = { RUNNER_TEMP: folder, CHECK_VERSION: '0.1.0', PATH: process.env['PATH'] }
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', env })
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('tcpaudit@0.1.0')
  })
})
