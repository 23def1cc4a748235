import { describe, expect, it } from 'vitest'
import { connectionLine, jsonConnection, jsonReport } from '../../src/report/json.ts'
import type { ConnectionReportDocument, ReportDocument } from '../../src/report/report-document.ts'
import { Timestamp } from '../../src/report/timestamp.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { CAUSE_NONE, CAUSE_RST, CLASS_CHALLENGE_ACK, CLASS_NEW } from '../../src/tracker/segment-class.ts'
import {
  ASSUMED,
  CLOSED,
  ESTABLISHED,
  SENT,
  SYN_SENT,
  TIME_WAIT,
  TIMER,
} from '../../src/tracker/tcp-state.ts'
import { validDocument } from '../support/json-schema.ts'
import { captureFacts, reportOf } from '../support/report-builder.ts'
import { connectionSummary, endpointSummary, steps } from '../support/summary-builder.ts'

function text(connections: readonly ConnectionSummary[], capture = captureFacts()): string {
  const timestamp = new Timestamp(capture.epoch)
  const lines = connections.map((connection) => connectionLine(connection, timestamp))
  return [...jsonReport(reportOf(connections, capture), lines)].join('')
}

function document(connections: readonly ConnectionSummary[], capture = captureFacts()): ReportDocument {
  return validDocument(text(connections, capture)) as ReportDocument
}

describe('jsonReport', () => {
  it('has the keys of the contract', () => {
    const report = document([connectionSummary()])
    expect(Object.keys(report)).toEqual([
      'schema',
      'tool',
      'capture',
      'connections',
      'hosts',
      'findings',
      'summary',
    ])
    expect(report.schema).toBe('tcpaudit/report@1')
    expect(report.findings).toEqual([])
    expect(report.summary).toEqual({
      connections: 1,
      states: { ESTABLISHED: 2 },
      outcomes: { open: 1 },
      findings: { critical: 0, error: 0, warning: 0, notice: 0, info: 0 },
    })
  })

  it('gives a connection and a host a line each', () => {
    const lines = text([connectionSummary(), connectionSummary({ id: 7 })]).split('\n')
    expect(lines.filter((line) => line.startsWith('    {"id":'))).toHaveLength(2)
    expect(lines.filter((line) => line.startsWith('    {"address":'))).toHaveLength(2)
  })

  it('is valid without connections and without packets', () => {
    const empty = captureFacts({ packets: 0, end: 0, epoch: 0n })
    const report = document([], empty)
    expect(report.connections).toEqual([])
    expect(report.hosts).toEqual([])
    expect(report.capture).toMatchObject({ start: null, end: null, durationSeconds: 0 })
  })

  it('says when the capture was, and as of when', () => {
    const { capture } = document([], captureFacts({ start: -5, asOf: 1.5e9 }))
    expect(capture.start).toBe('2025-11-20T21:03:11.123456784Z')
    expect(capture.end).toBe('2025-11-20T21:04:11.123456789Z')
    expect(capture.asOf).toBe('2025-11-20T21:03:12.623456789Z')
    expect(document([]).capture).not.toHaveProperty('asOf')
  })

  it('says where reading stopped', () => {
    const stoppedAt = { source: 0, offset: 4711, packet: 16, reason: 'the file ends inside packet 17' }
    expect(document([], captureFacts({ quality: { stoppedAt } })).capture.quality.stoppedAt).toEqual(
      stoppedAt,
    )
    expect(document([]).capture.quality).not.toHaveProperty('stoppedAt')
  })

  it('escapes file names, for parsers and for terminals', () => {
    const source = { name: 'a"\n\u2028\u202e\u009b31m.pcap', format: 'pcap', linkTypes: [1], snaplen: 0 }
    expect(text([], captureFacts({ sources: [source] }))).toContain('a\\"\\n\\u2028\\u202e\\u009b31m.pcap')
    expect(document([], captureFacts({ sources: [source] })).capture.sources).toEqual([source])
  })
})

