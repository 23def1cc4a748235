import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FIXTURES } from '../support/capture-files.ts'
import { junitComplaints, sarifComplaints } from '../support/foreign-schemas.ts'
import { runMain } from '../support/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-formats-'))
afterAll(() => rmSync(folder, { recursive: true }))
copyFileSync(join(FIXTURES, 'kernel/refused.pcap'), join(folder, 'refused.pcap'))
writeFileSync(join(folder, 'refused.expect.yaml'), 'connections: 3\noutcomes:\n  refused: 2\n')

async function check(...args: string[]) {
  return runMain(['check', '--no-config', folder, ...args])
}

describe('check --format', () => {
  it('junit is as Jenkins’s schema says', async () => {
    const { code, stdout } = await check('--format', 'junit')
    expect(code).toBe(1)
    expect(await junitComplaints(stdout)).toEqual([])
    expect(stdout).toContain('<testsuites name="tcpaudit check" tests="2" failures="1" errors="0">')
    expect(stdout).toContain('<failure message="expected 3, seen 2"')
  })

  it('sarif is as the schema of SARIF 2.1.0 says', async () => {
    const { code, stdout } = await check('--format', 'sarif')
    expect(code).toBe(1)
    expect(sarifComplaints(stdout)).toEqual([])
    const [result] = JSON.parse(stdout).runs[0].results
    expect(result.ruleId).toBe('connections')
    expect(result.locations[0].physicalLocation.region).toEqual({ startLine: 1 })
  })

  it('github is an error at the line', async () => {
    const { code, stdout } = await check('--format', 'github')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^::error file=[^,]*refused\.expect\.yaml,line=1,title=[^:]*refused\.pcap%3A connections::expected: 3%0A/,
    )
  })

  it('markdown has a row for it', async () => {
    const { code, stdout } = await check('--format', 'markdown')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^\| connections \| 3 \| 2 \| .*refused\.expect\.yaml:1 \|/m)
  })

  it('writes to the file of -o, and tells people on standard output', async () => {
    const file = join(folder, 'report.xml')
    const { code, stdout } = await check('--format', 'junit', '-o', file)
    expect(code).toBe(1)
    expect(await junitComplaints(readFileSync(file, 'utf8'))).toEqual([])
    expect(stdout).toContain('1 of 1 capture not as expected')
    expect(stdout).not.toContain('<testsuites')
    expect((await check('--format', 'junit', '-o', file, '--quiet')).stdout).toBe('')
  })

  it('writes a table to the file of -o alone', async () => {
    const file = join(folder, 'report.txt')
    expect((await check('-o', file)).stdout).toBe('')
    expect(readFileSync(file, 'utf8')).toContain('1 of 1 capture not as expected')
  })

  it('does not overwrite what it reads', async () => {
    const file = join(folder, 'refused.expect.yaml')
    const { code, stderr } = await check('--format', 'junit', '-o', file)
    expect(code).toBe(2)
    expect(stderr).toContain('is one of the files that are read')
    expect(readFileSync(file, 'utf8')).toContain('connections: 3')
  })

  it.each([
    ['jnuit', 'did you mean junit?'],
    ['zeek', 'give table, json, junit, sarif, github or markdown'],
  ])('knows no %s', async (format, next) => {
    const { code, stderr } = await check('--format', format, '-o', join(folder, 'none'))
    expect(code).toBe(2)
    expect(stderr).toBe(`tcpaudit: --format knows no '${format}': ${next}\n`)
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})
