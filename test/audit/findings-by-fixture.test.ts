import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { FIXTURES } from '../support/capture-files.ts'
import { ROOT } from '../support/project-root.ts'
import { wordingComplaints } from '../support/rule-verdict.ts'

/** What all rules together find in each recording: `recording: rule, severity, confidence, connections`. */
const LIST = join(ROOT, 'test/audit/findings-by-fixture.txt')

const FOLDER = join(FIXTURES, 'kernel')

interface Recording {
  readonly findings: readonly Finding[]
  readonly packets: number
}

const recordings = new Map<string, Recording>()

beforeAll(async () => {
  for (const file of readdirSync(FOLDER).sort()) {
    const [, name] = /^(.+)\.pcap(?:\.gz)?$/.exec(file) ?? []
    if (name === undefined) continue
    const source = await openCapture(join(FOLDER, file))
    const { findings, capture } = await auditCapture(source, { onConnection: () => {} })
    await source.close()
    recordings.set(name, { findings, packets: capture.packets })
  }
})

function linesOf(name: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [`${name}: nothing`]
  const counts = new Map<string, { findings: number; count: number }>()
  for (const { rule, severity, confidence, count, explainedBy } of findings) {
    const cause = explainedBy === null ? '' : `, explained by ${explainedBy.replace(/:.*/, '')}`
    const key = `${name}: ${rule}, ${severity}, ${confidence}${cause}`
    const before = counts.get(key) ?? { findings: 0, count: 0 }
    counts.set(key, { findings: before.findings + 1, count: before.count + count })
  }
  return [...counts]
    .map(
      ([key, { findings: number, count }]) =>
        `${key}, ${count}${number === 1 ? '' : ` in ${number} findings`}`,
    )
    .sort()
}

describe('all rules over every recording', () => {
  it('find what is listed, no more and no less', () => {
    const found = [...recordings].flatMap(([name, { findings }]) => linesOf(name, findings))
    if (process.env['TCPAUDIT_ACCEPT'] === '1') writeFileSync(LIST, `${found.join('\n')}\n`)
    const listed = readFileSync(LIST, 'utf8').trimEnd().split('\n')
    const difference = [
      ...listed.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
      ...found.filter((line) => !listed.includes(line)).map((line) => `+ ${line}`),
    ]
    expect(difference, 'npm run test:update accepts this').toEqual([])
  })

  it('have words for all of it', () => {
    const wrong = [...recordings].flatMap(([name, { findings }]) =>
      findings.flatMap((finding) =>
        wordingComplaints(finding).map((text) => `${name}: ${finding.rule}: ${text}`),
      ),
    )
    expect(wrong).toEqual([])
  })

  it('give each finding a name of its own, and causes that are there', () => {
    for (const [name, { findings }] of recordings) {
      const ids = findings.map(({ id }) => id)
      expect(new Set(ids).size, name).toBe(ids.length)
      const causes = findings.flatMap(({ explainedBy }) => explainedBy ?? [])
      expect(ids, name).toEqual(expect.arrayContaining(causes))
    }
  })

  it('name only packets that are there, as evidence', () => {
    for (const [name, { findings, packets }] of recordings) {
      for (const { evidence, rule } of findings) {
        for (const { packet, time } of evidence) {
          expect(packet, `${name}: ${rule}`).toBeGreaterThan(0)
          expect(packet, `${name}: ${rule}`).toBeLessThanOrEqual(packets)
          expect(Number.isFinite(time), `${name}: ${rule}`).toBe(true)
        }
      }
    }
  })
})
