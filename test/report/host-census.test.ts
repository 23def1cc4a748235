import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostCensus } from '../../src/report/host-census.ts'
import { OPEN_STATE_NAMES } from '../../src/report/open-states.ts'
import type { HostFacts } from '../../src/report/report.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import {
  ACKNOWLEDGED,
  CLOSE_WAIT,
  CLOSED,
  ESTABLISHED,
  SENT,
  TIME_WAIT,
  TIMER,
} from '../../src/tracker/tcp-state.ts'
import { connectionSummary, endpointSummary, finished, ipv4, steps } from '../support/summary-builder.ts'

function census(...connections: readonly ConnectionSummary[]) {
  const hosts = new HostCensus()
  for (const connection of connections) hosts.add(finished(connection))
  return Object.fromEntries(hosts.hosts().map((host) => [host.address, host]))
}

/** A connection whose client was in TIME_WAIT from `start` to `end`; null: still is. */
function timeWait(start: number, end: number | null): ConnectionSummary {
  const transitions = steps([ESTABLISHED, SENT, 0, 1], [TIME_WAIT, ACKNOWLEDGED, start, 5])
  if (end !== null) transitions.push({ state: CLOSED, basis: TIMER, time: end, packet: null })
  return connectionSummary({
    client: endpointSummary({ state: end === null ? TIME_WAIT : CLOSED, transitions }),
  })
}

describe('HostCensus', () => {
  it('counts both ends of each connection by host', () => {
    const hosts = census(
      connectionSummary(),
      connectionSummary({ client: endpointSummary({ address: ipv4(10, 0, 0, 9), state: CLOSE_WAIT }) }),
    )
    expect(hosts['10.0.0.5']?.states).toEqual({ ESTABLISHED: 1 })
    expect(hosts['10.0.0.9']?.states).toEqual({ ESTABLISHED: 2, CLOSE_WAIT: 1 })
  })

  it('counts a socket that is connected to itself once', () => {
    const end = endpointSummary({ state: TIME_WAIT, transitions: steps([TIME_WAIT, SENT, 5, 3]) })
    const hosts = census(connectionSummary({ client: end, server: end, closedFirst: 'both' }))
    expect(hosts['10.0.0.5']).toEqual({
      address: '10.0.0.5',
      states: { TIME_WAIT: 1 },
      peakTimeWait: 1,
      activeCloses: 1,
      passiveCloses: 0,
    })
  })

  it('tells active from passive closes', () => {
    const hosts = census(
      connectionSummary({ closedFirst: 'client' }),
      connectionSummary({ closedFirst: 'client' }),
      connectionSummary({ closedFirst: 'server' }),
      connectionSummary({ closedFirst: 'both' }),
      connectionSummary({ closedFirst: null }),
    )
    expect(hosts['10.0.0.5']).toMatchObject({ activeCloses: 3, passiveCloses: 1 })
    expect(hosts['10.0.0.9']).toMatchObject({ activeCloses: 2, passiveCloses: 2 })
  })

  it('lists hosts in order of their text', () => {
    expect(Object.keys(census(timeWait(1, 2)))).toEqual(['10.0.0.5', '10.0.0.9'])
  })
})

describe('peakTimeWait', () => {
  const peak = (...list: readonly [number, number | null][]) =>
    census(...list.map(([start, end]) => timeWait(start, end)))['10.0.0.5']?.peakTimeWait

  it('counts those that overlap', () => {
    expect(peak([1, 10], [5, 15], [12, 20])).toBe(2)
  })

  it('does not count one that ends when the next begins', () => {
    expect(peak([1, 10], [10, 20])).toBe(1)
  })

  it('counts one that never ended', () => {
    expect(peak([1, null], [50, null], [60, 61])).toBe(3)
  })

  it('counts each stay of a connection that was in TIME_WAIT twice', () => {
    const transitions = steps([TIME_WAIT, SENT, 1, 1], [CLOSED, TIMER, 5, null], [TIME_WAIT, SENT, 8, 9])
    const twice = connectionSummary({ client: endpointSummary({ transitions }) })
    expect(census(twice, timeWait(4, 9))['10.0.0.5']?.peakTimeWait).toBe(2)
  })

  it('is exact for any order of arrival', () => {
    const interval = fc.tuple(fc.nat(40), fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }))
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1, maxLength: 30 }), (list) => {
        const spans = list.map(([start, length]) => [start, length === null ? null : start + length] as const)
        const at = (moment: number) =>
          spans.filter(([a, b]) => a <= moment && (b === null || moment < b)).length
        const expected = Math.max(...spans.map(([start]) => at(start)))
        expect(peak(...spans.map(([a, b]): [number, number | null] => [a, b]))).toBe(expected)
      }),
    )
  })
})

