import { describe, expect, it } from 'vitest'
import { ACK, PSH, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { chooseEvicted } from '../../src/tracker/eviction.ts'
import { ESTABLISHED, SYN_RCVD, SYN_SENT, TIME_WAIT } from '../../src/tracker/tcp-state.ts'
import { closing, opening, type Shot, TrackerBench } from '../support/tracker-bench.ts'

const syn = (client: number): Shot => ({ client, flags: SYN, seq: 100 })
const data = (client: number): Shot => ({ client, flags: PSH | ACK, seq: 101, ack: 301, payload: 'hello' })

/** Clients of the connections that left, as they left. */
function clientsOf({ finished }: TrackerBench): number[] {
  return finished.map(({ client }) => Number(client.address[0] & 0xff))
}

describe('a tracker that is full', () => {
  it('forgets first what was begun and never opened, silent longest first, however idle open ones are', () => {
    const bench = new TrackerBench({ maxConnections: 4 })
    bench.play(...opening(1), ...opening(2), syn(3), syn(4), syn(3), syn(5))
    expect(clientsOf(bench)).toEqual([4])
    bench.play(syn(6))
    expect(clientsOf(bench)).toEqual([4, 3])
    expect(bench.finished[0]).toMatchObject({ evicted: true, outcome: 'unanswered', packets: 1 })
    expect(bench.finished[0]?.client.state).toBe(SYN_SENT)
    expect(bench.finished[0]?.server.state).toBe(SYN_RCVD)
  })

  it('then what is over, then open ones: each by the silence they have kept', () => {
    const bench = new TrackerBench({ maxConnections: 3 })
    bench.play(...opening(1), ...opening(2), ...closing(2), ...opening(3), data(1))
    bench.play(...opening(4))
    expect(clientsOf(bench)).toEqual([2])
    expect(bench.finished[0]?.client.state).toBe(TIME_WAIT)
    bench.play(...opening(5))
    expect(clientsOf(bench)).toEqual([2, 3])
    expect(bench.finished[1]).toMatchObject({ evicted: true, outcome: 'open' })
    expect(bench.finished[1]?.client.state).toBe(ESTABLISHED)
    expect(bench.tracker.quality.evictedConnections).toBe(2)
  })

  it('joins one in mid-stream that was forgotten and goes on', () => {
    const bench = new TrackerBench({ maxConnections: 1 })
    bench.play(...opening(1), ...opening(2), data(1))
    expect(bench.finished.map(({ midstream, evicted }) => [midstream, evicted])).toEqual([
      [false, true],
      [false, true],
    ])
    bench.tracker.finish(10e9)
    expect(bench.finished[2]).toMatchObject({ midstream: true, evicted: false, packets: 1 })
  })

  it('counts one that a packet opened as open though its ACK was not seen', () => {
    const bench = new TrackerBench({ maxConnections: 2 })
    bench.play(data(1), syn(2), syn(3))
    expect(clientsOf(bench)).toEqual([2])
  })

  it('takes its reset for what is over', () => {
    const bench = new TrackerBench({ maxConnections: 2 })
    bench.play(...opening(1), ...opening(2), { client: 2, flags: RST, seq: 101 }, syn(3))
    expect(clientsOf(bench)).toEqual([2])
  })

  it('never holds more than it may, and tells the stages that listen of each', () => {
    const bench = new TrackerBench({ maxConnections: 100 })
    let closed = 0
    bench.tracker.events.subscribe('closed', ({ packet }) => {
      closed++
      expect(packet).toBe(0)
    })
    for (let client = 0; client < 5000; client++) {
      bench.play(syn(client))
      expect(bench.tracker.size).toBeLessThanOrEqual(100)
    }
    expect(closed).toBe(bench.tracker.quality.evictedConnections)
    expect(closed).toBe(5000 - bench.tracker.size)
  })
})

describe('chooseEvicted', () => {
  it('lets a sixteenth of all leave at once, so that looking through all pays', () => {
    const bench = new TrackerBench({ maxConnections: 160 })
    for (let client = 0; client < 161; client++) bench.play(syn(client))
    expect(bench.tracker.size).toBe(151)
    expect(clientsOf(bench)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('has one to give even of one', () => {
    const one = { flags: 0, end: 5, openTime: -1 } as never
    const end = { state: SYN_SENT } as never
    expect([...chooseEvicted(Int32Array.of(7), 1, () => {}, one, end, end)]).toEqual([7])
  })
})
