import { describe, expect, it } from 'vitest'
import { ACK, PSH, SYN } from '../../src/decode/tcp-flags.ts'
import { MOST_WATCHED } from '../../src/tracker/held-connections.ts'
import { CLOSE_WAIT, ESTABLISHED } from '../../src/tracker/tcp-state.ts'
import { closing, opening, type Shot, TrackerBench } from '../support/tracker-bench.ts'

const SECOND = 1e9

const data = (client: number, seq = 101): Shot => ({ client, flags: PSH | ACK, seq, ack: 301, payload: 'x' })

/** Ids in the order of the walk, so many rows a step. */
function walked({ tracker }: TrackerBench, most: number): number[] {
  const walk = tracker.held.walk()
  const ids: number[] = []
  while (!walk.step(most, ({ id }) => ids.push(id)));
  return ids
}

describe('a walk past the connections held', () => {
  it('sees each once, whatever its steps', () => {
    const bench = new TrackerBench()
    // More than the first chunk of rows, and every third of them over: in the bank for those.
    for (let client = 1; client <= 700; client++) {
      bench.play(...opening(client), ...(client % 3 === 0 ? closing(client) : []))
    }
    const ids = bench.tracker.held.summaries().map(({ id }) => id)
    expect(ids.length).toBe(700)
    for (const most of [1, 7, 10_000]) {
      expect(walked(bench, most).toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b))
    }
  })

  it('does not see those that have left, nor rows that wait to be used again', () => {
    const bench = new TrackerBench().play(...opening(1), ...closing(1), ...opening(2))
    bench.tracker.advance(300 * SECOND)
    expect(walked(bench, 5)).toEqual([7])
    bench.tracker.finish(300 * SECOND)
    expect(walked(bench, 5)).toEqual([])
  })

  it('shows when a connection began, when it last spoke, and what passed', () => {
    const bench = new TrackerBench().play(...opening(1), data(1))
    const seen: number[][] = []
    bench.tracker.held.walk().step(10, ({ start, end, bytes, packets }) => {
      seen.push([start, end, bytes, packets])
    })
    const [summary] = bench.tracker.held.summaries()
    const bytes = (summary?.client.bytes ?? 0) + (summary?.server.bytes ?? 0)
    expect(seen).toEqual([[0, 3e6, bytes, 4]])
  })
})

describe('a connection that is watched', () => {
  const packets = ({ tracker }: TrackerBench) => tracker.held.segments.map(({ packet }) => packet)

  it('is logged from then on, and no other is', () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2))
    expect(bench.tracker.held.watch(4)).toBe(true)
    bench.play(data(1), data(2), data(2, 102))
    expect(packets(bench)).toEqual([8, 9])
    expect(bench.tracker.held.watched()).toMatchObject({ id: 4, packets: 5 })
  })

  it('is another from the moment that another is asked for', () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2))
    bench.tracker.held.watch(4)
    bench.play(data(2))
    bench.tracker.held.watch(1)
    bench.play(data(2, 102), data(1))
    expect(packets(bench)).toEqual([9])
    bench.tracker.held.unwatch()
    bench.play(data(1, 102))
    expect(packets(bench)).toEqual([])
    expect(bench.tracker.held.watched()).toBeUndefined()
  })

  it('is followed when it is over and moves aside, and until it leaves', () => {
    const bench = new TrackerBench().play(...opening(1))
    bench.tracker.held.watch(1)
    bench.play(...closing(1).slice(0, 1))
    expect(bench.tracker.held.watched()?.server.state).toBe(CLOSE_WAIT)
    bench.play(...closing(1).slice(1))
    expect(bench.tracker.held.watched()?.outcome).toBe('closed')
    expect(packets(bench)).toEqual([4, 5, 6])
    bench.tracker.advance(300 * SECOND)
    expect(bench.tracker.held.watched()).toBeUndefined()
    expect(packets(bench)).toEqual([4, 5, 6])
  })

  it('is not the next one on the same addresses and ports', () => {
    const bench = new TrackerBench().play(...opening(1))
    bench.tracker.held.watch(1)
    const again = { client: 1, time: 400 * SECOND }
    bench.play(...closing(1), { ...again, flags: SYN, seq: 70_000 })
    expect(bench.tracker.held.watched()).toBeUndefined()
    expect(packets(bench)).not.toContain(7)
  })

  it('has to be there', () => {
    const bench = new TrackerBench().play(...opening(1))
    expect(bench.tracker.held.watch(2)).toBe(false)
    expect(bench.tracker.held.watched()).toBeUndefined()
    expect(bench.tracker.held.summaries()[0]?.client.state).toBe(ESTABLISHED)
  })

  it('does not fill the memory, however long it is watched', () => {
    const bench = new TrackerBench().play(...opening(1))
    bench.tracker.held.watch(1)
    for (let sent = 0; sent < 5 * MOST_WATCHED; sent++) bench.play(data(1, 101 + sent))
    const kept = packets(bench)
    expect(kept.length).toBeLessThanOrEqual(2 * MOST_WATCHED)
    expect(kept.length).toBeGreaterThanOrEqual(MOST_WATCHED)
    expect(kept.at(-1)).toBe(3 + 5 * MOST_WATCHED)
  })
})
