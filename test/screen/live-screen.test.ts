import { EventEmitter } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import picocolors from 'picocolors'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LiveScreen } from '../../src/screen/live-screen.ts'
import type { LiveSnapshot, SnapshotWish } from '../../src/screen/live-snapshot.ts'
import { FIRST_WISH, observedCapture } from '../support/observed-capture.ts'
import { TerminalEmulator } from '../support/terminal-emulator.ts'

let snapshot: LiveSnapshot
beforeAll(async () => {
  const list = await observedCapture({ captures: ['close-wait-pile.pcap'] })
  snapshot = list.at(-1) as LiveSnapshot
})

let opened: LiveScreen | undefined
afterEach(() => opened?.close())

/** A screen on a terminal that is looked at, over snapshots of which each has one packet more. */
function screen(columns = 80, rows = 24) {
  const emulator = new TerminalEmulator(columns, rows)
  const input = Object.assign(new EventEmitter(), {
    setRawMode: () => {},
    setEncoding: () => {},
    resume: () => {},
    pause: () => {},
  })
  const output = Object.assign(new EventEmitter(), {
    columns,
    rows,
    writableLength: 0,
    write: (text: string) => emulator.write(text),
  })
  const process = Object.assign(new EventEmitter(), { pid: 1, kill: () => {} })
  const told: string[] = []
  const wishes: SnapshotWish[] = []
  const state = { packets: 0, fails: false }
  const live = new LiveScreen({
    ends: { input, output, process },
    colors: picocolors.createColors(false),
    snapshot: (wish) => {
      if (state.fails) throw new Error('broken')
      wishes.push(wish)
      return { ...snapshot, packets: ++state.packets }
    },
    onQuit: () => told.push('quit'),
    onFault: (error) => told.push(String(error)),
  })
  opened = live
  live.open()
  const shown = () => /([\d,]+) packets? ·/.exec(emulator.lines.join('\n'))?.[1]
  return { live, emulator, input, output, told, wishes, state, shown }
}

describe('a live screen', () => {
  it('is there at once, and again several times a second', async () => {
    const { shown, state } = screen()
    expect(shown()).toBe('1')
    while (state.packets < 3) await wait(20)
    expect(Number(shown())).toBeGreaterThanOrEqual(2)
  })

  it('asks for what was chosen, at once', () => {
    const { input, wishes } = screen()
    input.emit('data', '\ts\r')
    expect(wishes).toEqual([
      FIRST_WISH,
      { connectionSort: 'newest', ladder: null },
      { connectionSort: 'newest', ladder: snapshot.connections[0]?.id },
    ])
  })

  it('stands still while it is frozen, and goes on', async () => {
    const { input, shown, state, emulator } = screen()
    input.emit('data', 'f')
    const before = state.packets
    while (state.packets < before + 2) await wait(20)
    expect(shown()).toBe('1')
    expect(emulator.lines[0]).toContain('FROZEN')
    input.emit('data', 'f')
    expect(Number(shown())).toBeGreaterThan(1)
    expect(emulator.lines[0]).not.toContain('FROZEN')
  })

  it('fits another size', () => {
    const { output, emulator } = screen(80, 24)
    output.columns = 40
    output.rows = 10
    output.emit('resize')
    expect(emulator.lines.slice(10).join('')).toBe('')
    expect(Math.max(...emulator.lines.map((line) => line.length))).toBeLessThanOrEqual(40)
  })

  it('takes an ESC that nothing follows for the key', async () => {
    const { input, emulator } = screen()
    input.emit('data', '?')
    expect(emulator.lines[1]).toBe('Keys')
    input.emit('data', '\x1b')
    while (emulator.lines[1] === 'Keys') await wait(20)
    expect(emulator.lines.join('\n')).toContain('Findings')
  })

  it.each([
    ['q', (ends: ReturnType<typeof screen>) => ends.input.emit('data', 'qqq')],
    ['Ctrl-C', (ends: ReturnType<typeof screen>) => ends.input.emit('data', '\x03')],
    [
      'a terminal that is gone',
      (ends: ReturnType<typeof screen>) => ends.output.emit('error', new Error('EIO')),
    ],
  ])('ends once by %s, with the terminal given back', (_name, act) => {
    const ends = screen()
    act(ends)
    expect(ends.told).toEqual(['quit'])
    expect(ends.emulator.modes.get('?1049')).toBe(false)
  })

  it('gives the terminal back before it tells of a fault', async () => {
    const { state, told, emulator } = screen()
    state.fails = true
    while (told.length === 0) await wait(20)
    expect(told).toEqual(['Error: broken'])
    expect(emulator.modes.get('?1049')).toBe(false)
  })
})
