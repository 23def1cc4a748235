import fc from 'fast-check'
import picocolors from 'picocolors'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/audit/finding.ts'
import type { AnyRule } from '../../src/audit/rule.ts'
import { textWidth } from '../../src/report/text-layout.ts'
import { fitLine } from '../../src/screen/fit-line.ts'
import type { LiveSnapshot } from '../../src/screen/live-snapshot.ts'
import { FIRST_VIEW, type LiveView, pressKey, wishOf } from '../../src/screen/live-view.ts'
import { keyContext, screenLines } from '../../src/screen/screen-lines.ts'
import type { ScreenSize } from '../../src/screen/screen-style.ts'
import { type ObservedCapture, observedCapture } from '../support/observed-capture.ts'

const CAPTURES: readonly ObservedCapture[] = [
  { captures: ['syn-flood-small.pcap'], drops: 7 },
  { captures: ['close-wait-pile.pcap', 'forged-rst-in-window.pcap', 'random-loss-again-near.pcap'] },
  {
    captures: ['half-close-with-data.pcap'],
    step: 400,
    wish: (step) => ({ connectionSort: 'newest', ladder: step < 2 ? null : 1 }),
  },
  { captures: ['ipv6-lost-fin-near.pcap'], step: 100, wish: () => ({ connectionSort: 'host', ladder: 99 }) },
]
const KEYS = [
  ...[
    'up',
    'down',
    'page-up',
    'page-down',
    'home',
    'end',
    'left',
    'right',
    'tab',
    'back-tab',
    'enter',
    'enter',
  ],
  ...['escape', 'backspace', 's', 'S', 'i', 'f', ' ', '?', 'j', 'k', 'g', 'G', 'x', 'ctrl-l', 'é'],
] as const

