import { describe, expect, it } from 'vitest'
import { findingPage } from '../../src/screen/finding-page.ts'
import type { LiveSnapshot } from '../../src/screen/live-snapshot.ts'
import { plainStyle } from '../support/report-builder.ts'
import { LEAK } from '../support/witnessed-finding.ts'

/** What of a snapshot the page looks at. */
const SNAPSHOT: Pick<LiveSnapshot, 'findings' | 'now' | 'epoch'> = { findings: [LEAK], now: 2e9, epoch: 0n }

describe('the page of a finding about this machine', () => {
  it('names the process and the counters, and lets no name move the terminal', () => {
    const lines = findingPage(LEAK.id, SNAPSHOT as LiveSnapshot, plainStyle(120))
    expect(lines).toContain('held by ng\\x1b[31minx[1234], 12 sockets')
    expect(lines).toContain('this host’s kernel counted 3 ListenOverflows, no ListenDrops since the start')
  })
})
