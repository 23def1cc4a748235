import { join } from 'node:path'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { auditCapture } from '../../src/cli/audit-capture.ts'
import { findingsSection } from '../../src/report/findings-section.ts'
import { FIXTURES } from '../support/capture-files.ts'

const source = await openCapture(join(FIXTURES, 'kernel/refused.pcap'))
const { capture, findings } = await auditCapture(source, { onConnection: () => {} })
await source.close()
const [refused] = findings as [Finding]

/** Findings like one that was made, under names of their own. */
function copies(count: number, changes: (index: number) => Partial<Finding> = () => ({})): Finding[] {
  return Array.from({ length: count }, (_, index) => ({ ...refused, id: `copy:${index}`, ...changes(index) }))
}

function section(those: readonly Finding[], all = false): string {
  const style = { width: 200, rows: 40, colors: picocolors.createColors(false) }
  return [...findingsSection({ findings: those, capture, all }, style)].join('')
}

const listed = (text: string) => text.split('\n').filter((line) => /^[✖▲●○]/.test(line)).length

describe('the findings of the first screen', () => {
  it('are three of one rule, so that it does not hide the others; the rest is counted', () => {
    const text = section([
      ...copies(20),
      {
        ...refused,
        id: 'other',
        rule: 'challenge-ack',
        message: 'challenged',
        data: { cause: 'syn', challenges: 1, unanswered: 0, outcome: 'lived' },
        evidence: [],
      },
    ])
    expect(listed(text)).toBe(4)
    expect(text).toContain('21 findings: ')
    expect(text).toContain('and 17 more findings (17 handshake-refused): --all shows them')
  })

  it('are all of them with --all, and where the rest would be one', () => {
    expect(listed(section(copies(20), true))).toBe(20)
    const four = section(copies(4))
    expect(listed(four)).toBe(4)
    expect(four).not.toContain('more finding')
  })

  it('stand under what explains them, and are not counted among the rest', () => {
    const explained = copies(10, (index) => (index === 0 ? {} : { explainedBy: 'copy:0' }))
    const text = section(explained)
    expect(listed(text)).toBe(1)
    expect(text.match(/explains: /g)?.length).toBe(3)
    expect(text).toContain('explains 6 more findings')
    expect(text).not.toContain('--all shows')
  })

  it('are the gravest', () => {
    const text = section(copies(20, (index) => ({ severity: index === 15 ? 'critical' : 'notice' })))
    expect(text.split('\n')[1]).toContain('✖ critical')
  })
})
