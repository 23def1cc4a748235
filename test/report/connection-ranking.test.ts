import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConnectionRanking } from '../../src/report/connection-ranking.ts'
import { connectionScore, SCORE_LIMIT } from '../../src/report/connection-score.ts'
import type { ConnectionSummary, Outcome } from '../../src/tracker/connection-summary.ts'
import { CLOSE_WAIT, CLOSED, ESTABLISHED, FIN_WAIT_2, TIME_WAIT } from '../../src/tracker/tcp-state.ts'
import { connectionSummary, endpointSummary, finished } from '../support/summary-builder.ts'

const OUTCOMES: readonly Outcome[] = [
  'unanswered',
  'refused',
  'half-open',
  'closed',
  'reset',
  'timed-out',
  'open',
  'unknown',
]

function inState(client: number, server: number, given: Partial<ConnectionSummary>): ConnectionSummary {
  return connectionSummary({
    client: endpointSummary({ state: client }),
    server: endpointSummary({ state: server }),
    ...given,
  })
}

describe('connectionScore', () => {
  const closed = inState(TIME_WAIT, CLOSED, { outcome: 'closed' })
  const open = inState(ESTABLISHED, ESTABLISHED, { outcome: 'open' })
  const stuck = inState(FIN_WAIT_2, CLOSE_WAIT, { outcome: 'open' })
  const reset = inState(CLOSED, CLOSED, { outcome: 'reset' })
  const unanswered = inState(CLOSED, CLOSED, { outcome: 'unanswered' })
  const lossy = inState(TIME_WAIT, CLOSED, {
    outcome: 'closed',
    packets: 100,
    client: endpointSummary({ state: TIME_WAIT, retransmissions: 5 }),
  })

  it('puts trouble before stuck closes, loss, open and closed connections', () => {
    const inOrder = [unanswered, reset, stuck, lossy, open, closed]
    const scores = inOrder.map(connectionScore)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(new Set(scores).size).toBe(inOrder.length)
  })

  it('does not call a few resent segments of a long connection lossy', () => {
    const long = connectionSummary({ packets: 10_000, client: endpointSummary({ retransmissions: 3 }) })
    expect(connectionScore(long)).toBeLessThan(connectionScore(lossy))
  })

  it('stays within its limit', () => {
    const worst = endpointSummary({ retransmissions: 1e9, zeroWindows: 1e9 })
    for (const outcome of OUTCOMES) {
      const score = connectionScore(connectionSummary({ outcome, client: worst, server: worst }))
      expect(score).toBeLessThan(SCORE_LIMIT)
      expect(Number.isInteger(score)).toBe(true)
    }
  })
})

describe('ConnectionRanking', () => {
  it('keeps the most interesting, equals by id, whatever order they come in', () => {
    const summaries = fc
      .uniqueArray(fc.integer({ min: 1, max: 1000 }))
      .chain((ids) =>
        fc.tuple(
          ...ids.map((id) =>
            fc.constantFrom(...OUTCOMES).map((outcome) => connectionSummary({ id, outcome })),
          ),
        ),
      )
    fc.assert(
      fc.property(summaries, fc.nat(20), (list, limit) => {
        const ranking = new ConnectionRanking(limit)
        for (const summary of list) ranking.add(finished(summary))
        const expected = list.toSorted((a, b) => connectionScore(b) - connectionScore(a) || a.id - b.id)
        expect(ranking.ranked()).toEqual(expected.slice(0, limit))
        expect(ranking.count).toBe(list.length)
      }),
    )
  })
})
