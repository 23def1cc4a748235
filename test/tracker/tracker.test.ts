import { describe, expect, it } from 'vitest'
import { ACK, PSH, RST, SYN } from '../../src/decode/tcp-flags.ts'
import { CLASS_CAPTURE_DUPLICATE } from '../../src/tracker/segment-class.ts'
import { ESTABLISHED, SYN_RCVD, stateName } from '../../src/tracker/tcp-state.ts'
import { TRACKER_EVENTS } from '../../src/tracker/tracker-events.ts'
import { closing, opening, type Shot, TrackerBench } from '../support/tracker-bench.ts'

const SECOND = 1e9

describe('what is handed out', () => {
  it('is each connection once: when it leaves, or in the end', () => {
    const bench = new TrackerBench().play(...opening(1), ...closing(1), ...opening(2))
    expect(bench.tracker.size).toBe(2)
    expect(bench.finished).toEqual([])
    bench.tracker.advance(300 * SECOND)
    expect(bench.finished.map(({ id, outcome }) => [id, outcome])).toEqual([[1, 'closed']])
    bench.tracker.finish(300 * SECOND)
    expect(bench.finished.map(({ id, outcome }) => [id, outcome])).toEqual([
      [1, 'closed'],
      [7, 'open'],
    ])
    expect(bench.tracker.size).toBe(0)
    expect(bench.tracker.held.summaries()).toEqual([])
  })

  it('is nothing where nothing came in', () => {
    const bench = new TrackerBench()
    bench.tracker.finish(0)
    expect(bench.finished).toEqual([])
  })

  it('has run its timers up to the time given to finish', () => {
    const stateAfter = (seconds: number) => {
      const bench = new TrackerBench().play(...opening(), ...closing())
      bench.tracker.finish(seconds * SECOND)
      return stateName(bench.finished[0]?.client.state ?? -1)
    }
    expect([stateAfter(59), stateAfter(61)]).toEqual(['TIME_WAIT', 'CLOSED'])
  })
})

describe('what a timer concludes', () => {
  it('is dated in whole nanoseconds, however odd the times of packets are', () => {
    const bench = new TrackerBench().play({ flags: SYN, seq: 100, time: 0 })
    bench.play({ flags: SYN, seq: 100, time: 1_000_000_007 })
    bench.tracker.finish(300 * SECOND)
    const [summary] = bench.finished
    const last = summary?.client.transitions.at(-1)
    expect([stateName(last?.state ?? -1), last?.packet]).toEqual(['CLOSED', null])
    expect(Number.isInteger(last?.time)).toBe(true)
  })
})

describe('summaries', () => {
  it('show every connection as it stands, and change nothing', () => {
    const bench = new TrackerBench().play(...opening(1), ...opening(2).slice(0, 2))
    const states = () =>
      bench.tracker.held
        .summaries()
        .toSorted((a, b) => a.id - b.id)
        .map(({ client, server }) => [client.state, server.state])
    expect(states()).toEqual([
      [ESTABLISHED, ESTABLISHED],
      [ESTABLISHED, SYN_RCVD],
    ])
    expect(states()).toEqual(states())
    expect(bench.finished).toEqual([])
  })

  it('stay as they are when the connection goes on', () => {
    const bench = new TrackerBench().play(...opening())
    const [before] = bench.tracker.held.summaries()
    const copy = structuredClone(before)
    bench.play(...closing())
    expect(before).toEqual(copy)
  })
})

describe('the watched connection', () => {
  it('is logged segment by segment, and no other is', () => {
    const bench = new TrackerBench({ watch: 4 }).play(
      ...opening(1),
      ...opening(2),
      ...closing(1),
      ...closing(2),
    )
    expect(bench.tracker.log.map(({ packet, fromClient }) => [packet, fromClient])).toEqual([
      [4, true],
      [5, false],
      [6, true],
      [10, true],
      [11, false],
      [12, true],
    ])
  })

  it('is logged with the SYN that was pending when its packet is the one watched', () => {
    const bench = new TrackerBench({ watch: 4 }).play(
      ...opening(),
      { flags: SYN, seq: 5000 },
      { from: 1, flags: SYN | ACK, seq: 9000, ack: 5001 },
      { flags: ACK, seq: 5001, ack: 9001 },
    )
    expect(bench.tracker.log.map(({ packet }) => packet)).toEqual([4, 5, 6])
  })

  it('does not exist by default', () => {
    expect(new TrackerBench().play(...opening()).tracker.log).toEqual([])
  })
})

