import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/project-root.ts'

const FOLDERS = ['.', 'docs', 'docs/rules', 'fixtures', 'bench']

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

const documents = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file)),
)

/** Where the links of a Markdown text lead, without those to other places of the net. */
function links(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors that GitHub gives a text's headings. */
function anchors(markdown: string): string[] {
  const headings = markdown.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Paths in `code` that begin with a folder of the project. */
function paths(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/`((?:src|test|fixtures|docs|examples|scripts|bin|bench|\.ci)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  )
}

describe.each(documents)('%s', (document) => {
  const text = read(document)

  it('links to what is there', () => {
    const broken = links(text).filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? document : join(dirname(document), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchors(read(target)).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('names files that are there', () => {
    // Measured, not committed; and of which there is one for each rule.
    const isMade = (path: string) => path.startsWith('bench/data') || /\bID\.(ts|md)$/.test(path)
    expect(paths(text).filter((path) => !isMade(path) && !existsSync(join(ROOT, path)))).toEqual([])
  })
})

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md')
  const stages = readdirSync(join(ROOT, 'src')).filter((name) => {
    const path = join(ROOT, 'src', name)
    return statSync(path).isDirectory() && readdirSync(path).length > 0
  })

  it.each(stages)('says what src/%s does and may not', (folder) => {
    const [, paragraph = ''] = text.split(`\n### ${folder}/`)
    const [own = ''] = paragraph.split('\n#')
    expect(own).toContain('**Does**')
    expect(own).toContain('**May not**')
  })

  it('has every file of src/tracker on its map', () => {
    const files = readdirSync(join(ROOT, 'src/tracker'))
    expect(files.filter((file) => !text.includes(`\`${file}\``))).toEqual([])
  })

  it('has no file on its map that is gone', () => {
    const files = new Set(readdirSync(join(ROOT, 'src'), { recursive: true }).map((path) => String(path)))
    const names = new Set([...files].map((path) => path.split('/').at(-1)))
    const named = [...text.matchAll(/`([a-z0-9-]+\.ts)`/g)].map(([, name]) => name)
    expect(named.filter((name) => !names.has(name))).toEqual([])
  })
})

describe('fixtures/README.md', () => {
  it('has a row for every capture, and no other', () => {
    const [, table = ''] = read('fixtures/README.md').split(
      /<!-- table: written by record -->|<!-- end of table -->/,
    )
    const rows = [...table.matchAll(/^\| ([a-z0-9-]+) \|/gm)].map(([, name]) => name)
    const captures = readdirSync(join(ROOT, 'fixtures/kernel')).filter((file) => /\.pcap(\.gz)?$/.test(file))
    expect(rows.slice(1).sort()).toEqual(captures.map((file) => file.replace(/\.pcap(\.gz)?$/, '')).sort())
  })
})

describe('what is generated', () => {
  it('is what the lists in the code say', () => {
    execFileSync(process.execPath, ['scripts/generate.js', '--check'], { cwd: ROOT, stdio: 'pipe' })
  })
})

describe('the check itself', () => {
  it('finds links, but not those in code or to the net', () => {
    const text = '[a](b.md) `[c](d.md)` [e](https://f.example) [g](#h)\n```\n[i](j.md)\n```\n'
    expect(links(text)).toEqual(['b.md', '#h'])
  })

  it('knows the anchors of headings', () => {
    expect(anchors('# One, two\n```\n# no\n```\n## `x`: y-z')).toEqual(['one-two', 'x-y-z'])
  })

  it('finds paths', () => {
    expect(paths('see `src/tracker/` and `test/a.ts`, not `dist/x`')).toEqual(['src/tracker/', 'test/a.ts'])
  })
})
