import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIXTURES } from '../support/capture-files.ts'
import { runMain } from '../support/run-cli.ts'

const FOLDER = join(FIXTURES, 'regressions')
const REPORTS = [
  [],
  ['--all'],
  ['--json'],
  ['--vlan'],
  ['--as-of', '+0.5'],
  ['--connection', '1'],
  ['--ndjson'],
]

/** What would move the cursor, recolour, reorder or ring. */
const ACTS_ON_TERMINALS = /[^\n\P{Cc}]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

describe('a capture that was once a trouble, or is made to be one', () => {
  it.each(readdirSync(FOLDER))('%s: a report or one line', async (name) => {
    for (const report of REPORTS) {
      const { code, stdout, stderr } = await runMain(['file', join(FOLDER, name), ...report, '--no-color'])
      expect([0, 3, 4], `${report}: ${stderr}`).toContain(code)
      expect(stderr, String(report)).toMatch(code === 0 ? /^$/ : /^tcpaudit: [^\n]+\n$/)
      expect(stdout + stderr, String(report)).not.toMatch(ACTS_ON_TERMINALS)
    }
  })
})
