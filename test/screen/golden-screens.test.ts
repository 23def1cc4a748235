import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { parseAsOf } from '../../src/cli/as-of.ts'
import { FIRST_VIEW, type LiveView, pressKey } from '../../src/screen/live-view.ts'
import { keyContext, screenLines } from '../../src/screen/screen-lines.ts'
import type { ScreenSize } from '../../src/screen/screen-style.ts'
import { expectGolden } from '../support/golden.ts'
import { FIRST_WISH, type ObservedCapture, observedCapture } from '../support/observed-capture.ts'

const COLORS = picocolors.createColors(false)

interface Screen {
  readonly capture: ObservedCapture
  readonly keys?: readonly string[]
  readonly sizes: readonly string[]
}

const FLOOD: ObservedCapture = { captures: ['syn-flood-small.pcap'], filter: 'tcp port 5001' }
const TROUBLES: ObservedCapture = {
  captures: [
    'accept-queue-full-for-many.pcap',
    'close-wait-pile.pcap',
    'forged-rst-in-window.pcap',
    'random-loss-again-near.pcap',
    'syn-scan-of-ports.pcap',
  ],
}
const LEAK: ObservedCapture = { captures: ['close-wait-pile.pcap'], asOf: parseAsOf('+3') }
const CLOSE: ObservedCapture = {
  captures: ['half-close-with-data.pcap'],
  step: 400,
  wish: (step) => (step < 2 ? FIRST_WISH : { ...FIRST_WISH, ladder: 1 }),
}
const IPV6: ObservedCapture = { captures: ['ipv6-lost-fin-near.pcap'] }

/** Screens of captures of the real kernel (fixtures/README.md), and the keys that lead there. */
const SCREENS: Readonly<Record<string, Screen>> = {
  flood: { capture: FLOOD, sizes: ['80x24', '140x40', '40x12', '20x6'] },
  drops: { capture: { ...FLOOD, drops: 1234 }, sizes: ['80x24'] },
  troubles: { capture: TROUBLES, keys: ['down'], sizes: ['80x24', '120x30', '40x12', '12x3'] },
  gravest: { capture: TROUBLES, keys: ['s', 's', 'i'], sizes: ['100x24'] },
  finding: { capture: TROUBLES, keys: ['s', 's', 'enter'], sizes: ['80x24', '40x12'] },
  leak: { capture: LEAK, keys: ['tab', 'down'], sizes: ['80x24', '120x30'] },
  frozen: { capture: LEAK, keys: ['f'], sizes: ['80x10'] },
  'all-states': {
    capture: { captures: ['random-loss-both-ways-far.pcap'], asOf: parseAsOf('+0.5') },
    sizes: ['60x16'],
  },
  ipv6: { capture: IPV6, sizes: ['80x16', '120x16'] },
  ladder: { capture: CLOSE, keys: ['tab', 'enter'], sizes: ['80x24', '100x40', '50x16'] },
  'ladder-above': { capture: CLOSE, keys: ['tab', 'enter', 'home'], sizes: ['80x24'] },
  help: { capture: LEAK, keys: ['?'], sizes: ['80x24'] },
}

function sizeOf(text: string): ScreenSize {
  const [columns = 0, rows = 0] = text.split('x').map(Number)
  return { columns, rows }
}

describe('screens of recorded captures', () => {
  it.each(Object.entries(SCREENS))('%s', async (name, { capture, keys = [], sizes }) => {
    const snapshot = (await observedCapture(capture)).at(-1)
    if (snapshot === undefined) throw new Error('no snapshot')
    for (const text of sizes) {
      const size = sizeOf(text)
      let view: LiveView = FIRST_VIEW
      for (const key of keys) view = pressKey(view, key, keyContext(snapshot, view, size, COLORS)).view
      const screen = screenLines(snapshot, view, size, COLORS)
      const how = keys.length === 0 ? '' : `, keys ${keys.join(' ')}`
      expectGolden(
        `screen/${name}-${text}`,
        `tcpaudit live, as if ${capture.captures.join(' ')} passed${how}, ${text}`,
        `${screen.join('\n')}\n`,
      )
      expect(screen.length).toBeLessThanOrEqual(size.rows)
    }
  })
})
