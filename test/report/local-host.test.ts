import { describe, expect, it } from 'vitest'
import type { Disagreement } from '../../src/host/state-agreement.ts'
import { findingsSection } from '../../src/report/findings-section.ts'
import { jsonReport } from '../../src/report/json.ts'
import { localHostLines } from '../../src/report/local-host-text.ts'
import { ndjsonLine } from '../../src/report/ndjson.ts'
import type { LocalHostFacts, Report } from '../../src/report/report.ts'
import { StreamLines } from '../../src/report/stream-lines.ts'
import { tableReport } from '../../src/report/table.ts'
import { Timestamp } from '../../src/report/timestamp.ts'
import { CLOSED, ESTABLISHED, FIN_WAIT_1, SENT } from '../../src/tracker/tcp-state.ts'
import { validDocument, validLine } from '../support/json-schema.ts'
import { captureFacts, plainStyle, reportOf } from '../support/report-builder.ts'
import { LEAK } from '../support/witnessed-finding.ts'

const DISAGREEMENT: Disagreement = {
  connection: 41,
  role: 'server',
  local: { ipVersion: 4, address: [(10 << 24) | 9, 0, 0, 0], port: 8080 },
  remote: { ipVersion: 4, address: [(10 << 24) | 5, 0, 0, 0], port: 51_324 },
  tracked: ESTABLISHED,
  basis: SENT,
  kernel: FIN_WAIT_1,
  first: 1e9,
  last: 5e9,
  count: 2,
}

const HOST: LocalHostFacts = {
  addresses: ['10.0.0.9'],
  sysctls: [
    { name: 'finTimeout', sysctl: 'net.ipv4.tcp_fin_timeout', value: 17 },
    { name: 'tcpRetries2', sysctl: 'net.ipv4.tcp_retries2', value: 15 },
    { name: 'portRange', sysctl: 'net.ipv4.ip_local_port_range', value: [10_000, 10_999] },
    { name: 'twBuckets', sysctl: 'net.ipv4.tcp_max_tw_buckets', value: 4096 },
  ],
  counters: [{ group: 'TcpExt', name: 'ListenOverflows', count: 12 }],
  absent: [{ what: '/proc/net/snmp', why: 'not there' }],
  agreement: {
    comparisons: 60,
    failed: 0,
    compared: 1234,
    agreed: 1232,
    closed: 100,
    ends: 82,
    moving: 12,
    unsent: 1,
    undecided: 3,
    foreign: 0,
    disagreements: [DISAGREEMENT],
  },
}

const SHOWN = { capture: captureFacts(), all: false }

function linesOf(localHost: LocalHostFacts): string[] {
  return localHostLines({ ...reportOf([]), localHost }, plainStyle(200))
}

