import { describe, expect, it } from 'vitest'
import { SYN } from '../../src/decode/tcp-flags.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { CLOSED, LISTEN, SYN_RCVD, SYN_SENT } from '../../src/tracker/tcp-state.ts'
import { closing, opening, TrackerBench } from '../support/tracker-bench.ts'

const SECOND = 1e9

describe('many connections', () => {
  it('opened and closed leave nothing behind, and their rows are used again', () => {
    const bench = new TrackerBench()
    const openedIn = new Set<number>()
    const closedIn = new Set<number>()
    bench.tracker.events.subscribe('opened', ({ connection }) => openedIn.add(connection.index))
    bench.tracker.events.subscribe('closed', ({ connection }) => closedIn.add(connection.index))
    for (let round = 0; round < 4; round++) {
      for (let client = 0; client < 2500; client++) {
        const start = round * 600 * SECOND + client * 1e6
        const shots = [...opening(client), ...closing(client)]
        bench.play(...shots.map((shot, index) => ({ ...shot, time: start + index })))
      }
      expect(bench.tracker.size).toBe(2500)
    }
    bench.tracker.advance(2400 * SECOND)
    expect(bench.tracker.size).toBe(0)
    // Each was over before the next began: one row serves them all, and those of one round wait in as many others.
    expect([openedIn.size, closedIn.size]).toEqual([1, 2500])
    expect(bench.finished).toHaveLength(10_000)
    expect(new Set(bench.finished.map(({ outcome }) => outcome))).toEqual(new Set(['closed']))
    // What an earlier connection left in the row must not show in the next.
    const shape = ({ client, server, handshake, packets, zeek }: ConnectionSummary) => {
      return {
        client: client.transitions.length,
        server: server.transitions.length,
        handshake,
        packets,
        zeek,
      }
    }
    const shapes = new Set(bench.finished.map((connection) => JSON.stringify(shape(connection))))
    expect(shapes.size).toBe(1)
  })

  it('a SYN flood leaves nothing behind either', () => {
    const bench = new TrackerBench()
    for (let client = 0; client < 3000; client++) {
      bench.play({ client, flags: SYN, seq: client, time: client * 1e6 })
    }
    expect(bench.tracker.size).toBe(3000)
    const [newest] = bench.tracker.held.summaries().filter(({ id }) => id === 3000)
    expect([newest?.client.state, newest?.server.state]).toEqual([SYN_SENT, SYN_RCVD])
    bench.tracker.advance(400 * SECOND)
    expect(bench.tracker.size).toBe(0)
    expect(
      bench.finished.every(({ client, server }) => client.state === CLOSED && server.state === LISTEN),
    ).toBe(true)
  })
})
