import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importedBy, type SourceFile, sourceFiles } from './source-file.ts'

/** Data flows down this list; a stage may import from itself and from those above it. */
const STAGES = [
  'capture',
  'decode',
  'live',
  'tracker',
  'host',
  'audit',
  'report',
  'check',
  'evidence',
  'metrics',
  'screen',
  'cli',
  'library',
]

/** The public interface gathers what all stages offer, and no stage may import it. */
const PUBLIC = 'src/index.ts'

function violations(file: SourceFile): string[] {
  const own = stageOf(file.path)
  return importedBy(file).flatMap((specifier) => {
    const complain = (why: string): string[] => [`${file.path} imports ${specifier}: ${why}`]
    if (!specifier.startsWith('.')) return []
    if (!specifier.endsWith('.ts')) return complain('not a .ts file')
    if (specifier.startsWith('../../..')) return complain('three folders up')
    const target = posix.join(posix.dirname(file.path), specifier)
    if (!target.startsWith('src/')) return complain('outside src')
    if (own === 'public') return []
    if (target === PUBLIC) return complain('a stage may not know the public interface')
    const stage = stageOf(target)
    return STAGES.indexOf(stage) > STAGES.indexOf(own) ? complain(`${own} comes before ${stage}`) : []
  })
}

function stageOf(path: string): string {
  if (path === PUBLIC) return 'public'
  const [, stage = ''] = path.split('/')
  if (!STAGES.includes(stage)) throw new Error(`${path} is in none of the stages ${STAGES.join(', ')}`)
  return stage
}

describe('imports of src', () => {
  const files = sourceFiles('src')

  it.each(files.map((file) => [file.path, file] as const))('%s', (_path, file) => {
    expect(violations(file)).toEqual([])
  })

  it('cover every stage that has files', () => {
    expect(files.length).toBeGreaterThan(10)
  })
})

describe('the check itself', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text })

  it.each([
    [
      'an import from a later stage',
      "import { x } from '../tracker/tracker.ts'",
      'decode comes before tracker',
    ],
    [
      'a type import from a later stage',
      "import type { X } from '../cli/main.ts'",
      'decode comes before cli',
    ],
    ['a re-export from a later stage', "export * from '../audit/rule.ts'", 'decode comes before audit'],
    ['an import() type', "type X = import('../report/json.ts').X", 'decode comes before report'],
    ['a dynamic import', "await import('../report/json.ts')", 'decode comes before report'],
    [
      'an import over several lines',
      "import {\n  x,\n} from '../audit/rule.ts'",
      'decode comes before audit',
    ],
    ['the public interface', "import { x } from '../index.ts'", 'may not know the public interface'],
    ['a file outside', "import { x } from '../../test/support/ladder.ts'", 'outside src'],
    ['a path without extension', "import { x } from './segment'", 'not a .ts file'],
    ['a path three folders up', "import { x } from '../../../test/a.ts'", 'three folders up'],
  ])('finds %s', (_name, text, why) => {
    expect(violations(file('src/decode/tcp.ts', text))).toEqual([expect.stringContaining(why)])
  })

  it.each([
    ['its own stage', 'src/decode/tcp.ts', "import { x } from './segment.ts'"],
    ['an earlier stage', 'src/decode/tcp.ts', "import { x } from '../capture/packet-record.ts'"],
    ['a package', 'src/decode/tcp.ts', "import { join } from 'node:path'"],
    ['an import in a comment', 'src/decode/tcp.ts', "// import { x } from '../cli/main.ts'"],
    ['a rule file', 'src/audit/rules/a-rule.ts', "import { x } from '../../tracker/tcp-state.ts'"],
    ['the public interface', PUBLIC, "export * from './cli/main.ts'"],
  ])('allows %s', (_name, path, text) => {
    expect(violations(file(path, text))).toEqual([])
  })
})
