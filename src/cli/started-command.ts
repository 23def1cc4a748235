import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { printable } from '../report/text-layout.ts'
import { EXIT_DONE, EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND, EXIT_SIGNAL } from './exit-codes.ts'
import type { Signal, Stdio } from './stdio.ts'

/** All that ask a program for something and that a terminal does not send to it by itself only. */
const PASSED_ON: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']
/** What a key of the terminal sends to everybody in its foreground. */
const OF_KEYS: readonly Signal[] = ['SIGINT', 'SIGQUIT']

/** A command that could not be started. The message is one line for people, the code that of a shell. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.name = 'CommandError'
    this.exitCode = exitCode
  }
}

/** How a command ended. */
export interface CommandEnd {
  /** As a shell would say it: 128 and the number of the signal, where one ended it. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
}

/**
 * A command that runs beside us, with our standard streams and environment, in our process group, so that a terminal is its own
 * as much as ours. Signals that we get are its own until it has ended.
 */
export class StartedCommand {
  readonly ended: Promise<CommandEnd>
  readonly #begun: Promise<void>
  readonly #child: ChildProcess
  readonly #stdio: Stdio
  readonly #listeners = new Map<Signal, () => void>()

  private constructor([name = '', ...args]: readonly string[], stdio: Stdio, env: NodeJS.ProcessEnv) {
    this.#stdio = stdio
    // Before it begins: it may be awaited from outside as soon as it does.
    for (const signal of PASSED_ON) {
      const listener = (): void => this.#passOn(signal)
      this.#listeners.set(signal, listener)
      stdio.on?.(signal, listener)
    }
    const child = spawn(name, args, { stdio: 'inherit', env })
    this.#child = child
    this.#begun = new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => {
        this.#letGo()
        reject(startError(name, error))
      })
    })
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#letGo()
        const exitCode = signal === null ? (code ?? EXIT_DONE) : EXIT_SIGNAL + constants.signals[signal]
        resolve({ exitCode, signal: signal ?? undefined })
      })
    })
  }

  /** Throws CommandError where it cannot be started. */
  static async start(
    words: readonly string[],
    stdio: Stdio,
    env: NodeJS.ProcessEnv,
  ): Promise<StartedCommand> {
    const command = new StartedCommand(words, stdio, env)
    await command.#begun
    // Later ones are of signals that came too late.
    command.#child.on('error', () => {})
    return command
  }

  #letGo(): void {
    for (const [signal, listener] of this.#listeners) this.#stdio.off?.(signal, listener)
    this.#listeners.clear()
  }

  /** A key reaches everybody in the foreground; a second one would mean something else to many programs. */
  #passOn(signal: Signal): void {
    if (OF_KEYS.includes(signal) && isFromKeyFor(this.#child.pid)) return
    this.#child.kill(signal)
  }
}

function startError(name: string, { code = '', message }: NodeJS.ErrnoException): CommandError {
  const command = `'${printable(name)}'`
  if (code === 'ENOENT' && !(name.includes('/') && existsSync(name))) {
    const next = name.includes('/') ? 'check the path' : 'check its name, and PATH'
    return new CommandError(EXIT_NOT_FOUND, `${command} was not found: ${next}`)
  }
  if (code === 'ENOENT') {
    return new CommandError(
      EXIT_NOT_EXECUTABLE,
      `${command} cannot be executed: the interpreter in its first line is missing`,
    )
  }
  if (code === 'EACCES') {
    return new CommandError(
      EXIT_NOT_EXECUTABLE,
      `${command} may not be executed: 'chmod +x' makes a program of a file`,
    )
  }
  const reason = code === '' ? message : code
  return new CommandError(
    EXIT_NOT_EXECUTABLE,
    `${command} cannot be executed (${reason}): start it by itself`,
  )
}

/** Whether what a key sends to us has reached that process too: both are in the group that is the terminal's foreground. */
function isFromKeyFor(pid: number | undefined): boolean {
  const own = groups('self')
  const its = groups(String(pid))
  return own !== undefined && own.group === own.foreground && its?.group === own.group
}

/** Process group, and the group in the foreground of its terminal: fields 5 and 8 of /proc/PID/stat (proc(5)). */
function groups(
  process: string,
): { readonly group: string | undefined; readonly foreground: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1')
    // The name before it may hold anything.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { group, foreground }
  } catch {
    return undefined
  }
}
