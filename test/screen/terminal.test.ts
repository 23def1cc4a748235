import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Terminal } from '../../src/screen/terminal.ts'
import { TerminalEmulator } from '../support/terminal-emulator.ts'

const ALTERNATE = '?1049'
const CURSOR = '?25'
const WRAP = '?7'

/** Both ends of a terminal and a process, that note what is done to them. */
function ends(columns = 20, rows = 6) {
  const emulator = new TerminalEmulator(columns, rows)
  const done: string[] = []
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (isRaw: boolean) => done.push(isRaw ? 'raw' : 'cooked'),
    setEncoding: () => {},
    resume: () => {},
    pause: () => {},
  })
  const output = Object.assign(new EventEmitter(), {
    columns,
    rows,
    writableLength: 0,
    written: '',
    write(text: string) {
      output.written += text
      emulator.write(text)
    },
  })
  const process = Object.assign(new EventEmitter(), {
    pid: 42,
    kill: (pid: number, signal: string) =>
      done.push(`${signal} ${pid}, ${process.listenerCount(signal)} listening`),
  })
  const heard: string[] = []
  const terminal = new Terminal(
    { input, output, process },
    {
      onText: (text) => heard.push(`text ${text}`),
      onStale: () => heard.push('stale'),
      onGone: ({ message }) => heard.push(`gone ${message}`),
    },
  )
  return { terminal, emulator, input, output, process, done, heard }
}

describe('what is drawn', () => {
  it('is the newest screen, whatever was there', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '─'), maxLength: 19 })
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 6 }), { maxLength: 6 }), (screens) => {
        const { terminal, emulator } = ends()
        terminal.open()
        for (const screen of screens) {
          terminal.draw(screen)
          const expected = Array.from({ length: 6 }, (_, row) => (screen[row] ?? '').trimEnd())
          expect(emulator.lines).toEqual(expected)
        }
      }),
    )
  })

  it('is only what differs', () => {
    const { terminal, output } = ends()
    terminal.open()
    expect(terminal.draw(['one', 'two', 'three'])).toBe(3)
    output.written = ''
    expect(terminal.draw(['one', 'two', 'three'])).toBe(0)
    expect(output.written).toBe('')
    expect(terminal.draw(['one', 'twelve', 'three'])).toBe(1)
    expect(output.written).toContain('elve')
    for (const same of ['one', 'three', 'tw']) expect(output.written).not.toContain(same)
  })

  it('waits while the terminal has not taken what it was given', () => {
    const { terminal, output, emulator } = ends()
    terminal.open()
    output.writableLength = 1
    expect(terminal.draw(['one'])).toBe(0)
    output.writableLength = 0
    terminal.draw(['two'])
    expect(emulator.lines[0]).toBe('two')
  })

  it('is all of it after a resize', () => {
    const { terminal, output, heard, emulator } = ends()
    terminal.open()
    terminal.draw(['one', 'two'])
    output.emit('resize')
    expect(heard).toEqual(['stale'])
    expect(emulator.lines[0]).toBe('')
    expect(terminal.draw(['one', 'two'])).toBe(2)
    expect(emulator.lines.slice(0, 2)).toEqual(['one', 'two'])
  })
})

describe('the terminal', () => {
  it('is ours while it is open, and as it was afterwards', () => {
    const { terminal, emulator, done, process, input, output } = ends()
    terminal.open()
    expect([...emulator.modes]).toEqual([
      [ALTERNATE, true],
      [CURSOR, false],
      [WRAP, false],
    ])
    terminal.close()
    terminal.close()
    expect(emulator.modes.get(ALTERNATE)).toBe(false)
    expect(emulator.modes.get(CURSOR)).toBe(true)
    expect(emulator.modes.get(WRAP)).toBe(true)
    expect(done).toEqual(['raw', 'cooked'])
    expect(process.eventNames()).toEqual([])
    expect(input.listenerCount('data') + output.listenerCount('resize')).toBe(0)
  })

  it('is given back when the process ends without closing it', () => {
    const { terminal, emulator, process, done } = ends()
    terminal.open()
    process.emit('exit')
    expect(emulator.modes.get(ALTERNATE)).toBe(false)
    expect(done).toEqual(['raw', 'cooked'])
  })

  it('is given back while we are stopped, and then taken again', () => {
    const { terminal, done, heard, emulator } = ends()
    terminal.open()
    terminal.suspend(true)
    expect(done).toEqual(['raw', 'cooked', 'SIGTSTP 0, 0 listening', 'raw'])
    expect(heard).toEqual(['stale'])
    expect(emulator.modes.get(ALTERNATE)).toBe(true)
  })

  it('is given back for a SIGTSTP of somebody else, which stops us alone', () => {
    const { terminal, done, process } = ends()
    terminal.open()
    process.emit('SIGTSTP')
    expect(done).toEqual(['raw', 'cooked', 'SIGTSTP 42, 0 listening', 'raw'])
    expect(process.listenerCount('SIGTSTP')).toBe(1)
  })

  it('is taken again after a SIGSTOP, which nobody hears', () => {
    const { terminal, done, heard, process } = ends()
    terminal.open()
    process.emit('SIGCONT')
    expect(done).toEqual(['raw', 'raw'])
    expect(heard).toEqual(['stale'])
  })

  it('tells what is typed, and that it is gone', () => {
    const { terminal, input, output, heard } = ends()
    terminal.open()
    input.emit('data', 'q')
    input.emit('end')
    output.emit('error', new Error('EIO'))
    expect(heard).toEqual(['text q', 'gone the terminal is gone', 'gone EIO'])
  })

  it('has a size, even if it does not know it', () => {
    const { terminal, output } = ends(33, 7)
    expect(terminal.size).toEqual({ columns: 33, rows: 7 })
    Object.assign(output, { columns: 0, rows: undefined })
    expect(terminal.size).toEqual({ columns: 80, rows: 24 })
  })
})
