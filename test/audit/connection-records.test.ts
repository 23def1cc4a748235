import { describe, expect, it } from 'vitest'
import { type ConnectionNumbers, ConnectionRecords } from '../../src/audit/connection-records.ts'
import type { Connection } from '../../src/tracker/connection.ts'
import type { TrackerEvent } from '../../src/tracker/tracker-events.ts'

const connection = (): Connection => ({ audit: 0 }) as Connection
const eventOf = (about: Connection): TrackerEvent => ({ connection: about }) as TrackerEvent

describe('ConnectionRecords', () => {
  it('keep numbers of each connection apart, and begin anew for the next', () => {
    const records = new ConnectionRecords(2)
    const few = records.numbers(2)
    const more = records.numbers(3)
    const [one, other, late] = [connection(), connection(), connection()]
    expect(few.known(one)).toBe(-1)
    const put = (numbers: ConnectionNumbers, about: Connection, ...values: readonly number[]) => {
      const at = numbers.of(about)
      numbers.numbers.set(values, at)
    }
    put(few, one, 7, 8)
    put(more, one, 1, 2, 3)
    put(few, other, 9, 10)
    expect(few.numbers.slice(few.known(one)).slice(0, 2)).toEqual(Float64Array.of(7, 8))
    expect(more.numbers.slice(more.known(one)).slice(0, 3)).toEqual(Float64Array.of(1, 2, 3))
    expect(more.known(other)).toBe(-1)
    // Too many are remembered.
    expect(few.of(late)).toBe(-1)
    records.release(one)
    expect([few.known(one), records.size]).toEqual([-1, 1])
    const at = few.of(late)
    expect(few.numbers.slice(at, at + 2)).toEqual(Float64Array.of(0, 0))
    expect(more.known(late)).toBe(-1)
  })

  it('have room for more than they begin with', () => {
    const records = new ConnectionRecords()
    const numbers = records.numbers(1)
    const connections = Array.from({ length: 5000 }, connection)
    for (const [value, one] of connections.entries()) {
      const at = numbers.of(one)
      numbers.numbers[at] = value
    }
    expect(connections.every((one, value) => numbers.numbers[numbers.known(one)] === value)).toBe(true)
  })

  it('tell those rules that remember something, of whatever number they are', () => {
    const records = new ConnectionRecords()
    const told: unknown[] = []
    const handlers = Array.from({ length: 40 }, (_, rule) => (_event: TrackerEvent, state: never) => {
      told.push([rule, state])
    })
    const [one, other] = [connection(), connection()]
    records.stateOf(one, 35, () => 'a state')
    records.stateOf(one, 35, () => 'another')
    records.numbers(1).of(other)
    for (const about of [one, other]) {
      records.tell(eventOf(about), handlers, -1)
      records.tell(eventOf(about), handlers, 1 << 4)
    }
    expect(told).toEqual([[35, 'a state']])
  })

  it('do not begin again for a rule that remembers nothing', () => {
    const records = new ConnectionRecords()
    const one = connection()
    let begun = 0
    for (let turn = 0; turn < 3; turn++) records.stateOf(one, 1, () => void begun++)
    expect(begun).toBe(1)
  })
})
