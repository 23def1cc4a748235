import type { Writable } from 'node:stream'
import type { StandardInput } from '../capture/stdin-input.ts'
import type { ProcessListening } from '../screen/terminal.ts'

/** What a run needs of the process it lives in; `process` is one. */
export interface Stdio {
  /** What the capture `-` reads; without it that of the process. */
  readonly stdin?: StandardInput
  readonly stdout: Writable & Partial<TerminalFacts>
  readonly stderr: Writable & Partial<TerminalFacts>
  readonly env: Environment
  readonly off?: ProcessListening & SignalListening
  /** What asks to end; without it only the process itself decides. What a screen needs besides, to be suspended and to give the terminal back; and `run`, to pass signals on. */
  readonly on?: ProcessListening & SignalListening
  readonly pid?: number
  kill?(pid: number, signal: 'SIGTSTP'): unknown
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2'

type SignalListening = (signal: Signal, listener: () => void) => unknown

/** The variables that are looked at. */
export interface Environment {
  readonly COLUMNS?: string | undefined
  readonly LINES?: string | undefined
  readonly NO_COLOR?: string | undefined
  readonly FORCE_COLOR?: string | undefined
  readonly TERM?: string | undefined
}

export interface TerminalFacts {
  readonly isTTY: boolean
  readonly columns: number
  readonly rows: number
}
