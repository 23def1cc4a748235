import { beforeAll, describe, expect, it } from 'vitest'
import { Auditor, auditHostEvents } from '../../src/audit/auditor.ts'
import type { CaptureCounts } from '../../src/audit/capture-counts.ts'
import { defineRule } from '../../src/audit/rule.ts'
import { FlowKey, setKey } from '../../src/tracker/flow-table.ts'
import {
  copyHostEvent,
  HOST_EVENTS,
  type HostEvent,
  mergeHostEvents,
  subscribeToHostEvents,
} from '../../src/tracker/host-events.ts'
import { TIME_WAIT } from '../../src/tracker/tcp-state.ts'
import { Tracker } from '../../src/tracker/tracker.ts'
import { RecordedCrowd } from '../support/recorded-crowd.ts'

/** Counts openings and TIME_WAITs per server port, and looks again a second after each. */
const census = defineRule({
  id: 'census',
  scope: 'host',
  category: 'closing',
  severity: 'info',
  since: '0.2.0',
  summary: 'A census.',
  references: [],
  messages: { counted: { opened: 'count', waits: 'count', looks: 'count', latest: 'time' } },
  notes: { opening: {} },
  unreliableWhen: [],
  create(context) {
    const ports = new Map<number, { opened: number; waits: number; looks: number; ids: number[] }>()
    const of = (port: number) => {
      const known = ports.get(port) ?? { opened: 0, waits: 0, looks: 0, ids: [] }
      ports.set(port, known)
      return known
    }
    let latest = 0
    return {
      opened({ connection, server, start }) {
        const count = of(server.port)
        count.opened++
        count.ids.push(connection)
        context.wakeAt(start + 1e9, server.port)
      },
      state({ to, role, end }) {
        if (to === TIME_WAIT && role === 'server') of(end.port).waits++
      },
      wake(time, port) {
        latest = Math.max(latest, time)
        of(port).looks++
      },
      end() {
        for (const [port, { opened, waits, looks, ids }] of ports) {
          context.report('counted', {
            time: latest,
            data: { opened, waits, looks, latest },
            evidence: ids
              .slice(0, 2)
              .map((connection) =>
                context.note('opening', { packet: connection, time: 0, connection }, 'client', {}),
              ),
            connections: ids.sort((a, b) => a - b),
            count: opened,
            host: { ipVersion: 4, address: [0, 0, 0, 0], port },
          })
        }
      },
    }
  },
})

let crowd: RecordedCrowd

beforeAll(async () => {
  crowd = await RecordedCrowd.load()
})

function counts(): CaptureCounts {
  return {
    packets: 0,
    tcp: 1000,
    truncated: 0,
    connections: 100,
    // Every moment asked for lies before it.
    end: crowd.end + 1e9,
    files: 1,
    truncatedPackets: [],
    reversals: [],
    quality: {
      unseenSegments: 0,
      unseenBytes: 0,
      seenBytes: 0,
      offloadedSegments: 0,
      duplicateFrames: 0,
      timeReversals: 0,
      oneSidedConnections: 0,
      midstreamConnections: 0,
      badChecksums: 0,
      offloadedChecksums: 0,
      routedFrames: 0,
      otherVlanFrames: 0,
      largestTimeReversal: 0,
      clientOnlyConnections: 0,
      offloaded: [],
      senders: [],
      cutLength: 0,
      stoppedAt: null,
    },
  }
}

function undivided() {
  const tracker = new Tracker({ onConnection: () => {} })
  const auditor = new Auditor(tracker, [census])
  crowd.play((segment) => tracker.segment(segment))
  tracker.finish(crowd.end)
  return auditor.finish(counts())
}

function divided(parts: number) {
  const lists = Array.from({ length: parts }, (): HostEvent[] => [])
  const trackers = lists.map((list) => {
    const tracker = new Tracker({ onConnection: () => {} })
    const types = HOST_EVENTS.map(({ type }) => type)
    subscribeToHostEvents(tracker.events, types, (event) => list.push(copyHostEvent(event)))
    return tracker
  })
  const key = new FlowKey()
  crowd.play((segment) => {
    setKey(key, segment)
    trackers[(key.hash >>> 0) % parts]?.segment(segment)
  })
  for (const tracker of trackers) tracker.finish(crowd.end)
  return auditHostEvents([census], mergeHostEvents(lists), counts())
}

describe('rules that see hosts', () => {
  it('find the same in the merged events of several trackers as in those of one', () => {
    const whole = undivided()
    expect(whole.length).toBeGreaterThan(10)
    expect(divided(3)).toEqual(whole)
  })

  it('are woken for every moment they asked for', () => {
    for (const { data } of undivided()) {
      const { looks, opened } = data as { looks: number; opened: number }
      expect(looks).toBe(opened)
    }
  })
})
