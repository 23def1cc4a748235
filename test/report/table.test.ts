import { describe, expect, it } from 'vitest'
import type { CaptureFacts } from '../../src/report/report.ts'
import type { ReportStyle } from '../../src/report/report-style.ts'
import { tableReport } from '../../src/report/table.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  FIN_WAIT_2,
  SYN_SENT,
  TIME_WAIT,
  TIMER,
  UNKNOWN,
} from '../../src/tracker/tcp-state.ts'
import { captureFacts, colorfulStyle, plainStyle, reportOf } from '../support/report-builder.ts'
import { connectionSummary, endpointSummary, ipv4, ipv6, steps } from '../support/summary-builder.ts'

const SERVER = { address: ipv4(10, 0, 0, 9), port: 443 }

const unanswered = connectionSummary({
  id: 12,
  outcome: 'unanswered',
  client: endpointSummary({ state: SYN_SENT, address: ipv4(192, 168, 100, 123) }),
  server: endpointSummary({ state: UNKNOWN, address: ipv4(203, 0, 113, 250), port: 8443 }),
  handshake: {
    rtt: null,
    serverRtt: null,
    clientRtt: null,
    synRetries: 3,
    synAckRetries: 0,
    fastOpen: false,
  },
})
const leaked = connectionSummary({
  id: 40,
  client: endpointSummary({ state: FIN_WAIT_2, stateBasis: ACKNOWLEDGED, stateSince: 20e9 }),
  server: endpointSummary({ ...SERVER, state: CLOSE_WAIT, stateSince: 20e9 }),
})
const closed = connectionSummary({
  id: 1,
  outcome: 'closed',
  closedFirst: 'client',
  client: endpointSummary({
    state: TIME_WAIT,
    stateBasis: ASSUMED,
    transitions: steps([TIME_WAIT, ASSUMED, 1e9, 5]),
  }),
  server: endpointSummary({ ...SERVER, state: CLOSED, stateBasis: TIMER }),
})

function table(
  connections: readonly ConnectionSummary[],
  style: ReportStyle = plainStyle(),
  capture: CaptureFacts = captureFacts(),
  all = false,
): string {
  const report = reportOf(connections, capture)
  return [...tableReport(report, { connections: () => connections, all }, style)].join('')
}

