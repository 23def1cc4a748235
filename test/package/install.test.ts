import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAvailable } from '../support/availability.ts'
import { ROOT } from '../support/project-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-install-'))
afterAll(() => rmSync(folder, { recursive: true }))
const CAPTURE = join(ROOT, 'fixtures/kernel/close-wait-pile.pcap')

/** Whether packages can be fetched: the four small ones that tcpaudit needs come from the registry, or from npm's cache. */
function hasRegistry(): boolean {
  try {
    execFileSync('npm', ['view', 'commander', 'version'], { stdio: 'ignore', timeout: 20_000 })
    return true
  } catch {
    return isAvailable('the npm registry', false)
  }
}

/** A program in the empty project, without what this project has set in the environment. */
async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, npm_config_update_notifier: 'false' }
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1 << 26 })
  return stdout
}

describe.runIf(hasRegistry())('the package, installed into an empty project', () => {
  beforeAll(async () => {
    const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const [{ filename }] = JSON.parse(packed)
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'empty', private: true, type: 'module' }),
    )
    // What is optional is left out: it must not be needed.
    await run(
      'npm',
      'install',
      '--omit=optional',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      `./${filename}`,
    )
  })

  it('brings the packages it needs, and no other', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(installed).toEqual(expect.arrayContaining(['tcpaudit', ...Object.keys(dependencies)]))
    expect(installed).not.toContain('koffi')
    expect(installed).not.toContain('vitest')
  })

  it('works from a script', async () => {
    writeFileSync(
      join(folder, 'script.mjs'),
      `import { audit, auditReport } from 'tcpaudit'
      const { summary } = await auditReport(process.argv[2])
      let connections = 0
      for await (const { type } of audit(process.argv[2])) if (type === 'connection') connections++
      console.log(connections, summary.connections)`,
    )
    const [streamed, reported] = (await run('node', 'script.mjs', CAPTURE)).trim().split(' ').map(Number)
    expect(streamed).toBe(reported)
    expect(streamed).toBeGreaterThan(10)
  })

  it('runs the examples that come with it, and its rules', async () => {
    const examples = join(folder, 'node_modules/tcpaudit/examples')
    for (const kind of ['library', 'rules'])
      cpSync(join(examples, kind), join(folder, kind), { recursive: true })
    await expect(run('node', 'library/findings.mjs', CAPTURE)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('close-wait-leak'),
    })
    const printed = await run(
      'npx',
      '--no',
      '--',
      'tcpaudit',
      'file',
      CAPTURE,
      '--rules',
      'rules/listener-unexpected.mjs',
    )
    expect(printed).toContain('listener-unexpected')
  })

  it('is typed, also for who looks at the types of packages', async () => {
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
    symlinkSync(join(ROOT, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'))
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts', 'library/*.ts'] }),
    )
    writeFileSync(
      join(folder, 'typed.ts'),
      `import { AuditError, type AuditEventOf, audit, auditReport, defineRule, seconds } from 'tcpaudit'
      const findings: AuditEventOf<'finding'>[] = []
      for await (const finding of audit(['a.pcap', new Uint8Array()], { events: ['finding'] })) findings.push(finding)
      // @ts-expect-error: states were not asked for
      for await (const event of audit('a.pcap', { events: ['finding'] })) if (event.type === 'state') break
      // @ts-expect-error: there is no such option
      await auditReport('a.pcap', { filters: 'tcp' })
      const { summary } = await auditReport(process.stdin, { config: { rules: { scan: 'off' } } })
      const open: number = summary.states.ESTABLISHED ?? 0
      export const code = open === 0 && new Error() instanceof AuditError ? 1 : 0
      export default defineRule({
        id: 'mine', scope: 'connection', category: 'open', severity: 'info', summary: 'It is.', since: '1', references: [],
        options: { patience: seconds(5, 'what it is') }, messages: { seen: { lasted: 'duration' } }, unreliableWhen: [],
        create: (context) => ({
          fin(event) {
            // @ts-expect-error: it has no such message
            context.report('sen', event, { data: { lasted: context.options.patience }, evidence: [] })
          },
        }),
      })`,
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    await expect(run('node', tsc, '-p', '.')).resolves.toBe('')
  })

  it('is a command', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await run('npx', '--no', '--', 'tcpaudit', '--version')).toBe(`${version}\n`)
    expect(await run('npx', '--no', '--', 'tcpaudit', 'file', CAPTURE)).toContain('CLOSE_WAIT')
    expect(await run('npx', '--no', '--', 'tcpaudit', 'explain', 'close-wait-leak')).toContain(
      'An endpoint stays in CLOSE_WAIT',
    )
  })

  it('has the schemas of what it prints', async () => {
    const script = "console.log(import.meta.resolve('tcpaudit/schema/report.schema.json'))"
    const url = new URL((await run('node', '--input-type=module', '--eval', script)).trim())
    expect(JSON.parse(readFileSync(url, 'utf8'))).toHaveProperty('$schema')
  })
})
