import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Environment, Stdio, TerminalFacts } from '../../src/cli/stdio.ts'
import { terminalStyle } from '../../src/cli/terminal-style.ts'

function stdio(env: Environment, terminal: Partial<TerminalFacts> = {}): Stdio {
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() })
  return { stdout: Object.assign(sink(), terminal), stderr: sink(), env }
}

const TERMINAL = { isTTY: true, columns: 132, rows: 50 }
const REQUEST = { color: true, toFile: false }

function isColored(env: Environment, terminal: Partial<TerminalFacts> = {}, request = REQUEST): boolean {
  return terminalStyle(stdio(env, terminal), request).colors.isColorSupported
}

describe('terminalStyle', () => {
  it('is as wide and high as the terminal', () => {
    expect(terminalStyle(stdio({}, TERMINAL), REQUEST)).toMatchObject({ width: 132, rows: 34 })
  })

  it('is 80 columns and 40 rows without a terminal', () => {
    expect(terminalStyle(stdio({}), REQUEST)).toMatchObject({ width: 80, rows: 40 })
    expect(terminalStyle(stdio({}, TERMINAL), { ...REQUEST, toFile: true })).toMatchObject({
      width: 80,
      rows: 40,
    })
  })

  it('lets COLUMNS and LINES decide', () => {
    expect(terminalStyle(stdio({ COLUMNS: '100', LINES: '30' }, TERMINAL), REQUEST)).toMatchObject({
      width: 100,
      rows: 14,
    })
    expect(terminalStyle(stdio({ COLUMNS: 'wide', LINES: '0' }), REQUEST)).toMatchObject({
      width: 80,
      rows: 40,
    })
  })

  it('keeps to a least width and height', () => {
    expect(terminalStyle(stdio({ COLUMNS: '5', LINES: '5' }), REQUEST)).toMatchObject({ width: 64, rows: 10 })
  })

  it('colours a terminal only', () => {
    expect(isColored({}, TERMINAL)).toBe(true)
    expect(isColored({})).toBe(false)
    expect(isColored({ TERM: 'dumb' }, TERMINAL)).toBe(false)
    expect(isColored({}, TERMINAL, { color: true, toFile: true })).toBe(false)
  })

  it('obeys --no-color, NO_COLOR and FORCE_COLOR, in this order', () => {
    expect(isColored({}, TERMINAL, { color: false, toFile: false })).toBe(false)
    expect(isColored({ FORCE_COLOR: '1' }, {}, { color: false, toFile: false })).toBe(false)
    expect(isColored({ NO_COLOR: '1' }, TERMINAL)).toBe(false)
    expect(isColored({ NO_COLOR: '1', FORCE_COLOR: '1' }, TERMINAL)).toBe(false)
    expect(isColored({ NO_COLOR: '' }, TERMINAL)).toBe(true)
    expect(isColored({ FORCE_COLOR: '1' })).toBe(true)
    expect(isColored({ FORCE_COLOR: '' })).toBe(true)
    expect(isColored({ FORCE_COLOR: '0' }, TERMINAL)).toBe(false)
  })
})
