import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { IterableInput } from '../../src/capture/iterable-input.ts'
import { openInput } from '../../src/capture/open-capture.ts'
import { auditSteps } from '../../src/cli/audit-capture.ts'
import { audit } from '../../src/index.ts'
import { importedBy, sourceFiles } from '../parity/source-file.ts'
import { ROOT } from '../support/project-root.ts'
import { crowd } from './crowd.ts'

const COUNT = 5000

describe('an audit goes at its reader’s pace', () => {
  it('asks for no more bytes than it needs for the next event', async () => {
    let pieces = 0
    let before = 0
    let most = 0
    let connections = 0
    for await (const { type } of audit(crowd(COUNT, () => pieces++))) {
      most = Math.max(most, pieces - before)
      before = pieces
      if (type === 'connection') connections++
      // A reader that takes its time.
      if (connections === 0 && pieces % 1000 === 0) await setTimeout(5)
    }
    expect([connections, pieces]).toEqual([COUNT, COUNT])
    // One that is worked on, one that is read ahead.
    expect(most).toBeLessThanOrEqual(2)
  })

  it('hands out the connections that are left in the end some at a time', async () => {
    const source = await openInput(
      'crowd',
      new IterableInput(
        crowd(COUNT, () => {}),
        'crowd',
      ),
    )
    let left = 0
    const perStep: number[] = []
    const run = auditSteps(source, { onConnection: () => left++ })
    while ((await run.next()).done !== true) {
      perStep.push(left)
      left = 0
    }
    expect(Math.max(...perStep, left)).toBeLessThanOrEqual(1024)
    expect(perStep.reduce((sum, count) => sum + count, left)).toBe(COUNT)
  })

  it('gives others of the process their turn, though nothing of it waits', async () => {
    const records: Uint8Array[] = []
    for await (const piece of crowd(COUNT, () => {})) records.push(piece)
    const bytes = Buffer.concat(records)
    let isOver = false
    let turns = 0
    const others = (async () => {
      while (!isOver) {
        await setImmediate()
        turns++
      }
    })()
    for await (const _ of audit(bytes, { events: ['end'] }));
    isOver = true
    await others
    expect(turns).toBeGreaterThan(2)
  })
})

describe('the library', () => {
  it('prints nothing and leaves the process as it is', () => {
    const program = `
      import { audit, auditReport } from './dist/index.js'
      const before = [...process.eventNames()].join()
      for (const capture of ['fixtures/kernel/refused.pcap', 'README.md', '/nowhere']) {
        await auditReport(capture).catch(() => {})
        try { for await (const event of audit(capture)); } catch {}
      }
      if ([...process.eventNames()].join() !== before) throw new Error('it listens to the process')`
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    )
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })

  it('loads no command of the command line, and none of the packages that are for it', () => {
    const files = new Map(sourceFiles('src').map((file) => [file.path, file]))
    const loaded = new Set<string>()
    const packages = new Set<string>()
    const load = (path: string): void => {
      const file = files.get(path)
      if (file === undefined || loaded.has(path)) return
      loaded.add(path)
      for (const specifier of importedBy(file)) {
        if (specifier.startsWith('.')) load(posix.join(posix.dirname(path), specifier))
        else if (!specifier.startsWith('node:')) packages.add(specifier)
      }
    }
    load('src/index.ts')
    expect([...loaded].filter((path) => path.startsWith('src/cli/commands/'))).toEqual([])
    expect(loaded).toContain('src/library/audit.ts')
    // yaml and picocolors are imported as types, or when there is a file to read.
    expect([...packages].filter((name) => ['commander', 'cli-table3'].includes(name))).toEqual([])
    const exits = [...loaded].filter((path) =>
      /process\.exit\b|process\.exitCode|console\./.test(
        readFileSync(path, 'utf8').replace(/^ *\*.*$/gm, ''),
      ),
    )
    expect(exits).toEqual([])
  })
})
