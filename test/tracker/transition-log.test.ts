import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASIS_NAMES, STATE_NAMES } from '../../src/tracker/tcp-state.ts'
import { TransitionLog } from '../../src/tracker/transition-log.ts'

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
  action: fc.constantFrom('push', 'push', 'push', 'pop', 'setBasis', 'release'),
  entry: ANY_ENTRY,
})

function read(log: TransitionLog, tail: number): Entry[] {
  const entries: Entry[] = []
  for (let entry = tail; entry !== 0; entry = log.previous(entry)) {
    entries.push({
      state: log.state(entry),
      basis: log.basis(entry),
      time: log.time(entry),
      packet: log.packet(entry),
    })
  }
  return entries.reverse()
}

describe('TransitionLog', () => {
  it('keeps several lists as arrays do', () => {
    fc.assert(
      fc.property(fc.array(COMMAND, { maxLength: 200 }), (commands) => {
        const log = new TransitionLog()
        const tails = [0, 0, 0, 0]
        const model: Entry[][] = [[], [], [], []]
        for (const { list, action, entry } of commands) {
          const entries = model[list] as Entry[]
          const tail = tails[list] as number
          if (action === 'push') {
            tails[list] = log.push(tail, entry.state, entry.basis, entry.time, entry.packet)
            entries.push(entry)
          } else if (action === 'release') {
            log.release(tail)
            tails[list] = 0
            entries.length = 0
          } else if (tail !== 0 && action === 'pop') {
            tails[list] = log.pop(tail)
            entries.pop()
          } else if (tail !== 0) {
            log.setBasis(tail, entry.basis)
            entries.push({ ...(entries.pop() as Entry), basis: entry.basis })
          }
          expect(tails.map((own) => read(log, own))).toEqual(model)
        }
      }),
    )
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
    const entries = read(log, tail)
    expect(entries).toHaveLength(10_000)
    expect(
      entries.every(({ state, basis, time, packet }, index) => {
        const i = index + 1
        return state === i % 12 && basis === i % 4 && time === i * 1e9 && packet === i
      }),
    ).toBe(true)
  })
})