describe('a connection', () => {
  it('says in which state each end is, since when and on what evidence', () => {
    const client = endpointSummary({
      state: CLOSED,
      stateSince: 61e9,
      stateBasis: TIMER,
      statePacket: null,
      isn: 4_294_967_295,
      transitions: steps([SYN_SENT, SENT, 0, 1], [TIME_WAIT, ASSUMED, 1e9, 9], [CLOSED, TIMER, 61e9, null]),
      retracted: [
        { state: ESTABLISHED, basis: ASSUMED, time: 1, packet: 3, disprovedBy: 5, disprovedAt: 2_000_000 },
      ],
    })
    const endpoint = document([connectionSummary({ client })]).connections[0]?.client
    expect(endpoint).toMatchObject({
      address: '10.0.0.5',
      port: 51324,
      state: 'CLOSED',
      stateSince: '2025-11-20T21:04:12.123456789Z',
      stateBasis: 'timer',
      statePacket: null,
      isn: 4_294_967_295,
      transitions: [
        { state: 'SYN_SENT', time: '2025-11-20T21:03:11.123456789Z', packet: 1, basis: 'sent' },
        { state: 'TIME_WAIT', time: '2025-11-20T21:03:12.123456789Z', packet: 9, basis: 'assumed' },
        { state: 'CLOSED', time: '2025-11-20T21:04:12.123456789Z', packet: null, basis: 'timer' },
      ],
      retracted: [
        {
          state: 'ESTABLISHED',
          time: '2025-11-20T21:03:11.123456790Z',
          packet: 3,
          basis: 'assumed',
          disprovedBy: 5,
          disprovedAt: '2025-11-20T21:03:11.125456789Z',
        },
      ],
    })
  })

  it('leaves out what is not known', () => {
    const [connection] = document([connectionSummary()]).connections
    for (const key of ['closedFirst', 'handshake']) expect(connection).not.toHaveProperty(key)
    for (const key of ['isn', 'mss', 'windowScale', 'sackPermitted', 'timestamps', 'rttSeconds']) {
      expect(connection?.client).not.toHaveProperty(key)
    }
  })

  it('shows what was negotiated and measured', () => {
    const handshake = {
      rtt: 1_500_000,
      serverRtt: 1_000_000,
      clientRtt: null,
      synRetries: 1,
      synAckRetries: 0,
      fastOpen: true,
    }
    const rtt = { samples: 3, min: 1e6, mean: 2e6, max: 4e6 }
    const client = endpointSummary({ mss: 1460, windowScale: 0, sackPermitted: false, timestamps: true, rtt })
    const [connection] = document([connectionSummary({ handshake, client, closedFirst: 'both' })]).connections
    expect(connection).toMatchObject({
      closedFirst: 'both',
      handshake: {
        rttSeconds: 0.0015,
        serverRttSeconds: 0.001,
        clientRttSeconds: null,
        synRetries: 1,
        synAckRetries: 0,
        fastOpen: true,
      },
      client: {
        mss: 1460,
        windowScale: 0,
        sackPermitted: false,
        timestamps: true,
        rttSeconds: { samples: 3, min: 0.001, mean: 0.002, max: 0.004 },
      },
    })
  })
})

describe('jsonConnection', () => {
  const segment = {
    packet: 5,
    time: 1000,
    fromClient: false,
    flags: 0x10,
    seq: -1,
    ack: -2_147_483_648,
    window: 65_536,
    payloadLength: 0,
    segmentClass: CLASS_CHALLENGE_ACK,
    cause: CAUSE_RST,
    causePacket: 4,
    sackEdges: [-10, -5],
    mss: null,
    windowScale: null,
  }
  const plain = {
    ...segment,
    flags: 0x02,
    segmentClass: CLASS_NEW,
    cause: CAUSE_NONE,
    causePacket: null,
    sackEdges: [],
  }

  it('is the object of the report with its segments', () => {
    const pieces = [...jsonConnection(captureFacts(), connectionSummary({ id: 41 }), [segment, plain])]
    const connection = validDocument(pieces.join('')) as ConnectionReportDocument
    const [inReport] = document([connectionSummary({ id: 41 })]).connections
    expect(connection).toMatchObject({ schema: 'tcpaudit/connection@1', ...inReport })
    expect(connection.segments).toEqual([
      {
        packet: 5,
        time: '2025-11-20T21:03:11.123457789Z',
        from: 'server',
        flags: '.',
        seq: 4_294_967_295,
        ack: 2_147_483_648,
        window: 65_536,
        payloadLength: 0,
        class: 'challenge-ack',
        cause: 'rst',
        causePacket: 4,
        sack: [[4_294_967_286, 4_294_967_291]],
      },
      {
        packet: 5,
        time: '2025-11-20T21:03:11.123457789Z',
        from: 'server',
        flags: 'S',
        seq: 4_294_967_295,
        window: 65_536,
        payloadLength: 0,
        class: 'new',
      },
    ])
  })

  it('is valid without segments', () => {
    const pieces = [...jsonConnection(captureFacts(), connectionSummary(), [])]
    expect((validDocument(pieces.join('')) as ConnectionReportDocument).segments).toEqual([])
  })
})
