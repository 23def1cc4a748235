import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { CheckDocument } from '../../src/check/check-document.ts'
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
