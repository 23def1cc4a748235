import { describe, expect, it } from 'vitest'
import { Tracker } from '../../src/tracker/tracker.ts'
import * as trackerEvents from '../../src/tracker/tracker-events.ts'
import { TRACKER_EVENTS, type TrackerEventName } from '../../src/tracker/tracker-events.ts'
import { RecordedCrowd } from '../support/recorded-crowd.ts'

const NAMES = TRACKER_EVENTS.map(({ name }) => name)

/** What the tracker tells of all recorded captures played at once, in order: event and connection. */
async function told(
  names: readonly TrackerEventName[],
  folder: 'kernel' | 'dialogues' = 'kernel',
): Promise<(readonly [TrackerEventName, number])[]> {
  const crowd = await RecordedCrowd.load(folder)
  const tracker = new Tracker({ onConnection: () => {} })
  const list: (readonly [TrackerEventName, number])[] = []
  for (const name of names) {
    tracker.events.subscribe(name, (event) => {
      expect(TRACKER_EVENTS[event.kind]?.name).toBe(name)
      list.push([name, event.connection.id])
    })
  }
  crowd.play(
    (segment) => tracker.segment(segment),
    (segment, error) => tracker.icmpError(segment, error),
  )
  tracker.finish(crowd.end)
  return list
}

describe('tracker events', () => {
  it('have the numbers of their places in the list', () => {
    const constants = Object.entries(trackerEvents).filter(([name]) => name.startsWith('EVENT_'))
    const named = constants.sort(([, a], [, b]) => Number(a) - Number(b)).map(([name]) => camelCase(name))
    expect(named).toEqual(NAMES)
  })

  it('are all sent somewhere in the recorded captures', async () => {
    const sent = new Set([...(await told(NAMES)), ...(await told(NAMES, 'dialogues'))].map(([name]) => name))
    expect(NAMES.filter((name) => !sent.has(name))).toEqual([])
  })

  it('tell the end of a connection before its successor opens on the same tuple', async () => {
    const list = await told(['opened', 'replaced', 'closed'])
    const replaced = list.flatMap(([name], index) => (name === 'replaced' ? [index] : []))
    expect(replaced.length).toBeGreaterThan(1)
    for (const index of replaced) {
      const [, id] = list[index] as (typeof list)[number]
      expect(list[index + 1]).toEqual(['closed', id])
      expect(list[index + 2]?.[0]).toBe('opened')
    }
  })
})

/** EVENT_PENDING_SYN: pendingSyn */
function camelCase(constant: string): string {
  const [first = '', ...rest] = constant.toLowerCase().split('_').slice(1)
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
