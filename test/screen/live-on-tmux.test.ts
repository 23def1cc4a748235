import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mayMakeNamespaces } from '../live/libpcap-is-there.ts'
import { isAvailable } from '../support/availability.ts'
import { Tmux } from '../support/tmux.ts'

const KEY_LINE = /^Tab list {2}↑↓ choose {2}Enter open/m
const hasTmux = isAvailable('tmux', spawnSync('tmux', ['-V']).status === 0)

/** The count of packets in the head. */
function packetsIn(text: string): number {
  return Number(/([\d,]+) packets? ·/.exec(text)?.[1]?.replaceAll(',', ''))
}

function lengths(text: string): number[] {
  return text.split('\n').map((line) => Array.from(line).length)
}

describe.runIf(mayMakeNamespaces() && hasTmux)('tcpaudit live on a terminal', () => {
  let tmux: Tmux
  let runs = 0

  beforeAll(async () => {
    tmux = new Tmux()
    await tmux.open(100, 30)
    tmux.line(`tcpaudit() { '${process.execPath}' bin/tcpaudit.js "$@"; }; clear`)
    tmux.beside('python3 test/support/leaky-talk.py 600')
  })
  afterAll(() => tmux.close())

  /** Starts it from a fresh prompt, and waits for its screen. */
  async function start(command = 'tcpaudit live lo'): Promise<string> {
    tmux.line('clear; stty -a > $HOME/before')
    tmux.line(`${command}; ${told()}`)
    return tmux.shows(KEY_LINE)
  }

  /** Says how it ended, apart from all that ended before. */
  function told(): string {
    return `echo "run ${++runs} ended with $?"; stty -a > $HOME/after`
  }

  /** It ended like this, with the terminal as it was. */
  async function ended(code: number): Promise<string> {
    const text = await tmux.shows(new RegExp(`^run ${runs} ended with ${code}$`, 'm'), 200)
    tmux.line(`echo settled ${runs}`)
    await tmux.shows(new RegExp(`^settled ${runs}$`, 'm'))
    expect(tmux.modes()).toEqual({ isAlternate: false, hasCursor: true, wraps: true })
    const [before, after] = ['before', 'after'].map((name) => readFileSync(join(tmux.folder, name), 'utf8'))
    expect(after).toBe(before)
    return text
  }

  it('shows what goes wrong now, obeys keys and sizes, and prints the report after q', async () => {
    await start()
    expect(tmux.modes()).toMatchObject({ isAlternate: true, hasCursor: false })
    await tmux.shows(/host +ESTABLISHED +(\w+ +)*CLOSE_WAIT/)
    await tmux.shows(/^> . .*connections leaked in CLOSE_WAIT at 127/m)

    // A list, another order of it, and an entry of it.
    tmux.press('Tab', 's', 's')
    await tmux.shows(/^▸ Connections, most bytes first/m)
    const chosen = /^> +(\d+) +127/m.exec(await tmux.shows(/^> +\d+ +127/m))?.[1]
    tmux.press('Enter')
    await tmux.shows(new RegExp(`^connection ${chosen} · 127\\.0\\.0\\.1:\\d+ → 127\\.0\\.0\\.1:8080`, 'm'))
    await tmux.shows(/What each state rests on/)
    // Its ladder goes on from here.
    await tmux.shows(/PSH\+ACK .*500/)
    tmux.press('Escape')
    await tmux.shows(/^▸ Connections/m)

    tmux.press('f')
    const frozen = packetsIn(await tmux.shows(/^FROZEN/m))
    await wait(1500)
    expect(packetsIn(tmux.text())).toBe(frozen)
    tmux.press('f')
    await tmux.shows(/^lo · /m)
    expect(packetsIn(tmux.text())).toBeGreaterThan(frozen)

    tmux.press('Tab', 'Enter')
    await tmux.shows(/^rule close-wait-leak/m)
    tmux.press('Escape')
    await tmux.shows(KEY_LINE)
    tmux.press('?')
    await tmux.shows(/^Keys$/m)
    tmux.press('Escape')
    await tmux.shows(KEY_LINE)

    for (const [columns, rows] of [
      [60, 15],
      [20, 5],
      [3, 2],
      [140, 40],
    ] as const) {
      tmux.resize(columns, rows)
      await wait(700)
      const text = tmux.text()
      expect(text.split('\n').length).toBeLessThanOrEqual(rows + 1)
      expect(Math.max(...lengths(text))).toBeLessThan(columns)
      if (columns > 3) expect(text).toContain('lo · ')
    }
    await tmux.shows(KEY_LINE)
    tmux.resize(100, 30)
    await tmux.shows(KEY_LINE)

    tmux.press('q')
    const report = await ended(0)
    expect(report).toMatch(/connections leaked in CLOSE_WAIT at 127\.0\.0\.1:8080/)
    expect(report).toMatch(/States at the end of the capture/)
  })

  it('is suspended by Ctrl-Z and comes back by fg', async () => {
    await start()
    tmux.press('C-z')
    await tmux.shows(/Stopped.*tcpaudit|Stopped.*bin/)
    expect(tmux.modes()).toEqual({ isAlternate: false, hasCursor: true, wraps: true })
    tmux.line('stty -a | diff - $HOME/before && echo the same')
    await tmux.shows(/^the same$/m)
    tmux.line(`fg; ${told()}`)
    const before = packetsIn(await tmux.shows(KEY_LINE))
    // What passed meanwhile was in the kernel's buffer; and it goes on.
    while (packetsIn(tmux.text()) <= before) await wait(100)
    tmux.press('C-c')
    await ended(0)
  })

  it.each(['TERM', 'HUP', 'INT'])('ends by SIG%s with the terminal as it was', async (signal) => {
    await start("bash -c 'echo $$ > $HOME/pid; exec node bin/tcpaudit.js live lo'")
    await tmux.shows(/CLOSE_WAIT/)
    const pid = Number(readFileSync(join(tmux.folder, 'pid'), 'utf8'))
    process.kill(pid, `SIG${signal}`)
    expect(await ended(0)).toMatch(/States at the end of the capture/)
  })

  it('writes the document of -o though the terminal is gone', async () => {
    const other = new Tmux()
    try {
      await other.open(80, 24)
      other.beside('python3 test/support/leaky-talk.py 60')
      other.line(`exec '${process.execPath}' bin/tcpaudit.js live lo -o $HOME/gone.json`)
      await other.shows(/CLOSE_WAIT/)
      other.beside('tmux kill-window -t :0; sleep 60')
      const path = join(other.folder, 'gone.json')
      for (;;) {
        await wait(100)
        const text = readFileSync(path, 'utf8')
        if (text.endsWith('}\n')) break
      }
      expect(JSON.parse(readFileSync(path, 'utf8')).summary.connections).toBeGreaterThan(0)
    } finally {
      await other.close()
    }
  })

  it.each([
    ['NO_COLOR=1', 'NO_COLOR=1 tcpaudit live lo --duration 2s'],
    ['TERM=dumb', 'TERM=dumb tcpaudit live lo --duration 2s'],
    ['--quiet', 'tcpaudit live lo --duration 2s --quiet'],
    ['lines asked for', 'tcpaudit live lo --duration 2s --ndjson'],
    ['stdout elsewhere', 'tcpaudit live lo --duration 2s | cat'],
  ])('has no screen with %s', async (_name, command) => {
    tmux.line('clear; stty -a > $HOME/before')
    tmux.line(`${command}; ${told()}`)
    let wasAlternate = false
    while (!new RegExp(`^run ${runs} ended`, 'm').test(tmux.text())) wasAlternate ||= tmux.modes().isAlternate
    expect(wasAlternate).toBe(false)
    await ended(0)
  })

  it('has no colours with --no-color', async () => {
    await start('tcpaudit live lo --no-color')
    await tmux.shows(/^> . .*leaked/m)
    tmux.press('q')
    await ended(0)
  })
})
