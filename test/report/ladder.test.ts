import { describe, expect, it } from 'vitest'
import { ACK, FIN, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import { ladderReport } from '../../src/report/ladder.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import type { LoggedSegment } from '../../src/tracker/logged-segment.ts'
import {
  CAUSE_NONE,
  CAUSE_RST,
  CLASS_ACK,
  CLASS_CHALLENGE_ACK,
  CLASS_NEW,
  CLASS_RETRANSMISSION_TIMEOUT,
} from '../../src/tracker/segment-class.ts'
import {
  ACKNOWLEDGED,
  ASSUMED,
  CLOSE_WAIT,
  CLOSED,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SENT,
  SYN_RCVD,
  SYN_SENT,
  TIME_WAIT,
  TIMER,
} from '../../src/tracker/tcp-state.ts'
import { captureFacts, plainStyle } from '../support/report-builder.ts'
import { connectionSummary, endpointSummary, ipv4, steps } from '../support/summary-builder.ts'

const MS = 1e6
const CLIENT_ISN = 4_294_967_000
const SERVER_ISN = 5_000

/** `relative` numbers count from the sender's ISN, across the wrap. */
function segment(
  packet: number,
  time: number,
  fromClient: boolean,
  flags: number,
  [seq, ack, payloadLength]: readonly [number, number, number],
  given: Partial<LoggedSegment> = {},
): LoggedSegment {
  const [own, other] = fromClient ? [CLIENT_ISN, SERVER_ISN] : [SERVER_ISN, CLIENT_ISN]
  return {
    packet,
    time: time * MS,
    fromClient,
    flags,
    seq: (own + seq) | 0,
    ack: (flags & ACK) === 0 ? 0 : (other + ack) | 0,
    window: 64_240,
    payloadLength,
    segmentClass: CLASS_NEW,
    cause: CAUSE_NONE,
    causePacket: null,
    sackEdges: [],
    mss: null,
    windowScale: null,
    ...given,
  }
}

const SEGMENTS = [
  segment(1, 0, true, SYN, [0, 0, 0], { mss: 1460, windowScale: 7 }),
  segment(2, 50, false, SYN | ACK, [0, 1, 0], { mss: 1400, windowScale: 0 }),
  segment(3, 100, true, ACK, [1, 1, 0], { segmentClass: CLASS_ACK }),
  segment(4, 1000, true, FIN | PSH | ACK, [1, 1, 517]),
  segment(5, 1200, true, FIN | PSH | ACK, [1, 1, 517], { segmentClass: CLASS_RETRANSMISSION_TIMEOUT }),
  segment(6, 1300, false, FIN | ACK, [1, 519, 0], { window: 0 }),
  segment(7, 1400, true, ACK, [519, 2, 0], {
    segmentClass: CLASS_CHALLENGE_ACK,
    cause: CAUSE_RST,
    causePacket: 6,
    sackEdges: [SERVER_ISN + 10, SERVER_ISN + 20],
  }),
]

const CONNECTION = connectionSummary({
  id: 1,
  stream: 4,
  end: 1400 * MS,
  packets: 7,
  outcome: 'closed',
  closedFirst: 'client',
  handshake: {
    rtt: 100 * MS,
    serverRtt: null,
    clientRtt: null,
    synRetries: 0,
    synAckRetries: 0,
    fastOpen: false,
  },
  client: endpointSummary({
    isn: CLIENT_ISN,
    transitions: steps(
      [SYN_SENT, SENT, 0, 1],
      [ESTABLISHED, SENT, 100 * MS, 3],
      [FIN_WAIT_1, SENT, 1000 * MS, 4],
      [FIN_WAIT_2, ACKNOWLEDGED, 1300 * MS, 6],
      [TIME_WAIT, SENT, 1300 * MS, 6],
      [CLOSED, TIMER, 61_300 * MS, null],
    ),
  }),
  server: endpointSummary({
    address: ipv4(10, 0, 0, 9),
    port: 443,
    isn: SERVER_ISN,
    transitions: steps(
      [SYN_RCVD, SENT, 50 * MS, 2],
      [ESTABLISHED, ACKNOWLEDGED, 100 * MS, 3],
      [LAST_ACK, SENT, 1300 * MS, 6],
      [CLOSED, ASSUMED, 1400 * MS, 7],
    ),
    retracted: [
      {
        state: CLOSE_WAIT,
        basis: ASSUMED,
        time: 1000 * MS,
        packet: 4,
        disprovedBy: 5,
        disprovedAt: 1200 * MS,
      },
    ],
  }),
})

function ladder(width = 80, given: Partial<Parameters<typeof ladderReport>[0]> = {}): string {
  const input = { capture: captureFacts(), connection: CONNECTION, segments: SEGMENTS, ...given }
  return [...ladderReport(input, plainStyle(width))].join('')
}

describe('ladderReport', () => {
  it('shows a connection segment by segment', () => {
    expect(ladder()).toMatchInlineSnapshot(`
      "dump.pcap · pcap, Ethernet · 100 packets, 100 TCP
        60.0 s from 2025-11-20 21:03:11 UTC
      capture quality: good

      connection 1 · 10.0.0.5:51324 → 10.0.0.9:443
      closed by client, orderly
      7 packets, 360 B in 1.40 s from 2025-11-20 21:03:11.123456 UTC
        roles from the handshake · handshake 100 ms · Wireshark: tcp.stream == 4

      packet    seconds  client 10.0.0.5:51324                     10.0.0.9:443 server
           1   0.000000      SYN_SENT │ SYN 0 win 64240 ──────────────> │
                                      │   mss 1460, window scale 7      │
           2   0.050000               │ <──── SYN+ACK 0 ack 1 win 64240 │ SYN_RCVD
                                      │   mss 1400, window scale 0      │
           3   0.100000   ESTABLISHED │ ACK 1 ack 1 ──────────────────> │ ESTABLISHED
           4   1.000000    FIN_WAIT_1 │ FIN+PSH+ACK 1:518(517) ack 1 ─> │
           5   1.200000               │ FIN+PSH+ACK 1:518(517) ack 1 ─> │
                                      │   resent after a timeout        │
                                      │   takes back: server CLOSE_WAIT │
                                      │   (assumed at #4)               │
           6   1.300000     TIME_WAIT │ <────── FIN+ACK 1 ack 519 win 0 │ LAST_ACK
           7   1.400000               │ ACK 519 ack 2 ────────────────> │ CLOSED~
                                      │   SACK 10:20                    │
                                      │   challenge ACK, caused by #6:  │
                                      │   an RST without the exact      │
                                      │   number                        │
              61.300000       CLOSED* │ timer                           │

      What each state rests on
      client 10.0.0.5:51324
         +0.000000  SYN_SENT     sent          #1
         +0.100000  ESTABLISHED  sent          #3
         +1.000000  FIN_WAIT_1   sent          #4
         +1.300000  FIN_WAIT_2   acknowledged  #6
         +1.300000  TIME_WAIT    sent          #6
        +61.300000  CLOSED       timer
      server 10.0.0.9:443
         +0.050000  SYN_RCVD     sent          #2
         +0.100000  ESTABLISHED  acknowledged  #3
         +1.300000  LAST_ACK     sent          #6
         +1.400000  CLOSED       assumed       #7
        taken back: CLOSE_WAIT (assumed at #4), disproved by #5 after 200 ms
      ~ assumed: put there by what it was sent, not yet shown by what it sent
      * by the passing of time, not by a packet
      "
    `)
  })

  it('adds the time since the last segment where there is room', () => {
    expect(ladder(110).split('\n').slice(7, 13)).toMatchInlineSnapshot(`
      [
        "",
        "packet    seconds  since last  client 10.0.0.5:51324                                       10.0.0.9:443 server",
        "     1   0.000000                  SYN_SENT │ SYN 0 win 64240 ────────────────────────────────> │",
        "                                            │   mss 1460, window scale 7                        │",
        "     2   0.050000    0.050000               │ <────────────────────── SYN+ACK 0 ack 1 win 64240 │ SYN_RCVD",
        "                                            │   mss 1400, window scale 0                        │",
      ]
    `)
  })

  it.each([64, 80, 100, 160])('stays within %i columns', (width) => {
    for (const line of ladder(width).split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(width)
  })

  it('counts from the first number seen where the SYN was not', () => {
    const connection = {
      ...CONNECTION,
      client: endpointSummary({ isn: null }),
      server: endpointSummary({ isn: null, address: ipv4(10, 0, 0, 9) }),
    }
    const text = ladder(80, { connection, segments: SEGMENTS.slice(3) })
    expect(text).toContain('FIN+PSH+ACK 1:518(517) ack 1 ')
    expect(text).toContain('FIN+ACK 1 ack 519')
  })

  it('gives a change of state by a packet that was not logged a line of its own', () => {
    const text = ladder(80, { segments: SEGMENTS.filter(({ packet }) => packet !== 7) })
    expect(text).toMatch(/1\.400000 +│ +packet #7 │ CLOSED~/)
  })

  it('admits that nothing shows the state of an end', () => {
    expect(ladder(80, { connection: connectionSummary(), segments: [] })).toContain(
      'nothing that shows its state',
    )
  })
})
