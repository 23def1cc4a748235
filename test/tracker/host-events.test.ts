import { beforeAll, describe, expect, it } from 'vitest'
import { FlowKey, setKey } from '../../src/tracker/flow-table.ts'
import {
  copyHostEvent,
  HOST_EVENTS,
  type HostEvent,
  type HostEventType,
  mergeHostEvents,
  portHold,
  subscribeToHostEvents,
} from '../../src/tracker/host-events.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { TRACKER_EVENTS } from '../../src/tracker/tracker-events.ts'
import { RecordedCrowd } from '../support/recorded-crowd.ts'

const ALL_TYPES = HOST_EVENTS.map(({ type }) => type)

let crowd: RecordedCrowd

beforeAll(async () => {
  crowd = await RecordedCrowd.load()
})

/** What `parts` trackers tell that share the connections by the hash of their four-tuple. */
function told(parts: number, types: readonly HostEventType[] = ALL_TYPES): HostEvent[][] {
  const lists = Array.from({ length: parts }, (): HostEvent[] => [])
  const trackers = lists.map((list) => {
    const tracker = new Tracker({ onConnection: () => {} })
    subscribeToHostEvents(tracker.events, types, (event) => list.push(copyHostEvent(event)))
    return tracker
  })
  const key = new FlowKey()
  crowd.play((segment) => {
    setKey(key, segment)
    trackers[(key.hash >>> 0) % parts]?.segment(segment)
  })
  for (const tracker of trackers) tracker.finish(crowd.end)
  return lists
}

describe('the events of divided connections', () => {
  it.each([2, 3, 7])('merged from %i trackers are those of one', (parts) => {
    const lists = told(parts)
    for (const list of lists) expect(list.length).toBeGreaterThan(50)
    expect(mergeHostEvents(lists)).toEqual(mergeHostEvents(told(1)))
  })

  it('are in order of time', () => {
    const times = mergeHostEvents(told(2)).map(({ time }) => time)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('lose nothing in the merging', () => {
    const lists = told(2)
    expect(new Set(mergeHostEvents(lists))).toEqual(new Set(lists.flat()))
  })

  it('are merged the same whichever list comes first', () => {
    const lists = told(3)
    expect(mergeHostEvents(lists.toReversed())).toEqual(mergeHostEvents(lists))
  })

  it('survive being written to a file', () => {
    const [list] = told(1)
    expect(JSON.parse(JSON.stringify(list))).toEqual(list)
  })
})

describe('the events of one connection', () => {
  it('begin with its opening, end with its close, and have each once', () => {
    const connections = byConnection(told(1).flat())
    expect(connections.size).toBeGreaterThan(100)
    for (const events of connections.values()) {
      const types = events.map(({ type }) => type)
      expect(types.filter((type) => type === 'opened')).toHaveLength(1)
      expect(types.filter((type) => type === 'closed')).toHaveLength(1)
      expect(types[0]).toBe('opened')
      expect(types.at(-1)).toBe('closed')
    }
  })

  it('follow how each end holds its port, to what its summary says', () => {
    for (const events of byConnection(told(1).flat()).values()) {
      const states = { client: 0, server: 0 }
      let isSelf = false
      for (const event of events) {
        if (event.type === 'opened') isSelf = event.client.port === event.server.port
        else if (event.type === 'closed') {
          if (isSelf) continue
          const { client, server } = event
          expect(states).toEqual({ client: portHold(client.state), server: portHold(server.state) })
        } else if (event.type === 'state' || event.type === 'retracted') {
          expect(portHold(event.from)).toBe(states[event.role])
          states[event.role] = portHold(event.to)
          expect(event.to).not.toBe(event.from)
        }
      }
    }
  })

  it('name the ends that the summary names', () => {
    const events = told(1).flat()
    for (const { connection, ...closed } of events) {
      if (closed.type !== 'closed') continue
      const { client, server } = closed
      const ends = { client: endOf(client), server: endOf(server) }
      for (const event of events) {
        if (event.connection !== connection || event.type === 'closed') continue
        if ('end' in event && typeof event.end === 'object') expect(event.end).toEqual(ends[event.role])
        else if ('client' in event) expect({ client: event.client, server: event.server }).toEqual(ends)
      }
    }
  })

  const endOf = ({ ipVersion, address, port }: { ipVersion: number; address: unknown; port: number }) => ({
    ipVersion,
    address,
    port,
  })
})

describe('what nobody asked for', () => {
  it('is not told', () => {
    expect(
      new Set(
        told(1, ['closed'])
          .flat()
          .map(({ type }) => type),
      ),
    ).toEqual(new Set(['closed']))
  })

  it('is not asked of the tracker', () => {
    const { events } = new Tracker({ onConnection: () => {} })
    subscribeToHostEvents(events, ['closed'], () => {})
    const wanted = TRACKER_EVENTS.filter((_, kind) => events.wants(kind)).map(({ name }) => name)
    expect(wanted).toEqual(['closed'])
  })
})

const END = { ipVersion: 4, address: [1, 0, 0, 0], port: 1 } as const

describe('merging by hand', () => {
  const event = (time: number, packet: number, connection: number): HostEvent => ({
    type: 'state',
    time,
    packet,
    connection,
    role: 'client',
    opened: true,
    end: END,
    peer: END,
    from: 0,
    to: 0,
    basis: 0,
  })

  it('takes timers before the packets of their time, in order of connection', () => {
    const first = [event(5, 0, 9), event(5, 3, 2)]
    const second = [event(5, 0, 4), event(5, 4, 4)]
    const merged = mergeHostEvents([first, second])
    expect(merged.map(({ packet, connection }) => [packet, connection])).toEqual([
      [0, 4],
      [0, 9],
      [3, 2],
      [4, 4],
    ])
  })

  it('keeps the order of one connection at one time', () => {
    const list = [event(5, 3, 2), event(5, 0, 2), event(5, 0, 2)]
    const merged = mergeHostEvents([[event(5, 7, 7)], list])
    expect(merged.slice(0, 3)).toEqual(list)
    expect(merged[0]).toBe(list[0])
    expect(merged[1]).toBe(list[1])
  })

  it('puts one list in order as well', () => {
    const merged = mergeHostEvents([[event(1, 0, 8), event(1, 0, 3)]])
    expect(merged.map(({ connection }) => connection)).toEqual([3, 8])
  })

  it('of nothing is nothing', () => {
    expect(mergeHostEvents([])).toEqual([])
    expect(mergeHostEvents([[], []])).toEqual([])
  })
})

function byConnection(events: readonly HostEvent[]): Map<number, HostEvent[]> {
  const groups = new Map<number, HostEvent[]>()
  for (const event of events) {
    const group = groups.get(event.connection)
    if (group === undefined) groups.set(event.connection, [event])
    else group.push(event)
  }
  return groups
}
