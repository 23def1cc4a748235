import type { Writable } from 'node:stream'

/** What a run needs of the process it lives in; `process` is one. */
export interface Stdio {
  readonly stdout: Writable & Partial<TerminalFacts>
  readonly stderr: Writable
  readonly env: Environment
}

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
