import { describe, expect, it } from 'vitest'
import { EndSlots } from '../../src/audit/end-slots.ts'
import type { HostEnd } from '../../src/tracker/host-totals.ts'

const end = (word: number, ipVersion = 4): HostEnd => ({ ipVersion, address: [word, 0, 0, 0], port: 80 })

/** One set of sixteen slots: whoever comes seventeenth needs the room of another. */
function oneSet(kept: ReadonlySet<number> = new Set(), mostMeetings?: number) {
  const forgotten: number[] = []
  const slots: EndSlots = new EndSlots(
    16,
    {
      isKept: (slot) => kept.has(slots.endAt(slot, 0).address[0]),
      forget: (slot) => forgotten.push(slots.endAt(slot, 0).address[0]),
    },
    mostMeetings,
  )
  return { slots, forgotten, meet: (word: number) => slots.of(end(word), 80) }
}

const COUNT = Array.from({ length: 16 }, (_, index) => index)

describe('slots of ends', () => {
  it('are one for the same ends, and others for others', () => {
    const { slots } = oneSet()
    const first = slots.of(end(1), 80)
    const others = [
      slots.of(end(1), 81),
      slots.of(end(1, 6), 80),
      slots.of(end(2), 80),
      slots.of(end(1), 80, end(2), 80),
      slots.of(end(2), 80, end(1), 80),
    ]
    expect(new Set([first, ...others]).size).toBe(6)
    expect(slots.of(end(1), 80)).toBe(first)
    expect(slots.known(end(1), 80)).toBe(first)
    expect(slots.known(end(3), 80)).toBe(-1)
    expect(slots.size).toBe(6)
    expect(slots.slots()).toEqual([first, ...others])
    expect(slots.endAt(others[4] as number, 1)).toEqual(end(1))
  })

  it('go to a newcomer from the ends met longest ago', () => {
    const { meet, forgotten, slots } = oneSet()
    for (const word of COUNT) meet(word)
    meet(0)
    meet(100)
    meet(101)
    expect(forgotten).toEqual([1, 2])
    expect(slots.size).toBe(16)
  })

  it('stay with those that are kept, up to half of them', () => {
    const few = oneSet(new Set([0, 1, 2]))
    for (const word of COUNT) few.meet(word)
    few.meet(100)
    expect(few.forgotten).toEqual([3])

    const many = oneSet(new Set(COUNT))
    for (const word of COUNT) many.meet(word)
    many.meet(100)
    expect(many.forgotten).toEqual([0])
  })

  it('keep their order when meetings are counted anew', () => {
    const { meet, forgotten } = oneSet(new Set(), 63)
    for (const word of COUNT) meet(word)
    for (let turn = 0; turn < 100; turn++) for (const word of COUNT.slice(4)) meet(word)
    for (let newcomer = 100; newcomer < 104; newcomer++) {
      meet(newcomer)
      for (const word of COUNT.slice(4)) meet(word)
    }
    expect(forgotten.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
  })
})
