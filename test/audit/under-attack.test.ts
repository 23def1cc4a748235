import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../bench/random.js'
import { Auditor, auditHostEvents } from '../../src/audit/auditor.ts'
import { DistinctCount } from '../../src/audit/distinct-count.ts'
import { EndTable } from '../../src/audit/end-table.ts'
import type { Finding } from '../../src/audit/finding.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { ACK, SYN } from '../../src/decode/tcp-flags.ts'
import { copyHostEvent, type HostEvent, subscribeToHostEvents } from '../../src/tracker/host-events.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { faultlessCapture } from '../support/faultless-capture.ts'
import { buildFrame } from '../support/frame-builder.ts'
import { FrameDecoder } from '../support/frame-decoder.ts'

const FORGED = 50_000
const EVERY = 1e5
const LISTENER = '192.0.2.1'

/** Forged SYNs from random addresses to one listener, each answered once. */
function attack(tracker: Tracker, forged: number): number {
  const random = new Random(1)
  const decoder = new FrameDecoder()
  let time = 0
  for (let i = 0; i < forged; i++) {
    const address = `${1 + random.below(220)}.${random.below(256)}.${random.below(256)}.${1 + random.below(250)}`
    const port = 1024 + random.below(60_000)
    const syn = { sourcePort: port, destinationPort: 80, flags: SYN, seq: i }
    const answer = { sourcePort: 80, destinationPort: port, flags: SYN | ACK, seq: 7 * i, ack: i + 1 }
    time += EVERY
    tracker.segment(decoder.next(buildFrame({ source: address, destination: LISTENER, tcp: syn }), time))
    tracker.segment(decoder.next(buildFrame({ source: LISTENER, destination: address, tcp: answer }), time))
  }
  return time + 10e9
}

describe(`${FORGED} forged SYNs from random addresses`, () => {
  let findings: Finding[] = []

  beforeAll(() => {
    const tracker = new Tracker({ onConnection: () => {} })
    const auditor = new Auditor(tracker, RULES)
    const end = attack(tracker, FORGED)
    tracker.finish(end)
    findings = auditor.finish(faultlessCapture({ tcp: 2 * FORGED, end }))
  })

  it('are one finding', () => {
    const leading = findings.filter(({ explainedBy }) => explainedBy === null)
    expect(leading.map(({ rule }) => rule)).toEqual(['syn-flood'])
    const [flood] = leading
    // A few of the random ends come twice.
    expect(flood?.count).toBeGreaterThan(0.99 * FORGED)
    expect(flood?.data['cookies']).toBe('hold')
    expect(flood?.data['sources']).toBeGreaterThan(0.98 * FORGED)
    expect(flood?.connections.length).toBeLessThanOrEqual(10_000)
    expect(flood?.evidence.length).toBeLessThanOrEqual(16)
  })
})

describe('what rules remember of hosts', () => {
  it('stays the same however many addresses are made up', () => {
    const collect = collector()
    /** Heap of the rules that see hosts behind so many forged SYNs, MB. */
    const heapOf = (events: readonly HostEvent[], repeats: number): number => {
      let held = 0
      function* flood(): Generator<HostEvent, void, void> {
        for (let round = 0; round < repeats; round++) {
          for (const event of events) yield moved(event, round)
        }
        collect()
        held = process.memoryUsage().heapUsed / 1e6
      }
      auditHostEvents(RULES, flood(), faultlessCapture({ tcp: 2 * FORGED, end: 1e15 }))
      return held
    }
    const events = hostEvents(5000)
    const small = heapOf(events, 4)
    const large = heapOf(events, 16)
    expect(large - small).toBeLessThan(8)
  })

  it('is bounded in a table of ends, which keeps what it is told to', () => {
    const table = new EndTable(
      1024,
      () => ({ address: 0, clear() {} }),
      ({ address }) => address === 7,
    )
    const end = (address: number) => ({ ipVersion: 4, address: [address, 0, 0, 0], port: 1 }) as const
    for (let address = 0; address < FORGED; address++) table.of(end(address), 1).address = address
    const addresses = table.entries().map(({ value }) => value.address)
    expect(table.size).toBe(1024)
    expect(addresses).toHaveLength(1024)
    expect(new Set(addresses).size).toBe(1024)
    expect(addresses).toContain(7)
    expect(addresses).not.toContain(8)
    for (let latest = FORGED - 300; latest < FORGED; latest++) expect(addresses).toContain(latest)
    expect(table.of(end(FORGED - 1), 1).address).toBe(FORGED - 1)
    expect(table.entries().map(({ end }) => end.port)).toEqual(addresses.map(() => 1))
  })

  it('is as good as right where different values are counted', () => {
    const random = new Random(2)
    for (const different of [1, 256, 257, 5000, FORGED]) {
      const count = new DistinctCount()
      for (let i = 0; i < different; i++) {
        const hash = random.below(0x7fff_ffff)
        count.add(hash)
        count.add(hash)
      }
      expect(Math.abs(count.size - different)).toBeLessThanOrEqual(0.02 * different)
    }
  })
})

function hostEvents(forged: number): HostEvent[] {
  const tracker = new Tracker({ onConnection: () => {} })
  const events: HostEvent[] = []
  const types = [
    'opened',
    'state',
    'retracted',
    'synAgain',
    'synAck',
    'handshake',
    'reset',
    'closed',
  ] as const
  subscribeToHostEvents(tracker.events, types, (event) => events.push(copyHostEvent(event)))
  tracker.finish(attack(tracker, forged))
  return events
}

/** The same event of another connection, from another address, later. */
function moved(event: HostEvent, round: number): HostEvent {
  if (event.type !== 'closed') return event
  const { client, start, connection } = event
  const [first, ...rest] = client.address
  return {
    ...event,
    connection: connection + round * 1e6,
    start: start + round * 1e9,
    client: { ...client, address: [first ^ (round << 20), ...rest] as unknown as typeof client.address },
  }
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
