import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCaptures, newExpectationFile, toCheck } from '../../src/cli/check/find-captures.ts'
import { isAvailable } from '../support/availability.ts'
import { ROOT } from '../support/project-root.ts'

const CAPTURE = join(ROOT, 'fixtures/kernel/refused.pcap')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpaudit-find-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Makes files: captures, and for the rest what says nothing. */
function make(...names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    if (/expect|txt|json$/.test(name)) writeFileSync(path, 'connections: 1\n')
    else copyFileSync(CAPTURE, path)
  }
}

const short = (path: string | null): string => (path === null ? '-' : relative(folder, path))

/** `capture < file`, or what is wrong with it. */
function found(...paths: readonly string[]): { pairs: string[]; unchecked: string[] } {
  const checked = toCheck(findCaptures(paths.map((path) => join(folder, path))))
  const pairs = checked.found.map(({ capture, expectationFile, problem }) =>
    problem === null
      ? `${short(capture)} < ${short(expectationFile)}`
      : `${problem.exitCode} ${problem.message.replaceAll(`${folder}/`, '').replaceAll(folder, '.')}`,
  )
  return { pairs, unchecked: checked.unchecked.map(short) }
}

describe('captures in a folder', () => {
  it('come in the order of names, folders where their names stand, each with its own file', () => {
    make(
      'b.pcap',
      'b.expect.yaml',
      'a/z.pcapng',
      'a/z.expect.json',
      'C.pcap',
      'C.expect.yml',
      'a.pcap',
      'a.expect.yaml',
    )
    make('.hidden/h.pcap', '.hidden/h.expect.yaml', 'node_modules/n.pcap', 'node_modules/n.expect.yaml')
    expect(found('.')).toEqual({
      pairs: [
        'C.pcap < C.expect.yml',
        'a/z.pcapng < a/z.expect.json',
        'a.pcap < a.expect.yaml',
        'b.pcap < b.expect.yaml',
      ],
      unchecked: [],
    })
  })

  it('are known by their names, or by how they begin', () => {
    make(
      'ring.pcap12',
      'old.cap',
      'noname',
      'packed.pcap.gz',
      'notes.txt',
      'report.json',
      'tcpaudit.expect.yaml',
    )
    expect(found('.').pairs).toEqual([
      'noname < tcpaudit.expect.yaml',
      'old.cap < tcpaudit.expect.yaml',
      'packed.pcap.gz < tcpaudit.expect.yaml',
      'ring.pcap12 < tcpaudit.expect.yaml',
    ])
  })

  it('have the file of the longest part of their name', () => {
    make('d.pcap', 'd.pcap.gz', 'd.pcapng', 'd.expect.yaml', 'd.pcapng.expect.yaml', 'd.pcap.gz.expect.yaml')
    expect(found('.').pairs).toEqual([
      'd.pcap < d.expect.yaml',
      'd.pcap.gz < d.pcap.gz.expect.yaml',
      'd.pcapng < d.pcapng.expect.yaml',
    ])
  })

  it('without a file of their own have that of the nearest folder, not beyond the one that was named', () => {
    make(
      'tcpaudit.expect.yaml',
      'x/a.pcap',
      'x/y/tcpaudit.expect.yml',
      'x/y/b.pcap',
      'x/y/c.pcap',
      'x/y/c.expect.yaml',
    )
    expect(found('.').pairs).toEqual([
      'x/a.pcap < tcpaudit.expect.yaml',
      'x/y/b.pcap < x/y/tcpaudit.expect.yml',
      'x/y/c.pcap < x/y/c.expect.yaml',
    ])
    expect(found('x')).toEqual({
      pairs: ['x/y/b.pcap < x/y/tcpaudit.expect.yml', 'x/y/c.pcap < x/y/c.expect.yaml'],
      unchecked: ['x/a.pcap'],
    })
  })

  it('of none of which anything is expected are an error, and so is a folder without any', () => {
    make('a.pcap', 'b.pcap', 'none/readme.txt')
    expect(found('.')).toEqual({
      pairs: [
        "2 .: nothing is expected of any of its 2 captures: 'tcpaudit check --init .' writes what to begin with",
      ],
      unchecked: [],
    })
    expect(found('none').pairs).toEqual(['2 none: there is no capture in it: name a folder with captures'])
  })

  it('are missed by a file whose capture is gone', () => {
    make('a.pcap', 'a.expect.yaml', 'gone.expect.yaml')
    expect(found('.').pairs).toEqual([
      'a.pcap < a.expect.yaml',
      '2 gone.expect.yaml: there is no capture gone.pcap or the like beside it: put it there, or remove the file',
    ])
  })

  it('may not have two files', () => {
    make('a.pcap', 'a.expect.yaml', 'a.expect.json')
    expect(found('.').pairs).toEqual([
      '2 a.pcap: there are a.expect.yaml and a.expect.json: remove one of them',
    ])
  })

  it('are followed through links to files, not to folders, which may lead back', () => {
    make('real/a.pcap', 'real/a.expect.yaml')
    symlinkSync(folder, join(folder, 'real/back'))
    symlinkSync(join(folder, 'real/a.pcap'), join(folder, 'linked.pcap'))
    make('linked.expect.yaml')
    expect(found('.').pairs).toEqual(['linked.pcap < linked.expect.yaml', 'real/a.pcap < real/a.expect.yaml'])
  })
})

