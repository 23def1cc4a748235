import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import { ACK, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import { MOST_PICKED } from '../../src/screen/connection-picks.ts'
import { LiveObserver, MOST_ROWS, type ObservedRun } from '../../src/screen/live-observer.ts'
import type { ConnectionSort } from '../../src/screen/live-snapshot.ts'
import { MOST_HOSTS } from '../../src/screen/state-census.ts'
import { closing, opening, type Shot, TrackerBench } from '../support/tracker-bench.ts'

/** A run over a bench, a clock that the test turns, and what a look at the findings costs. */
function observed(bench: TrackerBench) {
  const turn = { time: 0, packets: 0, looks: 0, cost: 0, findings: [] as Finding[] }
  const run: ObservedRun = {
    get packets() {
      return turn.packets
    },
    get bytes() {
      return 100 * turn.packets
    },
    get opened() {
      return bench.tracker.opened
    },
    get tracked() {
      return bench.tracker.size
    },
    get now() {
      return bench.tracker.now
    },
    evicted: 0,
    held: bench.tracker.held,
    findings: () => {
      turn.looks++
      turn.time += turn.cost
      return turn.findings
    },
  }
  const source = { name: 'eth0', epoch: 0n }
  const observer = new LiveObserver(run, source, { clock: () => turn.time, memory: () => 0 })
  const look = (connectionSort: ConnectionSort = 'newest', ladder: number | null = null) =>
    observer.snapshot({ connectionSort, ladder })
  return { turn, look }
}

const syn = (client: number): Shot => ({ client, flags: SYN, seq: 100 })
/** At the beginning: a listener answers at once, and soon nobody would say that it got this. */
const synAtOnce = (client: number): Shot => ({ ...syn(client), time: 0 })

describe('states per host', () => {
  it('are those of all connections held, the busiest first', () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2), ...closing(2), ...opening(3))
    const { census } = observed(bench).look()
    expect(census.hosts).toEqual([
      { address: '192.0.2.1', sockets: 2, states: { ESTABLISHED: 2 } },
      { address: '10.0.0.1', sockets: 1, states: { ESTABLISHED: 1 } },
      { address: '10.0.0.2', sockets: 1, states: { TIME_WAIT: 1 } },
      { address: '10.0.0.3', sockets: 1, states: { ESTABLISHED: 1 } },
    ])
    expect(census.age).toBe(0)
  })

  it('are counted once a second, however often one looks', () => {
    const bench = new TrackerBench().play(...opening(1))
    const { turn, look } = observed(bench)
    look()
    bench.play(...opening(2))
    turn.time = 0.9e9
    expect(look().census).toMatchObject({ hosts: [{ sockets: 1 }, { sockets: 1 }], age: 0.9e9 })
    turn.time = 1e9
    expect(look().census).toMatchObject({ hosts: [{ sockets: 2 }, {}, {}], age: 0 })
  })

  it('of more connections than one look goes past take several, and do not say so before', () => {
    const clients = MOST_ROWS + 100
    const bench = new TrackerBench()
    for (let client = 0; client < clients; client++) bench.play(synAtOnce(client))
    const { turn, look } = observed(bench)
    expect(look().census).toMatchObject({ hosts: [], age: null })
    turn.time = 0.25e9
    const { census, connections } = look()
    expect(census.age).toBe(0.25e9)
    expect(census.hosts[0]).toEqual({ address: '192.0.2.1', sockets: clients, states: { SYN_RCVD: clients } })
    expect(census.hasUncounted).toBe(true)
    // Every client is one host with one socket; those told apart and not listed are in both numbers.
    const listed = census.hosts.length - 1
    expect(census.otherSockets).toBe(clients - listed)
    expect(census.otherHosts).toBe(MOST_HOSTS - 1 - listed)
    expect(connections.length).toBe(MOST_PICKED)
    expect(connections[0]?.id).toBe(clients)
  })
})

describe('the connections', () => {
  const data = (client: number, payload: string): Shot => ({
    client,
    flags: PSH | ACK,
    seq: 101,
    ack: 301,
    payload,
  })
  const bench = new TrackerBench().play(
    ...opening(1),
    ...opening(2),
    syn(3),
    data(2, 'x'.repeat(500)),
    data(1, 'x'),
    { client: 1, flags: PSH | ACK, seq: 102, ack: 301, payload: 'y' },
  )

  it.each<[ConnectionSort, number[]]>([
    ['newest', [7, 4, 1]],
    ['bytes', [4, 1, 7]],
    ['packets', [1, 4, 7]],
    ['silence', [7, 4, 1]],
    ['host', [1, 4, 7]],
    ['trouble', [7, 4, 1]],
  ])('by %s', (sort, ids) => {
    expect(
      observed(bench)
        .look(sort)
        .connections.map(({ id }) => id),
    ).toEqual(ids)
  })

  it('come in another order at once when it is asked for', () => {
    const { look } = observed(bench)
    look('newest')
    expect(look('bytes').connections[0]?.id).toBe(4)
  })
})

describe('the findings', () => {
  it('are looked for once a second, and more seldom if that takes long', () => {
    const { turn, look } = observed(new TrackerBench())
    look()
    turn.time = 0.5e9
    look()
    expect(turn.looks).toBe(1)
    turn.time = 1e9
    turn.cost = 0.5e9
    look()
    expect(turn.looks).toBe(2)
    turn.time = 10e9
    look()
    expect(turn.looks).toBe(2)
    turn.time = 11e9
    look()
    expect(turn.looks).toBe(3)
  })
})

describe('rates', () => {
  it('are those of the last two seconds', () => {
    const { turn, look } = observed(new TrackerBench())
    expect(look().packetsPerSecond).toBe(0)
    for (let second = 1; second <= 10; second++) {
      turn.time = second * 1e9
      turn.packets += second <= 5 ? 1000 : 10
      look()
    }
    expect(look().packetsPerSecond).toBe(10)
    expect(look().bytesPerSecond).toBe(1000)
  })
})

describe('a ladder', () => {
  it('has the connection at once, and its segments from then on', () => {
    const bench = new TrackerBench().play(...opening(1))
    const { look } = observed(bench)
    expect(look('newest', 1).ladder).toMatchObject({ connection: { id: 1 }, hasLeft: false, segments: [] })
    bench.play(...closing(1))
    const { ladder } = look('newest', 1)
    expect(ladder?.segments.map(({ packet }) => packet)).toEqual([4, 5, 6])
    expect(ladder?.connection?.outcome).toBe('closed')
    expect(look().ladder).toBeNull()
  })

  it('stays as it was when the connection has left', () => {
    const bench = new TrackerBench().play(...opening(1))
    const { look } = observed(bench)
    look('newest', 1)
    bench.play(...closing(1))
    look('newest', 1)
    bench.tracker.advance(500e9)
    expect(look('newest', 1).ladder).toMatchObject({ hasLeft: true, connection: { outcome: 'closed' } })
  })

  it('of a connection that is not there says so', () => {
    expect(observed(new TrackerBench()).look('newest', 8).ladder).toMatchObject({ connection: null })
  })
})
