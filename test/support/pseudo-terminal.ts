import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { ROOT } from './project-root.ts'
import { TerminalEmulator } from './terminal-emulator.ts'

const SCRIPT = join(ROOT, 'test/support/pseudo-terminal.py')

export interface TerminalEnd {
  /** Exit code, or minus the signal. */
  readonly code: number
  /** The terminal's settings are as they were before; null for one that is gone. */
  readonly isRestored: boolean | null
}

interface Answer {
  readonly output?: string
  readonly exit?: number
  readonly restored?: boolean | null
}

/** A command on a pseudo terminal, from the project's folder, with PATH and what is given as its environment. */
export class PseudoTerminal {
  /** Everything written to it so far. */
  written = ''
  screen: TerminalEmulator
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<TerminalEnd>

  constructor(
    columns: number,
    rows: number,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.screen = new TerminalEmulator(columns, rows)
    const { PATH } = process.env
    this.#child = spawn('python3', [SCRIPT, String(columns), String(rows), ...command], {
      cwd: ROOT,
      env: { PATH, TERM: 'xterm-256color', ...env },
    })
    this.#child.stderr.pipe(process.stderr)
    this.#ended = this.#listen()
  }

  type(text: string): void {
    this.#tell({ type: text })
  }

  resize(columns: number, rows: number): void {
    this.screen = new TerminalEmulator(columns, rows, true)
    this.#tell({ resize: [columns, rows] })
  }

  signal(name: string): void {
    this.#tell({ signal: name })
  }

  hangUp(): void {
    this.#tell({ hangup: true })
  }

  /** Waits until this is somewhere on the screen. */
  async shows(text: string | RegExp): Promise<void> {
    const pattern = typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text
    const ended = this.#ended.then(() => true)
    while (!pattern.test(this.screen.lines.join('\n'))) {
      if ((await Promise.race([wait(20), ended])) === true) {
        throw new Error(`ended without showing ${pattern}:\n${this.screen.lines.join('\n')}`)
      }
    }
  }

  end(): Promise<TerminalEnd> {
    return this.#ended
  }

  async kill(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  #tell(order: object): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`)
  }

  async #listen(): Promise<TerminalEnd> {
    let end: TerminalEnd | undefined
    const lines = createInterface({ input: this.#child.stdout })
    lines.on('line', (line) => {
      const { output, exit, restored = null } = JSON.parse(line) as Answer
      if (output !== undefined) {
        this.written += output
        this.screen.write(output)
      }
      if (exit !== undefined) end = { code: exit, isRestored: restored }
    })
    await once(lines, 'close')
    if (end === undefined) throw new Error('the pseudo terminal failed')
    return end
  }
}
