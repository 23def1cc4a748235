import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACKNOWLEDGED, ASSUMED, BASIS_NAMES, SENT, STATE_NAMES } from '../../src/tracker/tcp-state.ts'
import { CONFIRMED_BELOW, TIME_WAIT_BELOW, TransitionLog } from '../../src/tracker/transition-log.ts'

interface Entry {
  readonly state: number
  readonly basis: number
  readonly time: number
  readonly packet: number
}

const ANY_ENTRY = fc.record({
  state: fc.nat(STATE_NAMES.length - 1),
  basis: fc.nat(BASIS_NAMES.length - 1),
  time: fc.double({ min: 0, max: 1e18, noNaN: true }),
  packet: fc.nat(0x7fffffff),
})

const COMMAND = fc.record({
  list: fc.nat(3),
  action: fc.constantFrom('push', 'push', 'push', 'pop', 'confirm', 'release'),
  entry: ANY_ENTRY,
})

/** What the log keeps of one endpoint outside of itself: the newest entry, and what that rests on by now. */
interface List {
  tail: number
  basis: number
}

function read(log: TransitionLog, { tail, basis }: List): Entry[] {
  const entries: Entry[] = []
  let isConfirmed = basis === ACKNOWLEDGED
  for (let entry = tail; entry !== 0; entry = log.previous(entry)) {
    entries.push({
      state: log.state(entry),
      basis: log.basis(entry, isConfirmed),
      time: log.time(entry),
      packet: log.packet(entry),
    })
    isConfirmed = log.isConfirmedBelow(entry, isConfirmed)
  }
  return entries.reverse()
}

describe('TransitionLog', () => {
  it('keeps several lists as arrays do', () => {
    fc.assert(
      fc.property(fc.array(COMMAND, { maxLength: 200 }), (commands) => {
        const log = new TransitionLog()
        const lists: List[] = [0, 1, 2, 3].map(() => ({ tail: 0, basis: SENT }))
        const model: Entry[][] = [[], [], [], []]
        for (const { list, action, entry } of commands) {
          const entries = model[list] as Entry[]
          const own = lists[list] as List
          if (action === 'push') {
            const marks = own.basis === ACKNOWLEDGED ? CONFIRMED_BELOW : 0
            own.tail = log.push(own.tail, entry.state, entry.basis, entry.time, entry.packet, marks)
            own.basis = entry.basis
            entries.push(entry)
          } else if (action === 'release') {
            log.release(own.tail)
            own.tail = 0
            own.basis = SENT
            entries.length = 0
          } else if (own.tail !== 0 && action === 'pop') {
            const isConfirmed = log.isConfirmedBelow(own.tail, own.basis === ACKNOWLEDGED)
            own.tail = log.pop(own.tail)
            own.basis = own.tail === 0 ? SENT : log.basis(own.tail, isConfirmed)
            entries.pop()
          } else if (own.basis === ASSUMED) {
            own.basis = ACKNOWLEDGED
            for (let at = entries.length - 1; entries[at]?.basis === ASSUMED; at--)
              entries[at] = { ...(entries[at] as Entry), basis: ACKNOWLEDGED }
          }
          expect(lists.map((each) => read(log, each))).toEqual(model)
          expect(lists.map(({ tail, basis }) => (tail === 0 ? SENT : basis))).toEqual(
            model.map((each) => each.at(-1)?.basis ?? SENT),
          )
        }
      }),
    )
  })

  it('tells that a TIME_WAIT lies below', () => {
    const log = new TransitionLog()
    const first = log.push(0, 10, SENT, 0, 1)
    const second = log.push(first, 11, SENT, 1, 2, TIME_WAIT_BELOW | CONFIRMED_BELOW)
    expect([first, second].map((entry) => log.hasTimeWaitBelow(entry))).toEqual([false, true])
    expect(log.state(second)).toBe(11)
  })

  it('uses released entries again, so that its numbers stay small', () => {
    const log = new TransitionLog()
    let highest = 0
    for (let round = 0; round < 1000; round++) {
      let tail = 0
      for (let i = 0; i < 11; i++) {
        tail = log.push(tail, i, 0, round, i)
        highest = Math.max(highest, tail)
      }
      log.release(tail)
    }
    expect(highest).toBe(11)
  })

  it('keeps its entries while it grows', () => {
    const log = new TransitionLog()
    let tail = 0
    for (let i = 1; i <= 10_000; i++) tail = log.push(tail, i % 12, i % 4, i * 1e9, i)
    const entries = read(log, { tail, basis: SENT })
    expect(entries).toHaveLength(10_000)
    expect(
      entries.every(({ state, basis, time, packet }, index) => {
        const i = index + 1
        return state === i % 12 && basis === i % 4 && time === i * 1e9 && packet === i
      }),
    ).toBe(true)
  })
})
