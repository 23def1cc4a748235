import { beforeAll, describe, expect, it } from 'vitest'
import { Auditor, auditHostEvents } from '../../src/audit/auditor.ts'
import { type AnyRule, defineRule } from '../../src/audit/rule.ts'
import { RULES } from '../../src/audit/rules/index.ts'
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
import { faultlessCapture } from '../support/faultless-capture.ts'
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

/** Every moment asked for lies before its end. */
const counts = () => faultlessCapture({ tcp: 1000, end: crowd.end + 1e9 })

const HOST_RULES = RULES.filter(({ scope }) => scope === 'host')

function undivided(rules: readonly AnyRule[] = [census]) {
  const tracker = new Tracker({ onConnection: () => {} })
  const auditor = new Auditor(tracker, rules)
  crowd.play((segment) => tracker.segment(segment))
  tracker.finish(crowd.end)
  return auditor.finish(counts())
}

function divided(parts: number, rules: readonly AnyRule[] = [census]) {
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
  return auditHostEvents(rules, mergeHostEvents(lists), counts())
}

describe('rules that see hosts', () => {
  it('find the same in the merged events of several trackers as in those of one', () => {
    const whole = undivided()
    expect(whole.length).toBeGreaterThan(10)
    expect(divided(3)).toEqual(whole)
  })

  it('find the same whether divided or not, each rule there is', () => {
    const whole = undivided(HOST_RULES)
    expect(whole.length).toBeGreaterThan(3)
    expect(divided(3, HOST_RULES)).toEqual(whole)
  })

  it('are woken for every moment they asked for', () => {
    for (const { data } of undivided()) {
      const { looks, opened } = data as { looks: number; opened: number }
      expect(looks).toBe(opened)
    }
  })
})