describe('busiest', () => {
  it('gives the hosts with the most open sockets, and sums up the others', () => {
    const ends = fc.array(
      fc.record({ last: fc.nat(40), state: fc.constantFrom(ESTABLISHED, CLOSE_WAIT, TIME_WAIT, CLOSED) }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(ends, fc.integer({ min: 1, max: 9 }), (list, limit) => {
        const hosts = new HostCensus()
        for (const { last, state } of list) {
          const client = endpointSummary({ address: ipv4(10, 1, 0, last), state })
          hosts.add(finished(connectionSummary({ client })))
        }
        const sockets = ({ states }: HostFacts) =>
          OPEN_STATE_NAMES.reduce((sum, name) => sum + (states[name] ?? 0), 0)
        const loaded = hosts.hosts().filter((host) => sockets(host) > 0)
        const ranked = loaded.toSorted((a, b) => sockets(b) - sockets(a))
        expect(hosts.busiest(limit)).toEqual({
          shown: ranked.slice(0, limit),
          others: ranked.slice(limit).length,
          otherSockets: ranked.slice(limit).reduce((sum, host) => sum + sockets(host), 0),
        })
      }),
    )
  })
})

describe('a census of more hosts than can be told apart', () => {
  const MINUTE = 60e9
  const from = (last: number, given: Partial<ConnectionSummary> = {}): ConnectionSummary =>
    connectionSummary({ client: endpointSummary({ address: ipv4(10, 1, last >> 8, last & 0xff) }), ...given })

  it('keeps those with the most endpoints and sums up the others', () => {
    const hosts = new HostCensus(8)
    for (let round = 0; round < 3; round++) for (const last of [1, 2]) hosts.add(finished(from(last)))
    for (let last = 100; last < 200; last++) hosts.add(finished(from(last, { closedFirst: 'client' })))
    const facts = hosts.hosts()
    expect(facts.length).toBeLessThanOrEqual(8)
    const byAddress = Object.fromEntries(facts.map((host) => [host.address, host.states]))
    expect(byAddress).toMatchObject({ '10.1.0.1': { ESTABLISHED: 3 }, '10.0.0.9': { ESTABLISHED: 106 } })
    const others = hosts.others()
    const told = facts.filter(({ address }) => address.startsWith('10.1.0.1') && address.length > 8)
    expect(others).toEqual({
      hosts: 100 - told.length,
      states: { ESTABLISHED: 100 - told.length },
      activeCloses: 100 - told.length,
      passiveCloses: 0,
    })
  })

  it('has no others while it can tell all apart', () => {
    const hosts = new HostCensus(8)
    for (let last = 1; last < 7; last++) hosts.add(finished(from(last)))
    expect(hosts.hosts()).toHaveLength(7)
    expect(hosts.others()).toBeUndefined()
  })

  it('keeps the peak of TIME_WAITs however many stays were folded away', () => {
    const hosts = new HostCensus(8, 16)
    const stay = (start: number) => hosts.add(finished(timeWait(start, start + MINUTE)))
    for (let index = 0; index < 12; index++) stay(index)
    for (let index = 0; index < 500; index++) stay(20 * MINUTE + index * 1.5 * MINUTE)
    expect(hosts.hosts()[0]?.peakTimeWait).toBe(12)
    for (let index = 0; index < 20; index++) stay(2000 * MINUTE + index)
    expect(hosts.hosts()[0]?.peakTimeWait).toBe(20)
  })

  it('is as exact as one that folds nothing, for connections that leave within ten minutes', () => {
    const arrivals = fc.array(
      fc.record({
        leaves: fc.integer({ min: 0, max: 100 }),
        ago: fc.integer({ min: 2, max: 9 }),
        last: fc.nat(2),
      }),
      { minLength: 1, maxLength: 80 },
    )
    fc.assert(
      fc.property(arrivals, (list) => {
        const folding = new HostCensus(8, 4)
        const whole = new HostCensus()
        for (const { leaves, ago, last } of list.toSorted((a, b) => a.leaves - b.leaves)) {
          const start = (leaves - ago) * MINUTE
          const { client } = timeWait(start, start + MINUTE)
          const connection = finished(from(last, { client: { ...client, address: ipv4(10, 1, 0, last) } }))
          folding.add(connection)
          whole.add(connection)
        }
        expect(folding.hosts()).toEqual(whole.hosts())
      }),
    )
  })
})
