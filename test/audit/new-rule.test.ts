import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'

/** What scripts/new-rule.js writes for a rule of that scope, by path. */
function scaffolded(scope: string): Map<string, string> {
  const script = `
    import { newRuleFiles } from './scripts/new-rule-files.js'
    const rule = { id: 'brand-new', scope: '${scope}', category: 'open', severity: 'notice', since: '0.2.0' }
    console.log(JSON.stringify(newRuleFiles(rule)))`
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT })
  return new Map(Object.entries(JSON.parse(text.toString())))
}

/** What the compiler says of files as if they lay in the project. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const texts = new Map([...files].map(([path, text]) => [join(ROOT, path), text]))
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path)
    return text === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version, true)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)
    const found = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)]
    return found.map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  })
}

describe.each(['connection', 'host', 'capture'])('a new rule of scope %s', (scope) => {
  const files = scaffolded(scope)

  it('has a file, words, cases and a page', () => {
    expect([...files.keys()]).toEqual([
      'src/audit/rules/brand-new.ts',
      'src/report/wording/brand-new.ts',
      'test/audit/rules/brand-new.ts',
      'docs/rules/brand-new.md',
    ])
  })

  it('compiles', () => {
    expect(complaints(new Map([...files].filter(([path]) => path.endsWith('.ts'))))).toEqual([])
  })

  it('says on its page what is to be written', () => {
    const page = files.get('docs/rules/brand-new.md') ?? ''
    expect(page.match(/^## .*$/gm)).toHaveLength(3)
    expect(page).toContain('TODO')
  })
})
