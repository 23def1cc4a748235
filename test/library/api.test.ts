import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'

const PAGE = readFileSync(join(ROOT, 'docs/library.md'), 'utf8')
const INDEX = join(ROOT, 'src/index.ts')

function read() {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const program = ts.createProgram([INDEX], options)
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(INDEX)
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error('src/index.ts cannot be read')
  const exports = checker.getExportsOfModule(module)
  const meant = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const values = exports.filter(
    (symbol) => !symbol.declarations?.every(ts.isTypeOnlyExportDeclaration) && isValue(meant(symbol)),
  )
  return { checker, exported: exports.map(meant), values: values.map(({ name }) => name) }
}

function isValue({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Value) !== 0
}

const { checker, exported, values } = read()

function isDocumented(symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0
}

describe('what the library exports', () => {
  it.each(exported.map((symbol) => [symbol.name, symbol] as const))(
    '%s is on its page, and says what it is',
    (name, symbol) => {
      expect(PAGE).toMatch(new RegExp(`\\b${name}\\b`))
      expect(isDocumented(symbol)).toBe(true)
    },
  )

  it('has no option or field of an error without a word about it', () => {
    const named = ['AuditOptions', 'ReportOptions', 'AuditConfig', 'AuditError']
    const members = exported
      .filter(({ name }) => named.includes(name))
      .flatMap((symbol) => [...(symbol.members?.values() ?? [])].map((member) => ({ symbol, member })))
      .filter(({ member }) => (member.flags & ts.SymbolFlags.Property) !== 0)
    expect(members.length).toBeGreaterThan(10)
    expect(
      members
        .filter(({ member }) => !isDocumented(member))
        .map(({ symbol, member }) => `${symbol.name}.${member.name}`),
    ).toEqual([])
  })

  it('is all that can be imported from the build', async () => {
    const built = Object.keys(await import(join(ROOT, 'dist/index.js')))
    expect(built.sort()).toEqual(values.sort())
  })
})

describe('the programs of docs/library.md', () => {
  const programs = [...PAGE.matchAll(/^```js\n(.*?)^```$/gms)].map(([, program = '']) => program)

  it.each(programs)('runs: %s', (program) => {
    const text = program
      .replace("'tcpaudit'", "'./dist/index.js'")
      .replaceAll("'dump.pcap'", "'fixtures/kernel/close-wait-pile.pcap'")
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect([run.status, run.stderr]).toEqual([0, ''])
    expect(run.stdout).not.toBe('')
  })

  it('are there', () => {
    expect(programs.length).toBeGreaterThan(4)
  })
})

describe('examples/library', () => {
  const run = (name: string, args: readonly string[], input?: Buffer) =>
    spawnSync(process.execPath, [join(ROOT, 'examples/library', name), ...args], { encoding: 'utf8', input })
  const capture = (name: string) => join(ROOT, 'fixtures/kernel', name)

  it('findings.mjs tells them, with an exit code', () => {
    const { status, stdout } = run('findings.mjs', [capture('close-wait-pile.pcap')])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^error: .*CLOSE_WAIT.*\(close-wait-leak\)$/m)
    const missing = run('findings.mjs', ['/nowhere'])
    expect([missing.status, missing.stderr]).toEqual([3, '/nowhere: no such file: check the path\n'])
  })

  it('states.mjs tells them while they pass', () => {
    const { status, stdout } = run('states.mjs', [], readFileSync(capture('refused.pcap')))
    expect(status).toBe(0)
    expect(stdout).toMatch(/ 10\.9\.0\.2:\d+ SYN_SENT \(sent\)$/m)
    expect(stdout).toMatch(/ not \w+, still \w+ \(\w+\)$/m)
  })

  it('slowest-handshakes.ts compiles and tells the slowest first', () => {
    const compiled = ts.transpileModule(
      readFileSync(join(ROOT, 'examples/library/slowest-handshakes.ts'), 'utf8'),
      {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      },
    )
    const text = compiled.outputText.replace("'tcpaudit'", "'./dist/index.js'")
    const args = ['--input-type=module', '--eval', text, '--', 'fixtures/kernel/close-wait-pile.pcap']
    // Of a program that is given as text, arguments begin one place earlier.
    const shifted = args.map((word) => (word === text ? text.replace('slice(2)', 'slice(1)') : word))
    const stdout = execFileSync(process.execPath, shifted, { cwd: ROOT, encoding: 'utf8' })
    const times = stdout.trimEnd().split('\n').map(Number.parseFloat)
    expect(times).toEqual([...times].sort((one, other) => other - one))
    expect(times).toHaveLength(5)
  })
})