const COLOR = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;]*m`, 'g')
const CONTROL = /\p{Cc}/u

const sizes = fc.record<ScreenSize>({ columns: fc.nat({ max: 160 }), rows: fc.nat({ max: 50 }) })
const keys = fc.array(fc.constantFrom(...KEYS), { maxLength: 12 })
/** What an interface, a filter or somebody's rule may be called. */
const foreign = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '日本語のフィルター'.repeat(9),
    '\x1b[2J\x1b[?1049l',
    '\x9b31m',
    'a\r\nb\tc\b',
    '👩‍👩‍👧'.repeat(20),
    '\u202eabc',
    '',
  ),
)

let snapshots: readonly LiveSnapshot[]
beforeAll(async () => {
  const observed = await Promise.all(CAPTURES.map((capture) => observedCapture(capture)))
  snapshots = observed.map((list) => list.at(-1) as LiveSnapshot)
})

/** A snapshot in which all that can be foreign is. */
function withText(snapshot: LiveSnapshot, text: string): LiveSnapshot {
  const words = { title: () => text, detail: () => text, advice: () => [text] }
  const definition = {
    id: 'my-rule',
    wording: { messages: { seen: words }, notes: {} },
  } as unknown as AnyRule
  const mine: Finding = {
    ...NO_FINDING,
    definition,
    connections: snapshot.connections.slice(0, 1).map(({ id }) => id),
  }
  return { ...snapshot, name: text, filter: text, findings: [mine, ...snapshot.findings] }
}

const NO_FINDING: Finding = {
  id: 'my-rule:1',
  rule: 'my-rule',
  message: 'seen',
  data: {},
  severity: 'critical',
  confidence: 'certain',
  blame: null,
  connections: [],
  streams: [],
  count: 1,
  client: null,
  server: null,
  host: null,
  firstSeen: 1e15,
  lastSeen: 1e15,
  evidence: [],
  explainedBy: null,
}

function pressed(view: LiveView, key: string, snapshot: LiveSnapshot, size: ScreenSize) {
  return pressKey(view, key, keyContext(snapshot, view, size, picocolors))
}

describe('a screen', () => {
  it('has never more lines than the terminal, none wider, and nothing in them that moves the cursor', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: CAPTURES.length - 1 }),
        foreign,
        fc.array(fc.tuple(keys, sizes), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (which, text, turns, hasColors) => {
          const snapshot = withText(snapshots[which] as LiveSnapshot, text)
          const colors = picocolors.createColors(hasColors)
          let view = FIRST_VIEW
          for (const [typed, size] of turns) {
            for (const key of typed) view = pressed(view, key, snapshot, size).view
            const lines = screenLines(snapshot, view, size, colors)
            expect(lines.length).toBeLessThanOrEqual(size.rows)
            for (const line of lines) {
              const plain = line.replace(COLOR, '')
              expect(plain).not.toMatch(CONTROL)
              expect(textWidth(plain)).toBeLessThanOrEqual(Math.max(0, size.columns - 1))
              if (!hasColors) expect(plain).toBe(line)
            }
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('shows the chosen entry wherever there is room for one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), keys, fc.integer({ min: 4, max: 50 }), (which, typed, rows) => {
        const snapshot = snapshots[which] as LiveSnapshot
        const size = { columns: 100, rows }
        let view: LiveView = { ...FIRST_VIEW, focus: 'connections' }
        for (const key of typed) view = pressed(view, key, snapshot, size).view
        fc.pre(view.pages.length === 0 && view.focus === 'connections')
        const lines = screenLines(snapshot, view, size, picocolors.createColors(false))
        const shows = lines.some((line) => line.startsWith('▸ Connections'))
        const chosen = lines.filter((line) => line.startsWith('> '))
        const hasRoom = rows >= 8
        if (hasRoom) expect(shows).toBe(true)
        expect(chosen.length).toBeLessThanOrEqual(1)
        if (hasRoom) expect(chosen.length).toBe(1)
      }),
    )
  })

  it('says the same with colours and without', () => {
    const size = { columns: 120, rows: 40 }
    for (const snapshot of snapshots) {
      const coloured = screenLines(snapshot, FIRST_VIEW, size, picocolors.createColors(true))
      const plain = screenLines(snapshot, FIRST_VIEW, size, picocolors.createColors(false))
      expect(coloured.map((line) => line.replace(COLOR, ''))).toEqual(plain)
    }
  })
})

describe('keys', () => {
  it('lead back to the lists and out, whatever was typed before', () => {
    fc.assert(
      fc.property(fc.nat({ max: CAPTURES.length - 1 }), keys, sizes, (which, typed, size) => {
        const snapshot = snapshots[which] as LiveSnapshot
        let view = FIRST_VIEW
        for (const key of typed) view = pressed(view, key, snapshot, size).view
        for (let deep = view.pages.length; deep > 0; deep--)
          view = pressed(view, 'escape', snapshot, size).view
        expect(view.pages).toEqual([])
        expect(wishOf(view).ladder).toBeNull()
        expect(view.isLadderFrozen).toBe(false)
        expect(pressed(view, 'q', snapshot, size).action).toBe('quit')
      }),
    )
  })

  it('scroll no further than there is something to see', () => {
    fc.assert(
      fc.property(fc.nat({ max: CAPTURES.length - 1 }), keys, sizes, (which, typed, size) => {
        const snapshot = snapshots[which] as LiveSnapshot
        let view = FIRST_VIEW
        for (const key of typed) {
          view = pressed(view, key, snapshot, size).view
          const { scroll = 0 } = view.pages.at(-1) ?? {}
          expect(scroll ?? 0).toBeLessThanOrEqual(keyContext(snapshot, view, size, picocolors).scrollEnd)
          expect(scroll ?? 0).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

describe('fitLine', () => {
  it('cuts any text to any width, and lets nothing through but text and colours', () => {
    fc.assert(
      fc.property(foreign, foreign, fc.nat({ max: 60 }), (one, other, width) => {
        const fitted = fitLine(`${picocolors.createColors(true).red(one)}${other}`, width)
        const plain = fitted.replace(COLOR, '')
        expect(plain).not.toMatch(CONTROL)
        expect(textWidth(plain)).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('closes the colours of what it cuts off', () => {
    const { red } = picocolors.createColors(true)
    expect(fitLine(`${red('abcdef')}gh`, 4)).toBe(red('abc…'))
  })

  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['日本', 4, '日本'],
    ['日本', 3, '日…'],
    ['日本', 2, '…'],
    ['abc', 0, ''],
    ['a\x1b[2Jb', 20, 'a\\x1b[2Jb'],
  ])('makes %j in %i cells %j', (text, width, fitted) => {
    expect(fitLine(text, width)).toBe(fitted)
  })
})
