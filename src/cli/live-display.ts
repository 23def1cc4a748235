import picocolors from 'picocolors'
import { LiveObserver, type ObservedSource } from '../screen/live-observer.ts'
import { LiveScreen } from '../screen/live-screen.ts'
import type { TerminalEnds, TerminalInput } from '../screen/terminal.ts'
import type { RunProgress } from './audit-capture.ts'
import type { Stdio } from './stdio.ts'

export interface DisplayRequest {
  readonly color: boolean
  readonly quiet: boolean
  /** Lines of the report are written to the terminal as things happen. */
  readonly streams: boolean
}

export interface DisplayedSource extends ObservedSource {
  stop(): void
}

/**
 * Both ends of the terminal, if there is one that a screen can be shown on and anybody wants one: NO_COLOR and TERM=dumb ask
 * for plain lines, `--no-color` for a screen without colours.
 */
export function screenEnds(stdio: Stdio, { quiet, streams }: DisplayRequest): TerminalEnds | undefined {
  const { stdin, stdout, env } = stdio
  if (quiet || streams || env.NO_COLOR || env.TERM === undefined || env.TERM === 'dumb') return undefined
  if (stdin === undefined || !isTerminalInput(stdin) || stdout.isTTY !== true) return undefined
  return isProcess(stdio) ? { input: stdin, output: stdout, process: stdio } : undefined
}

function isProcess(stdio: Stdio): stdio is Stdio & TerminalEnds['process'] {
  const { pid, on, off, kill } = stdio
  return pid !== undefined && on !== undefined && off !== undefined && kill !== undefined
}

function isTerminalInput(stdin: NonNullable<Stdio['stdin']>): stdin is typeof stdin & TerminalInput {
  return stdin.isTTY === true && 'setRawMode' in stdin
}

/** The screen of a live run, from its first packets on. */
export class LiveDisplay {
  readonly #ends: TerminalEnds
  readonly #source: DisplayedSource
  readonly #color: boolean
  #screen: LiveScreen | undefined
  #fault: { readonly error: unknown } | undefined

  constructor(ends: TerminalEnds, source: DisplayedSource, { color }: DisplayRequest) {
    this.#ends = ends
    this.#source = source
    this.#color = color
  }

  /** Throws what went wrong while it was drawn. */
  update(run: RunProgress): void {
    if (this.#fault !== undefined) throw this.#fault.error
    if (this.#screen !== undefined) return
    const source = this.#source
    const observer = new LiveObserver(run, source)
    this.#screen = new LiveScreen({
      ends: this.#ends,
      colors: picocolors.createColors(this.#color),
      snapshot: (wish) => observer.snapshot(wish),
      onQuit: () => source.stop(),
      onFault: (error) => {
        this.#fault = { error }
        source.stop()
      },
    })
    this.#screen.open()
  }

  /** Leaves the ordinary terminal as it was before. */
  clear(): void {
    this.#screen?.close()
  }
}