describe('a report for people', () => {
  it('says of this host what is unusual, what is missing, and how states compare', () => {
    expect(linesOf(HOST)).toEqual([
      'settings of this host: net.ipv4.tcp_fin_timeout 17 (60 by default), net.ipv4.ip_local_port_range 10000-10999 (32768-60999 by default)',
      'not known of this host: /proc/net/snmp: not there',
      'states held to the kernel’s: 1,232 of 1,234 agree (82 ends in 60 comparisons)',
      'left out of that: 12 in motion, 1 closed without a packet that tells, 3 that no packet decides yet',
      'connection 41, 10.0.0.9:8080 to 10.0.0.5:51324: ESTABLISHED (sent) here, the kernel says FIN_WAIT_1 (twice)',
    ])
  })

  it('says nothing of what is as usual', () => {
    expect(linesOf({ addresses: [], sysctls: [], counters: [], absent: [] })).toEqual([])
    expect(localHostLines(reportOf([]), plainStyle())).toEqual([])
  })

  it('shows the first disagreements', () => {
    const { agreement } = HOST
    if (agreement === undefined) throw new Error()
    const disagreements = Array.from({ length: 9 }, () => ({ ...DISAGREEMENT, kernel: CLOSED }))
    const lines = linesOf({ ...HOST, agreement: { ...agreement, failed: 3, disagreements } })
    expect(lines).toContain(
      'states held to the kernel’s: 1,232 of 1,234 agree (82 ends in 60 comparisons, 3 failed)',
    )
    expect(lines.filter((line) => line.endsWith('the kernel has no socket (twice)'))).toHaveLength(5)
    expect(lines.at(-1)).toBe('and 4 more disagreements in --json')
  })

  it('says so if nothing could be compared', () => {
    const { agreement } = HOST
    if (agreement === undefined) throw new Error()
    const none = {
      ...agreement,
      compared: 0,
      agreed: 0,
      ends: 0,
      moving: 0,
      unsent: 0,
      undecided: 0,
      disagreements: [],
    }
    expect(linesOf({ ...HOST, absent: [], sysctls: [], agreement: none })).toEqual([
      'states held to the kernel’s: none could be (60 comparisons)',
    ])
  })

  it('has it above the findings', () => {
    const report: Report = { ...reportOf([], captureFacts()), localHost: HOST }
    const text = [...tableReport(report, { connections: () => [], all: false }, plainStyle())].join('')
    expect(text).toContain('states held to the kernel’s')
  })

  it('names the processes of a finding and what the kernel counted, and lets no name move the terminal', () => {
    const text = [...findingsSection({ ...SHOWN, findings: [LEAK] }, plainStyle(150))].join('')
    expect(text).toContain('    held by ng\\x1b[31minx[1234], 12 sockets\n')
    expect(text).toContain(
      '    this host’s kernel counted 3 ListenOverflows, no ListenDrops since the start\n',
    )
    expect(text).toContain('next: look in ng\\x1b[31minx[1234] for a connection that is dropped')
    const { processes, kernel, ...alone } = LEAK
    const without = [...findingsSection({ ...SHOWN, findings: [alone] }, plainStyle(150))].join('')
    expect(without).toContain('`ss -tanp state close-wait` names the process')
  })
})

describe('a report for programs', () => {
  const report: Report = { ...reportOf([], captureFacts()), localHost: HOST }

  it('has all of it, as the schema says', () => {
    const document = validDocument([...jsonReport(report, [])].join('')) as { localHost?: unknown }
    expect(document.localHost).toEqual({
      addresses: ['10.0.0.9'],
      sysctls: {
        'net.ipv4.tcp_fin_timeout': 17,
        'net.ipv4.tcp_retries2': 15,
        'net.ipv4.ip_local_port_range': [10_000, 10_999],
        'net.ipv4.tcp_max_tw_buckets': 4096,
      },
      counters: [{ group: 'TcpExt', name: 'ListenOverflows', count: 12 }],
      absent: [{ what: '/proc/net/snmp', why: 'not there' }],
      verification: {
        comparisons: 60,
        failed: 0,
        compared: 1234,
        agreed: 1232,
        closed: 100,
        ends: 82,
        leftOut: { moving: 12, unsent: 1, undecided: 3, foreign: 0 },
        disagreements: [
          {
            connection: 41,
            end: 'server',
            local: '10.0.0.9:8080',
            remote: '10.0.0.5:51324',
            state: 'ESTABLISHED',
            basis: 'sent',
            kernel: 'FIN_WAIT_1',
            firstSeen: '2025-11-20T21:03:12.123456789Z',
            lastSeen: '2025-11-20T21:03:16.123456789Z',
            count: 2,
          },
        ],
      },
    })
  })

  it('has the processes and counters of a finding', () => {
    const { findings } = validDocument([...jsonReport({ ...report, findings: [LEAK] }, [])].join('')) as {
      findings: unknown[]
    }
    expect(findings).toMatchObject([
      {
        processes: [{ pid: 1234, name: 'ng\u001b[31minx', role: 'holds', sockets: 12 }],
        kernelCounters: [
          { group: 'TcpExt', name: 'ListenOverflows', count: 3 },
          { group: 'TcpExt', name: 'ListenDrops', count: 0 },
        ],
      },
    ])
  })

  it('has it in the last line of a stream too', () => {
    const lines = new StreamLines(new Timestamp(report.capture.epoch), undefined)
    const last = [...lines.end(report)].map(ndjsonLine).at(-1) ?? ''
    expect(validLine(last)).toHaveProperty('localHost.verification.agreed', 1232)
  })

  it('has none of it where no interface was listened on', () => {
    const document = validDocument([...jsonReport(reportOf([]), [])].join(''))
    expect(document).not.toHaveProperty('localHost')
  })
})
