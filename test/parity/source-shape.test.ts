import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { type SourceFile, sourceFiles, visit } from './source-file.ts'

const MAX_LINES = 400

/** A rule's file is its default export, and so is its wording's; elsewhere a name is given once, where the thing is defined. */
const MAY_EXPORT_DEFAULT = /^src\/(audit\/rules|report\/wording)\/(?!index\.ts$)[^/]+\.ts$/

const VAGUE_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc']

function complaints(file: SourceFile): string[] {
  const found: string[] = []
  const lines = file.text.split('\n').length - 1
  if (lines > MAX_LINES) found.push(`${lines} lines, ${MAX_LINES} at most`)
  const names = file.path.split('/').map((part) => posix.basename(part, '.ts'))
  for (const name of names) {
    if (VAGUE_NAMES.includes(name)) found.push(`${name} says nothing about what is in it`)
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) found.push(`${name} is not kebab-case`)
  }
  visit(file, (node) => {
    if (ts.isEnumDeclaration(node)) found.push(`enum ${node.name.text}`)
    if (ts.isModuleDeclaration(node)) found.push(`namespace ${node.name.getText()}`)
    if (isDefaultExport(node) && !MAY_EXPORT_DEFAULT.test(file.path)) found.push('default export')
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push('any')
  })
  return found
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(isDefaultKeyword)
}

function isDefaultKeyword(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.DefaultKeyword
}

describe('files of src', () => {
  it.each(sourceFiles('src').map((file) => [file.path, file] as const))('%s', (_path, file) => {
    expect(complaints(file)).toEqual([])
  })
})

describe('the check itself', () => {
  const PATH = 'src/tracker/sequence.ts'

  it.each([
    ['an enum', PATH, 'export enum State { A }', 'enum State'],
    ['a const enum', PATH, 'const enum State { A }', 'enum State'],
    ['a namespace', PATH, 'export namespace N { export const a = 1 }', 'namespace N'],
    ['a default export', PATH, 'export default 1', 'default export'],
    ['a default function', PATH, 'export default function f() {}', 'default export'],
    ['a renamed default export', PATH, 'const a = 1\nexport { a as default }', 'default export'],
    ['any', PATH, 'export function f(value: any) {}', 'any'],
    ['a file too long', PATH, '\n'.repeat(MAX_LINES + 1), `${MAX_LINES + 1} lines, ${MAX_LINES} at most`],
    ['a vague name', 'src/tracker/utils.ts', '', 'utils says nothing about what is in it'],
    ['a name in camel case', 'src/tracker/flowTable.ts', '', 'flowTable is not kebab-case'],
    ['a default export of the index', 'src/audit/rules/index.ts', 'export default []', 'default export'],
  ])('finds %s', (_name, path, text, complaint) => {
    expect(complaints({ path, text })).toEqual([complaint])
  })

  it('lets a rule file export its rule as default', () => {
    expect(complaints({ path: 'src/audit/rules/syn-flood.ts', text: 'export default {}' })).toEqual([])
  })

  it('accepts a file of the greatest length', () => {
    expect(complaints({ path: PATH, text: '\n'.repeat(MAX_LINES) })).toEqual([])
  })
})