describe('tableReport', () => {
  it('gives each end a line where the terminal is narrow', () => {
    expect(table([unanswered, leaked, closed])).toMatchInlineSnapshot(`
      "dump.pcap · pcap, Ethernet · 100 packets, 100 TCP
        60.0 s from 2025-11-20 21:03:11 UTC
      capture quality: good

      no findings

      States at the end of the capture
      ┌─────────────────┬──────────┬────────────┬────────────┬───────────┐
      │ host            │ SYN_SENT │ FIN_WAIT_2 │ CLOSE_WAIT │ TIME_WAIT │
      ├─────────────────┼──────────┼────────────┼────────────┼───────────┤
      │ 10.0.0.5        │        · │          1 │          · │         1 │
      │ 10.0.0.9        │        · │          · │          1 │         · │
      │ 192.168.100.123 │        1 │          · │          · │         · │
      └─────────────────┴──────────┴────────────┴────────────┴───────────┘

      Connections (3, the troubled ones first)
      ┌────┬───────────────────────┬────────────┬────────────────────────────────────┐
      │  # │ client → server       │ state      │ what happened                      │
      ├────┼───────────────────────┼────────────┼────────────────────────────────────┤
      │ 12 │ 192.168.100.123:51324 │ SYN_SENT   │ SYN sent 4 times, never answered   │
      │    │ → 203.0.113.250:8443  │ UNKNOWN    │ 1.20 s, 360 B                      │
      │ 40 │ 10.0.0.5:51324        │ FIN_WAIT_2 │ server has not closed: CLOSE_WAIT  │
      │    │ → 10.0.0.9:443        │ CLOSE_WAIT │ for 40.0 s                         │
      │  1 │ 10.0.0.5:51324        │ TIME_WAIT~ │ closed by client, orderly          │
      │    │ → 10.0.0.9:443        │ CLOSED*    │ 1.20 s, 360 B                      │
      └────┴───────────────────────┴────────────┴────────────────────────────────────┘
      ~ assumed: put there by what it was sent, not yet shown by what it sent
      * by the passing of time, not by a packet

      to look into one:
        tcpaudit file dump.pcap --connection 12
      "
    `)
  })

  it('gives each connection a line where the terminal is wide', () => {
    expect(table([unanswered, leaked, closed], plainStyle(140))).toMatchInlineSnapshot(`
      "dump.pcap · pcap, Ethernet · 100 packets, 100 TCP · 60.0 s from 2025-11-20 21:03:11 UTC
      capture quality: good

      no findings

      States at the end of the capture
      ┌─────────────────┬──────────┬────────────┬────────────┬───────────┐
      │ host            │ SYN_SENT │ FIN_WAIT_2 │ CLOSE_WAIT │ TIME_WAIT │
      ├─────────────────┼──────────┼────────────┼────────────┼───────────┤
      │ 10.0.0.5        │        · │          1 │          · │         1 │
      │ 10.0.0.9        │        · │          · │          1 │         · │
      │ 192.168.100.123 │        1 │          · │          · │         · │
      └─────────────────┴──────────┴────────────┴────────────┴───────────┘

      Connections (3, the troubled ones first)
      ┌────┬───────────────────────┬────────────────────┬──────────────┬──────────────┬──────────┬──────────────────────────────────────────────┐
      │  # │ client                │ server             │ client state │ server state │ duration │ what happened                                │
      ├────┼───────────────────────┼────────────────────┼──────────────┼──────────────┼──────────┼──────────────────────────────────────────────┤
      │ 12 │ 192.168.100.123:51324 │ 203.0.113.250:8443 │ SYN_SENT     │ UNKNOWN      │   1.20 s │ SYN sent 4 times, never answered             │
      │ 40 │ 10.0.0.5:51324        │ 10.0.0.9:443       │ FIN_WAIT_2   │ CLOSE_WAIT   │   1.20 s │ server has not closed: CLOSE_WAIT for 40.0 s │
      │  1 │ 10.0.0.5:51324        │ 10.0.0.9:443       │ TIME_WAIT~   │ CLOSED*      │   1.20 s │ closed by client, orderly                    │
      └────┴───────────────────────┴────────────────────┴──────────────┴──────────────┴──────────┴──────────────────────────────────────────────┘
      ~ assumed: put there by what it was sent, not yet shown by what it sent
      * by the passing of time, not by a packet

      to look into one:
        tcpaudit file dump.pcap --connection 12
      "
    `)
  })

  it('drops bytes and then duration before it gives up one line each', () => {
    const columns = (width: number) =>
      table([closed], plainStyle(width))
        .split('\n')
        .find((line) => line.includes('│ # │'))
        ?.split('│')
        .map((title) => title.trim())
        .filter((title) => title !== '')
    const bare = ['#', 'client', 'server', 'client state', 'server state', 'what happened']
    expect(columns(122)).toEqual([...bare.slice(0, 5), 'duration', 'bytes', 'what happened'])
    expect(columns(112)).toEqual([...bare.slice(0, 5), 'duration', 'what happened'])
    expect(columns(102)).toEqual(bare)
    expect(columns(80)).toEqual(['#', 'client → server', 'state', 'what happened'])
  })

  const far = [0x2001, 0xdb8, 0x1234, 0x5678, 0x9abc, 0xdef0, 0x1234, 0x5678]
  const long = endpointSummary({ ipVersion: 6, address: ipv6(...far), port: 51324 })

  it.each([64, 80, 100, 132, 200])('stays within %i columns', (width) => {
    const wide = connectionSummary({ id: 123_456_789, client: long, server: long, end: 3e9 })
    const capture = captureFacts({
      quality: {
        unseenSegments: 12_000,
        unseenBytes: 9_000_000,
        seenBytes: 1e8,
        duplicateFrames: 2,
        timeReversals: 1,
        midstreamConnections: 7,
        stoppedAt: {
          source: 0,
          offset: 5,
          packet: 99,
          reason: 'the file ends inside packet 100: 4 of 60 bytes are there',
        },
      },
      decoded: { truncated: 3, malformed: 1, fragments: 2 },
    })
    const connections = [unanswered, leaked, wide, closed]
    for (const line of table(connections, plainStyle(width), capture).split('\n')) {
      if (line.startsWith('  tcpaudit file')) continue
      expect(textWidth(line), line).toBeLessThanOrEqual(width)
    }
  })

  it('shortens a long address in the middle', () => {
    expect(table([connectionSummary({ client: long })])).toMatch(/\[2001:db8:12\S*…\S*5678\]:51324/)
  })

  it('says how many it leaves out, and how to see them', () => {
    const many = Array.from({ length: 60 }, (_, index) => connectionSummary({ id: index + 1 }))
    const cut = table(many, plainStyle(140, 12))
    expect(cut).toContain('Connections (12 of 60, the troubled ones first; --all shows the rest)')
    expect(cut).toContain('\n60 open\n')
    expect(cut.match(/ESTABLISHED +│ ESTABLISHED/g)).toHaveLength(12)
    expect(table(many, plainStyle(80, 12)).match(/│ {2}\d │/g)?.length).toBe(6)
    const whole = table(many, plainStyle(140, 12), captureFacts(), true)
    expect(whole).toContain('Connections (60, the troubled ones first)')
    expect(whole.match(/ESTABLISHED +│ ESTABLISHED/g)).toHaveLength(60)
  })

  it('draws one table however many rows there are', () => {
    const many = Array.from({ length: 1200 }, (_, index) => connectionSummary({ id: index + 1 }))
    const lines = table(many, plainStyle(140), captureFacts(), true).split('\n')
    const rules = lines.filter((line) => /[┌├└]/.test(line))
    // Top, below the titles and bottom, for hosts and for connections.
    expect(rules).toHaveLength(6)
    expect(new Set(lines.filter((line) => line.includes('open, idle')).map(textWidth)).size).toBe(1)
  })

  it('explains marks only where they occur', () => {
    expect(table([leaked])).not.toMatch(/assumed|timer/)
    expect(table([closed])).toMatch(/^~ assumed: /m)
    expect(table([closed])).toMatch(/^\* by the passing/m)
  })

  it('says the same without colours', () => {
    const colored = table([unanswered, leaked, closed], colorfulStyle())
    expect(colored).toContain('\u001b[31m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(table([unanswered, leaked, closed]))
  })

  it('does not let a file name act on the terminal', () => {
    const source = { name: 'a\u001b[2J b.pcap', format: 'pcap', linkTypes: [1], snaplen: 0 }
    const text = table([closed], plainStyle(), captureFacts({ sources: [source] }))
    expect(text).not.toContain('\u001b')
    expect(text).toContain("tcpaudit file 'a\\x1b[2J b.pcap' --connection 1")
  })
})

describe('a capture with nothing to report', () => {
  it('says that it is empty', () => {
    const empty = captureFacts({ packets: 0, end: 0, decoded: { tcp: 0 } })
    expect(table([], plainStyle(), empty)).toContain('The capture holds no packets')
  })

  it('blames no filter for packets that could not be read', () => {
    const stoppedAt = { source: 0, offset: 24, packet: 0, reason: 'packet 1 claims 0 bytes' }
    const unread = captureFacts({ packets: 0, end: 0, decoded: { tcp: 0 }, quality: { stoppedAt } })
    const text = table([], plainStyle(), unread)
    expect(text).toContain('No packet could be read.')
    expect(text).not.toContain('filter')
  })

  it('says what there is instead of TCP', () => {
    const capture = captureFacts({ decoded: { tcp: 0, udp: 90, nonIp: 10 } })
    expect(table([], plainStyle(200), capture)).toContain(
      'No TCP connections in 100 packets (UDP 90, not IP 10).',
    )
  })

  it('says that the snapshot length was too small', () => {
    const capture = captureFacts({ decoded: { tcp: 100, truncated: 100 } })
    expect(table([], plainStyle(200), capture)).toContain('record with a larger snapshot length')
  })

  it('says that the moment asked for is before the first packet', () => {
    const capture = captureFacts({ packets: 0, end: 0, asOf: -1e9 })
    expect(table([], plainStyle(), capture)).toContain('--as-of lies before the first packet')
  })
})

describe('the header', () => {
  it('praises a clean capture and says what is wrong with another', () => {
    expect(table([closed])).toContain('capture quality: good')
    const capture = captureFacts({
      quality: { timeReversals: 1, largestTimeReversal: 2e9, oneSidedConnections: 2 },
    })
    expect(table([closed], plainStyle(200), capture)).toContain(
      "capture quality: 2 connections seen from one side only (the server's): states of the other are inferred; time runs backwards once, by 2.00 s: durations are doubtful",
    )
  })

  it('names the moment of --as-of', () => {
    expect(table([closed], plainStyle(), captureFacts({ asOf: 12.5e9 }))).toContain(
      'as of 2025-11-20 21:03:23.623 UTC, 12.5 s after the first packet',
    )
  })

  it('counts hosts beyond the most loaded', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      connectionSummary({ id: index + 1, client: endpointSummary({ address: ipv4(10, 1, 0, index) }) }),
    )
    expect(table(many)).toContain('and 5 more hosts with 5 of them')
  })

  it('shows a peak of TIME_WAIT that is over', () => {
    const over = connectionSummary({
      client: endpointSummary({
        transitions: steps([TIME_WAIT, ASSUMED, 1e9, 5], [CLOSED, TIMER, 5e9, null]),
      }),
    })
    expect(table([over])).toContain('peak TIME_WAIT')
    expect(table([closed])).not.toContain('peak TIME_WAIT')
  })
})
