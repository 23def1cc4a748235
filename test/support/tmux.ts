import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ROOT } from './project-root.ts'

/** Milliseconds after which what is waited for will not come any more. */
const PATIENCE = 60_000

/** A terminal of tmux with a shell in it, in a network namespace of its own in which `lo` is up. */
export class Tmux {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tcpaudit-tmux-'))
  readonly #socket = join(this.#folder, 'socket')
  readonly #server: ChildProcess

  constructor() {
    const { PATH } = process.env
    const script = `ip link set lo up && exec tmux -S '${this.#socket}' -f /dev/null -D`
    this.#server = spawn('unshare', ['--net', '--kill-child', '--fork', 'bash', '-c', script], {
      cwd: ROOT,
      env: { PATH, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', HOME: this.#folder },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }

  get folder(): string {
    return this.#folder
  }

  /** Opens the terminal, with a prompt of `$ `. */
  async open(columns: number, rows: number): Promise<void> {
    const size = ['-x', String(columns), '-y', String(rows)]
    for (let tries = 0; ; tries++) {
      try {
        this.#tmux('new-session', '-d', '-c', ROOT, ...size, "HISTFILE= PS1='$ ' bash --norc --noprofile")
        break
      } catch (error) {
        if (tries > 200) throw error
        await wait(50)
      }
    }
    await this.shows(/^\$ ?$/m)
  }

  async close(): Promise<void> {
    const ended = once(this.#server, 'exit')
    this.#server.kill('SIGKILL')
    if (this.#server.exitCode === null && this.#server.signalCode === null) await ended
    // What ran in it may still be at its end, and write what it has to say.
    for (let tries = 0; ; tries++) {
      try {
        rmSync(this.#folder, { recursive: true, force: true })
        return
      } catch (error) {
        if (tries > 100) throw error
        await wait(50)
      }
    }
  }

  /** Runs a command beside the terminal. */
  beside(command: string): void {
    this.#tmux('new-window', '-d', '-c', ROOT, command)
  }

  /** Types a line and Enter. */
  line(text: string): void {
    this.#tmux('send-keys', '-t', ':0', '-l', text)
    this.press('Enter')
  }

  /** Presses keys by the names that tmux has for them. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', '-t', ':0', ...keys)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', ':0', '-x', String(columns), '-y', String(rows))
  }

  /** What is to be seen, and with `history` what has scrolled out above. */
  text(history = 0): string {
    return this.#tmux('capture-pane', '-p', '-t', ':0', '-S', String(-history))
  }

  /** Whether there is another screen than the ordinary one, and a cursor. */
  modes(): { readonly isAlternate: boolean; readonly hasCursor: boolean; readonly wraps: boolean } {
    const flags = this.#tmux(
      'display-message',
      '-p',
      '-t',
      ':0',
      '#{alternate_on}#{cursor_flag}#{wrap_flag}',
    ).trim()
    return { isAlternate: flags[0] === '1', hasCursor: flags[1] === '1', wraps: flags[2] === '1' }
  }

  /** Waits until the terminal shows this; returns what it shows then. */
  async shows(pattern: RegExp, history = 0): Promise<string> {
    const start = performance.now()
    for (;;) {
      const text = this.text(history)
      if (pattern.test(text)) return text
      if (performance.now() - start > PATIENCE) throw new Error(`${pattern} was never shown:\n${text}`)
      await wait(50)
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-N', '-S', this.#socket, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}
