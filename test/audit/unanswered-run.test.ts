import { describe, expect, it } from 'vitest'
import { UnansweredRun } from '../../src/audit/unanswered-run.ts'
import type { Endpoint } from '../../src/tracker/endpoint.ts'

/** A try at `time`, by when the peer had sent so many segments; nothing else of an event is looked at. */
function attempt(packet: number, time: number, heard: number) {
  const endpoint = { index: 0 } as Endpoint
  const peer = { packets: heard } as Endpoint
  return { packet, time, endpoint, peer } as Parameters<UnansweredRun['note']>[0]
}

function runOf(...attempts: readonly ReturnType<typeof attempt>[]): UnansweredRun {
  const run = new UnansweredRun()
  for (const one of attempts) run.note(one)
  return run
}

describe('tries in a row', () => {
  it('go on while nothing is heard', () => {
    const run = runOf(attempt(1, 1e9, 4), attempt(2, 2e9, 4), attempt(3, 4e9, 4))
    expect([run.count, run.length, run.moments.map(({ packet }) => packet)]).toEqual([3, 3e9, [1, 3]])
  })

  it('begin anew behind an answer', () => {
    expect(runOf(attempt(1, 1e9, 4), attempt(3, 2e9, 5), attempt(4, 3e9, 5)).count).toBe(2)
  })

  it('begin anew behind an answer that bears the time of the try, as where only milliseconds are kept', () => {
    expect(runOf(attempt(1, 1e9, 4), attempt(3, 1e9, 5)).count).toBe(1)
    expect(runOf(attempt(1, 1e9, 4), attempt(3, 1e9, 4)).count).toBe(2)
  })
})
