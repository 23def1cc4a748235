import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/audit/rules/index.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import type { CheckDocument } from '../../src/check/check-document.ts'
import { ExpectationWatch } from '../../src/check/expectation-watch.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { loadExpectations } from '../../src/cli/check/load-expectations.ts'
import { isAvailable } from '../support/availability.ts'
import { ROOT } from '../support/project-root.ts'
import { runCli } from '../support/run-cli.ts'

describe('what is recorded', () => {
  it('is as its expectations say, all of it', async () => {
    const { code, stdout, stderr } = await runCli([
      'check',
      'fixtures/kernel',
      'fixtures/dialogues',
      '--json',
    ])
    const { captures, unchecked, summary } = JSON.parse(stdout) as CheckDocument
    const failed = captures.filter(({ passed }) => !passed)
    expect(failed, 'tcpaudit check fixtures/kernel says more').toEqual([])
    expect({ code, stderr, unchecked }).toEqual({ code: 0, stderr: '', unchecked: [] })
    const recorded = ['kernel', 'dialogues'].flatMap((folder) =>
      readdirSync(join(ROOT, 'fixtures', folder)).filter((name) => /\.pcap(\.gz)?$/.test(name)),
    )
    expect(summary.captures).toBe(recorded.length)
    // Three at least of each: nothing graver, connections, how often sent again.
    expect(summary.assertions).toBeGreaterThan(3 * recorded.length)
  })
})

describe('the expectations that --update writes', () => {
  it('are not met by nine in ten other recordings', async () => {
    const folder = join(ROOT, 'fixtures/kernel')
    const captures = readdirSync(folder).filter((name) => /\.pcap(\.gz)?$/.test(name))
    const files = captures.map((name) => join(folder, name.replace(/\.pcap(\.gz)?$/, '.expect.yaml')))
    const all = await Promise.all(files.map((file) => loadExpectations(file, RULES)))
    const counts = { met: 0, held: 0 }
    // Every fifth recording, to all files but its own.
    for (let at = 0; at < captures.length; at += 5) {
      const watches = all.map((expectations) => new ExpectationWatch(expectations))
      const source = await openCapture(join(folder, captures[at] ?? ''))
      const result = await auditCapture(source, {
        onConnection: () => {},
        subscribe: (events) => {
          for (const watch of watches) watch.subscribe(events)
        },
      })
      await source.close()
      for (const [index, watch] of watches.entries()) {
        const isMet = [...watch.assertions({ ...result, moment: null, command: undefined })].every(
          ({ passed }) => passed,
        )
        if (index === at) expect(isMet, captures[at]).toBe(true)
        else {
          counts.held++
          if (isMet) counts.met++
        }
      }
    }
    expect(counts.held).toBeGreaterThan(10_000)
    expect(counts.met / counts.held).toBeLessThan(0.1)
  })
})

/** Scenarios that do not race a timer of the kernel, and are over in a moment. */
const QUICK = [
  'orderly-close-by-server',
  'refused',
  'forged-rst-exact',
  'half-close-with-data',
  'close-with-unread-data',
  'time-wait-reused',
]

const isRoot = process.getuid?.() === 0

describe.runIf(isAvailable('root, to record anew between real sockets', isRoot))('recorded again', () => {
  it('is as the expectations say that were written from the first recording', async () => {
    const { stdout } = await promisify(execFile)('python3', ['fixtures/record', '--again', ...QUICK], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '200' },
    })
    for (const name of QUICK) {
      expect(stdout).toContain(`recorded ${name}\n`)
      expect(stdout).toMatch(new RegExp(`✔ .*/${name}(-near|-far)?\\.pcap: \\d+ expectations met\n`))
    }
  })
})