describe('events', () => {
  it('that nobody subscribes to are not built', () => {
    const bench = new TrackerBench()
    const { events } = bench.tracker
    for (const [kind] of TRACKER_EVENTS.entries()) expect(events.wants(kind)).toBe(false)
    const { event } = events
    // The segment at hand is noted, which costs nothing to speak of.
    const { segment: _, ...untouched } = { ...event }
    bench.play(...opening(), ...closing(), { from: 1, flags: RST, seq: 302 })
    bench.tracker.finish(0)
    const { segment, ...after } = { ...event }
    expect(segment).toBeDefined()
    expect(after).toEqual(untouched)
  })

  it('that somebody subscribes to are built, and only those', () => {
    const bench = new TrackerBench()
    const kinds = new Set<number>()
    const packets: number[] = []
    bench.tracker.events.subscribe('opened', ({ kind, packet }) => {
      kinds.add(kind)
      packets.push(packet)
    })
    bench.play(...opening(1), ...closing(1), ...opening(2))
    bench.tracker.finish(0)
    expect([...kinds].map((kind) => TRACKER_EVENTS[kind]?.name)).toEqual(['opened'])
    expect(packets).toEqual([1, 7])
  })

  it('reach every handler, in the order of subscription', () => {
    const bench = new TrackerBench()
    const calls: string[] = []
    bench.tracker.events.subscribe('segment', () => calls.push('first'))
    bench.tracker.events.subscribe('segment', () => calls.push('second'))
    bench.play({ flags: SYN, seq: 100 })
    expect(calls).toEqual(['first', 'second'])
  })
})

describe('two connections on one tuple', () => {
  it('are two connections with the numbers of their own packets', () => {
    const bench = new TrackerBench().play(...opening(), ...closing(), {
      flags: SYN,
      seq: 900,
      time: 70 * SECOND,
    })
    bench.play({ from: 1, flags: SYN | ACK, seq: 5000, ack: 901 }, { flags: ACK, seq: 901, ack: 5001 })
    bench.tracker.finish(71 * SECOND)
    expect(bench.finished).toMatchObject([
      { id: 1, firstPacket: 1, lastPacket: 6, packets: 6, stream: 0, client: { isn: 100 } },
      { id: 7, firstPacket: 7, lastPacket: 9, packets: 3, stream: 1, client: { isn: 900 } },
    ])
  })
})

describe('time running backwards', () => {
  it('is taken for standing still, and no timer fires early or twice', () => {
    const bench = new TrackerBench().play(...opening(), ...closing())
    bench.play({ from: 1, flags: ACK, seq: 302, ack: 102, time: 0 })
    bench.tracker.advance(3 * SECOND)
    bench.tracker.advance(1 * SECOND)
    const [summary] = bench.tracker.held.summaries()
    expect(stateName(summary?.client.state ?? -1)).toBe('TIME_WAIT')
    expect(summary?.end).toBe(5e6)
    for (const endpoint of [summary?.client, summary?.server]) {
      const times = endpoint?.transitions.map(({ time }) => time) ?? []
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
  })

  it('in every second packet leaves the same states', () => {
    const shots = [...opening(), ...closing()]
    const backwards = shots.map((shot, index) => ({ ...shot, time: index % 2 === 0 ? 10e6 + index : index }))
    const bench = new TrackerBench().play(...backwards)
    expect(bench.tracker.held.summaries()).toMatchObject([{ outcome: 'closed', start: 10e6 }])
  })
})

describe('quality of the capture', () => {
  it('counts frames captured twice', () => {
    const twice = [...opening(), ...closing()].flatMap((shot, index) => [
      { ...shot, ipId: index + 1, time: index * 1e6 },
      { ...shot, ipId: index + 1, time: index * 1e6 + 20e3 },
    ])
    const bench = new TrackerBench({ watch: 1 }).play(...twice)
    expect(bench.tracker.quality.duplicateFrames).toBe(6)
    expect(bench.tracker.held.summaries()).toMatchObject([
      { packets: 6, outcome: 'closed', client: { packets: 4, retransmissions: 0, duplicateAcks: 0 } },
    ])
    const classes = bench.tracker.log.map(({ segmentClass }) => segmentClass === CLASS_CAPTURE_DUPLICATE)
    expect(classes).toEqual(twice.map((_, index) => index % 2 === 1))
  })

  it('does not count the same bytes later, or under another IP identification', () => {
    const data: Shot = { flags: PSH | ACK, seq: 101, ack: 301, payload: 'hello', ipId: 9 }
    const bench = new TrackerBench().play(...opening(), { ...data, time: 10e6 }, { ...data, time: 300e6 })
    bench.play({ ...data, ipId: 10, time: 300.5e6 })
    expect(bench.tracker.quality.duplicateFrames).toBe(0)
    expect(bench.tracker.held.summaries()).toMatchObject([{ client: { retransmissions: 2 } }])
  })

  it('counts bad checksums', () => {
    const bench = new TrackerBench().play(...opening(), {
      flags: RST | ACK,
      seq: 101,
      ack: 301,
      checksum: 0x1234,
    })
    expect(bench.tracker.quality.badChecksums).toBe(1)
    expect(bench.tracker.held.summaries()).toMatchObject([{ outcome: 'open' }])
  })

  it('counts connections seen from the middle on, and those seen from one side only, as they leave', () => {
    const bench = new TrackerBench().play(
      ...opening(1),
      { client: 2, flags: PSH | ACK, seq: 1000, ack: 5000, payload: 'x' },
      { client: 2, from: 1, flags: ACK, seq: 5000, ack: 1001 },
      { client: 3, flags: PSH | ACK, seq: 1000, ack: 5000, payload: 'x' },
      { client: 3, flags: ACK, seq: 1001, ack: 5100 },
    )
    bench.tracker.finish(0)
    const { midstreamConnections, oneSidedConnections } = bench.tracker.quality
    expect({ midstreamConnections, oneSidedConnections }).toEqual({
      midstreamConnections: 2,
      oneSidedConnections: 1,
    })
  })
})
