import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { isAvailable } from '../support/availability.ts'
import { PseudoTerminal } from '../support/pseudo-terminal.ts'

const PLAYER = 'test/support/play-screen.js'
const CAPTURE = 'fixtures/kernel/close-wait-pile.pcap'
const LEAVE = '\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l'

const hasPython = isAvailable('python3', spawnSync('python3', ['--version']).status === 0)

let opened: PseudoTerminal | undefined
afterEach(() => opened?.kill())

/** The screen over a recorded capture that passes as fast as it did. */
async function player({ columns = 80, rows = 24, fault = '' } = {}): Promise<PseudoTerminal> {
  opened = new PseudoTerminal(columns, rows, [process.execPath, PLAYER, CAPTURE, fault])
  await opened.shows('CLOSE_WAIT')
  return opened
}

/** What was written to the ordinary screen after the other one was left. */
function afterwards({ written }: PseudoTerminal): string {
  expect(written).toContain(LEAVE)
  return written.slice(written.lastIndexOf(LEAVE) + LEAVE.length)
}

const KEY_LINE = 'Tab list  ↑↓ choose  Enter open  s sort  f freeze  ? help  q quit'

describe.runIf(hasPython)('the screen on a pseudo terminal', () => {
  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\x03'],
  ])('is left by %s, the terminal as it was, and the report comes then', async (_name, key) => {
    const terminal = await player()
    expect(terminal.screen.lines.at(-1)).toBe(KEY_LINE)
    terminal.type(key)
    expect(await terminal.end()).toEqual({ code: 0, isRestored: true })
    expect(afterwards(terminal)).toMatch(/^report: \d+ packets\r\n$/)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('is left by %s', async (signal) => {
    const terminal = await player()
    terminal.signal(signal)
    expect(await terminal.end()).toEqual({ code: 0, isRestored: true })
    expect(afterwards(terminal)).toMatch(/^report: \d+ packets\r\n$/)
  })

  it('is left for a fault while it is drawn', async () => {
    const terminal = await player({ fault: 'FAULT' })
    terminal.signal('SIGUSR2')
    expect(await terminal.end()).toEqual({ code: 70, isRestored: true })
    expect(afterwards(terminal)).toMatch(/^report: \d+ packets\r\n$/)
  })

  it('is left for an exception that nobody catches, before its trace is printed', async () => {
    const terminal = await player({ fault: 'UNCAUGHT' })
    terminal.signal('SIGUSR2')
    expect(await terminal.end()).toEqual({ code: 1, isRestored: true })
    expect(afterwards(terminal)).toContain('SyntaxError')
  })

  it('ends when the terminal goes away', async () => {
    const terminal = await player()
    terminal.hangUp()
    expect((await terminal.end()).code).toBe(0)
  })

  it('obeys the keys that terminals send', async () => {
    const terminal = await player()
    await terminal.shows('  10.9.0.2:20060')
    terminal.type('\t\x1b[B')
    await terminal.shows('> 10.9.0.2:20059')
    terminal.type('\x1b[A\r')
    await terminal.shows(/connection \d+ · 10\.9\.0\.2:200\d\d → 10\.9\.1\.2:5001/)
    await terminal.shows('What each state rests on')
    terminal.type('\x1b')
    await terminal.shows(KEY_LINE)
    terminal.type('?')
    await terminal.shows('Keys')
    terminal.type('q')
    expect(await terminal.end()).toEqual({ code: 0, isRestored: true })
  })

  it('fits the terminal whenever that changes', async () => {
    const terminal = await player()
    for (const [columns, rows] of [
      [120, 40],
      [30, 5],
      [5, 2],
      [1, 1],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows)
      if (columns > 20) await terminal.shows('replay')
    }
    await terminal.shows(KEY_LINE)
    terminal.type('q')
    expect(await terminal.end()).toEqual({ code: 0, isRestored: true })
  })
})
