import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { RunProgress } from '../../src/cli/audit-capture.ts'
import { ProgressLine } from '../../src/cli/progress-line.ts'
import type { Stdio } from '../../src/cli/stdio.ts'
import { Tracker } from '../../src/tracker/tracker.ts'

const MB = 1_000_000

/** A run that has read some of a file; null is the length of a pipe. */
function run(bytesRead: number, length: number | null = 2900 * MB): RunProgress {
  return {
    packets: 3_100_000,
    bytes: bytesRead,
    opened: 85_000,
    tracked: 10,
    source: { bytesRead, length: length ?? undefined },
    tick: 0,
    now: 0,
    evicted: 0,
    held: new Tracker({ onConnection: () => {} }).held,
    findings: () => [],
  }
}

/** A terminal, and a clock that the test turns. */
function terminal(
  facts: { stderr?: boolean; stdout?: boolean; columns?: number; term?: string } = {},
  request: { captures?: string[]; quiet?: boolean; streams?: boolean } = {},
) {
  const screen = { text: '', time: 0 }
  const sink = () =>
    new Writable({
      write(chunk, _encoding, done) {
        screen.text += chunk
        done()
      },
    })
  const stdio: Stdio = {
    stdout: Object.assign(sink(), { isTTY: facts.stdout ?? false }),
    stderr: Object.assign(sink(), { isTTY: facts.stderr ?? true, columns: facts.columns ?? 200 }),
    env: { TERM: facts.term ?? 'xterm' },
  }
  const line = new ProgressLine(
    stdio,
    { captures: ['/tmp/dump.pcap'], quiet: false, streams: false, ...request },
    () => screen.time,
  )
  return { line, screen }
}

describe('the progress line', () => {
  it('says how far a long reading has come, and how long it will take', () => {
    const { line, screen } = terminal()
    screen.time = 8000
    line.update(run(1160 * MB))
    expect(screen.text).toBe(
      '\rdump.pcap  40 %  1.2 GB of 2.9 GB  3,100,000 packets  85,000 connections  12 s left\x1b[K',
    )
  })

  it('knows no share of a pipe', () => {
    const { line, screen } = terminal({}, { captures: ['-'] })
    screen.time = 8000
    line.update(run(1160 * MB, null))
    expect(screen.text).toBe('\rstandard input  1.2 GB  3,100,000 packets  85,000 connections\x1b[K')
  })

  it('comes late, changes seldom, and leaves no trace', () => {
    const { line, screen } = terminal()
    screen.time = 499
    line.update(run(MB))
    expect(screen.text).toBe('')
    screen.time = 500
    line.update(run(MB))
    screen.time = 600
    line.update(run(MB))
    screen.time = 700
    line.update(run(MB))
    expect(screen.text.split('\r').length).toBe(3)
    line.clear()
    line.clear()
    expect(screen.text.endsWith('\x1b[K\r\x1b[K')).toBe(true)
    expect(screen.text.split('\r').length).toBe(4)
  })

  it('is cut to the terminal', () => {
    const { line, screen } = terminal({ columns: 50 })
    screen.time = 8000
    line.update(run(1160 * MB))
    expect(screen.text).toBe('\rdump.pcap  40 %  1.2 GB of 2.9 GB  3,100,000 pack\x1b[K')
  })

  it('shows nothing that a name would do to the terminal', () => {
    const { line, screen } = terminal({}, { captures: ['/tmp/\x1b[31mred.pcap'] })
    screen.time = 8000
    line.update(run(MB))
    expect(screen.text).not.toContain('\x1b[31m')
  })

  it.each([
    ['where stderr is no terminal', { stderr: false }, {}],
    ['on a dumb terminal', { term: 'dumb' }, {}],
    ['with --quiet', {}, { quiet: true }],
    ['where lines of the report scroll by', { stdout: true }, { streams: true }],
  ])('is not there %s', (_name, facts, request) => {
    const { line, screen } = terminal(facts, request)
    screen.time = 8000
    line.update(run(1160 * MB))
    line.clear()
    expect(screen.text).toBe('')
  })

  it('is not there for a small file', () => {
    const { line, screen } = terminal()
    screen.time = 8000
    line.update(run(MB, 10 * MB))
    expect(screen.text).toBe('')
  })
})