const isRoot = process.getuid?.() === 0

describe.runIf(isAvailable('root, to become another user', isRoot))(
  'a folder that this user may not list',
  () => {
    it('is told, and what is beside it is found', async () => {
      make('a.pcap', 'a.expect.yaml', 'shut/b.pcap')
      chmodSync(folder, 0o755)
      chmodSync(join(folder, 'shut'), 0o700)
      const module = pathToFileURL(join(ROOT, 'dist/cli/check/find-captures.js')).href
      const script = `const { findCaptures, toCheck } = await import('${module}')
process.setgroups([]); process.setgid(65534); process.setuid(65534)
const { found } = toCheck(findCaptures(['${folder}']))
console.log(JSON.stringify(found.map(({ problem, expectationFile }) => problem?.message ?? expectationFile)))`
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
      expect(JSON.parse(stdout)).toEqual([
        join(folder, 'a.expect.yaml'),
        `${join(folder, 'shut')}: permission denied: let this user list it, or name other folders`,
      ])
    })
  },
)

describe('a capture that is named', () => {
  it('has its own file, or that of its folder', () => {
    make('a.pcap', 'a.expect.yaml', 'b.pcap', 'tcpaudit.expect.yaml')
    expect(found('b.pcap', 'a.pcap').pairs).toEqual([
      'b.pcap < tcpaudit.expect.yaml',
      'a.pcap < a.expect.yaml',
    ])
  })

  it('is an error where nothing is expected of it', () => {
    make('a.pcap')
    expect(found('a.pcap').pairs).toEqual([
      "2 a.pcap: nothing is expected of it: 'tcpaudit check --init a.pcap' writes a.expect.yaml",
    ])
  })

  it('may be named by its file, and twice', () => {
    make('a.pcap', 'a.expect.yaml', 'gone.expect.yaml')
    expect(found('a.expect.yaml', 'a.pcap', '.').pairs).toEqual([
      'a.pcap < a.expect.yaml',
      '2 gone.expect.yaml: there is no capture gone.pcap or the like beside it: put it there, or remove the file',
    ])
  })

  it('may not be there', () => {
    expect(found('no.pcap').pairs).toEqual([
      '3 no.pcap: no such file: name a capture, or a folder with captures',
    ])
  })
})

it('the file that is written is called by the capture alone', () => {
  expect(['d.pcap', 'x/d.pcap.gz', 'd.v2.pcapng.zst', 'noname'].map(newExpectationFile)).toEqual([
    'd.expect.yaml',
    'x/d.expect.yaml',
    'd.v2.expect.yaml',
    'noname.expect.yaml',
  ])
})
