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

async function tryReport(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runMain(['file', ...args, '--no-color'])
  expect([0, 3, 4], `${args}: ${stderr}`).toContain(code)
  expect(stderr, String(args)).toMatch(code === 0 ? /^$/ : /^(?:tcpaudit: [^\n]+\n){1,2}$/)
  expect(stdout + stderr, String(args)).not.toMatch(ACTS_ON_TERMINALS)
}

describe('a capture that was once a trouble, or is made to be one', () => {
  it.each(readdirSync(FOLDER))('%s: a report or one line', async (name) => {
    for (const report of REPORTS) {
      await tryReport([join(FOLDER, name), ...report])
    }
    await tryReport([join(FOLDER, name), join(FOLDER, name), '--json'])
  })
})
