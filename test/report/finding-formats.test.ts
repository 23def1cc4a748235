import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { captureFiles, FIXTURES } from '../support/capture-files.ts'
import { sarifComplaints } from '../support/foreign-schemas.ts'
import { elements, githubHtml } from '../support/github-markdown.ts'
import { runMain } from '../support/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'tcpaudit-findings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CAPTURES = captureFiles(FIXTURES).filter((path) => !path.includes('regressions'))

async function printed(format: string, ...captures: string[]): Promise<string> {
  const { code, stdout, stderr } = await runMain(['file', '--no-config', '--format', format, ...captures])
  expect({ code: code === 4 ? 0 : code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

async function findingsOf(...captures: string[]) {
  return JSON.parse(await printed('json', ...captures)).findings
}

describe('--format sarif', () => {
  it.each(CAPTURES)('%s: is valid, and has a result for each finding', async (path) => {
    const text = await printed('sarif', path)
    expect(sarifComplaints(text)).toEqual([])
    const { results } = JSON.parse(text).runs[0]
    const findings = await findingsOf(path)
    type Result = { ruleId: string; properties: { severity: string }; relatedLocations?: object[] }
    type Told = { rule: string; severity: string; evidence: object[] }
    expect(
      results.map(({ ruleId, properties, relatedLocations = [] }: Result) => [
        ruleId,
        properties.severity,
        relatedLocations.length,
      ]),
    ).toEqual(findings.map(({ rule, severity, evidence }: Told) => [rule, severity, evidence.length]))
  })

  it('names the capture of each packet, percent-encoded', async () => {
    const path = join(folder, 'a b%.pcap')
    copyFileSync(join(FIXTURES, 'kernel/refused.pcap'), path)
    const text = await printed('sarif', join(FIXTURES, 'kernel/lost-syn-near.pcap'), path)
    const { results } = JSON.parse(text).runs[0]
    const refused = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'handshake-refused')
    const { uri } = refused.locations[0].physicalLocation.artifactLocation
    expect(uri).toMatch(/^file:\/\/\/.*\/a%20b%25\.pcap$/)
    expect(refused.relatedLocations[0].message.text).toMatch(/^packet 1:\d+: /)
    expect(refused.level).toBe('note')
  })

  it('says that a capture that was cut was not looked at as a whole', async () => {
    const whole = join(FIXTURES, 'kernel/refused.pcap')
    const cut = join(folder, 'cut.pcap')
    writeFileSync(cut, readFileSync(whole).subarray(0, -10))
    const invocations = async (file: string) => {
      const { stdout } = await runMain(['file', '--no-config', '--format', 'sarif', file])
      return JSON.parse(stdout).runs[0].invocations
    }
    expect(await invocations(whole)).toEqual([{ executionSuccessful: true }])
    expect(await invocations(cut)).toEqual([{ executionSuccessful: false }])
  })
})

describe.runIf(isAvailable('cmark-gfm', hasCommand('cmark-gfm')))('--format markdown', () => {
  const SHOWN = [
    'h2',
    'h3',
    'p',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'ul',
    'li',
    'strong',
    'code',
    'br',
  ]

  it.each(CAPTURES)(
    '%s: has no markup but its own, and a row for each finding that no other explains',
    async (path) => {
      const html = githubHtml(await printed('markdown', path))
      expect(elements(html).filter((name) => !SHOWN.includes(name))).toEqual([])
      const findings = await findingsOf(path)
      const leading = findings.filter(
        ({ explainedBy }: { explainedBy?: string }) => explainedBy === undefined,
      )
      const rows = html.split('<tr>').length - html.split('<thead>').length
      expect(rows).toBe(Math.min(leading.length, 100))
    },
  )

  it('begins with what was found, and what of', async () => {
    const text = await printed('markdown', join(FIXTURES, 'kernel/refused.pcap'))
    expect(text.split('\n')[0]).toMatch(/^## 2 findings: 2 notice$/)
    expect(text).toContain('2 connections; capture quality: good')
  })
})
