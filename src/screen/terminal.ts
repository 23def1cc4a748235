import type { ScreenSize } from './screen-style.ts'

type Emits = Pick<NodeJS.EventEmitter, 'on' | 'off'>

/** What a screen needs of the terminal's two ends: `process.stdin` and `process.stdout` are such. */
export interface TerminalInput extends Emits {
  setRawMode(isRaw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  resume(): unknown
  pause(): unknown
}

export interface TerminalOutput extends Emits {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  readonly writableLength: number
  write(text: string): unknown
}

/** What it needs of the process: `process` is one. */
export interface TerminalProcess {
  readonly pid: number
  readonly on: ProcessListening
  readonly off: ProcessListening
  kill(pid: number, signal: 'SIGTSTP'): unknown
}

/** As `process` has it: for signals, and for its end. */
export interface ProcessListening {
  (event: 'exit', listener: () => void): unknown
  (event: 'SIGTSTP' | 'SIGCONT', listener: () => void): unknown
}

export interface TerminalEnds {
  readonly input: TerminalInput
  readonly output: TerminalOutput
  readonly process: TerminalProcess
}

export interface TerminalEvents {
  /** What was typed. */
  onText(text: string): void
  /** All that was drawn is gone: another size, or the terminal was somebody else's for a while. */
  onStale(): void
  /** Nobody is there any more to see or to type. */
  onGone(error: Error): void
}

/** Alternate screen, no cursor, and what reaches the last column does not go on below. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[m\x1b[2J'
const LEAVE = '\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l'
/** Terminals that know it show what is between all at once. */
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'
/** Colours as they were, and the rest of the line empty. */
const END_LINE = '\x1b[m\x1b[K'
const ESCAPE = '\x1b'

const NOBODY = { columns: 80, rows: 24 } as const

/**
 * The terminal while it is ours: draws screens by writing the lines that differ, and gives it back as it was, whatever
 * ends us but SIGKILL. Suspended and continued it is given back and taken again.
 */
export class Terminal {
  readonly #ends: TerminalEnds
  readonly #events: TerminalEvents
  #shown: readonly string[] = []
  #isOurs = false
  #isOpen = false
  readonly #onText = (text: string): void => this.#events.onText(text)
  readonly #onGone = (error?: Error): void => this.#events.onGone(error ?? new Error('the terminal is gone'))
  readonly #onResize = (): void => this.#restart()
  readonly #onContinue = (): void => this.#restart()
  readonly #onStop = (): void => this.suspend(false)
  readonly #onExit = (): void => this.close()

  constructor(ends: TerminalEnds, events: TerminalEvents) {
    this.#ends = ends
    this.#events = events
  }

  get size(): ScreenSize {
    const { columns, rows } = this.#ends.output
    // A terminal that was never told its size says 0.
    return { columns: columns || NOBODY.columns, rows: rows || NOBODY.rows }
  }

  open(): void {
    const { input, output, process } = this.#ends
    this.#isOpen = true
    input.setEncoding('utf8')
    input.on('data', this.#onText)
    input.on('end', this.#onGone)
    input.on('error', this.#onGone)
    output.on('resize', this.#onResize)
    output.on('error', this.#onGone)
    process.on('SIGTSTP', this.#onStop)
    process.on('SIGCONT', this.#onContinue)
    process.on('exit', this.#onExit)
    this.#take()
  }

  /** Gives the terminal back. Its errors are still heard, so that one that comes late ends nothing. */
  close(): void {
    if (!this.#isOpen) return
    const { input, output, process } = this.#ends
    this.#isOpen = false
    this.#giveBack()
    input.off('data', this.#onText)
    input.off('end', this.#onGone)
    output.off('resize', this.#onResize)
    process.off('SIGTSTP', this.#onStop)
    process.off('SIGCONT', this.#onContinue)
    process.off('exit', this.#onExit)
  }

  /** Writes what differs from what is shown; returns how many lines that were. */
  draw(lines: readonly string[]): number {
    const { output } = this.#ends
    // A terminal that is slow gets the next screen instead of all in between.
    if (!this.#isOurs || output.writableLength > 0) return 0
    const height = Math.max(lines.length, this.#shown.length)
    let frame = ''
    let written = 0
    for (let row = 0; row < height; row++) {
      const line = lines[row] ?? ''
      const before = this.#shown[row] ?? ''
      if (line === before) continue
      const same = samePrefix(line, before)
      frame += `\x1b[${row + 1};${same + 1}H${line.slice(same)}${END_LINE}`
      written++
    }
    this.#shown = lines
    if (frame !== '') output.write(BEGIN_FRAME + frame + END_FRAME)
    return written
  }

  /**
   * Stops the process with the terminal given back; takes it again once it goes on. `withGroup` stops all that were started
   * together, as the terminal does for Ctrl-Z where it is not raw.
   */
  suspend(withGroup: boolean): void {
    const { process } = this.#ends
    this.#giveBack()
    // Without a listener the signal does what it does to any process; it has, when `kill` returns.
    process.off('SIGTSTP', this.#onStop)
    process.kill(withGroup ? 0 : process.pid, 'SIGTSTP')
    process.on('SIGTSTP', this.#onStop)
    this.#restart()
  }

  /** Draws everything anew with the next screen. */
  forget(): void {
    this.#shown = []
    if (this.#isOurs) this.#ends.output.write('\x1b[2J')
  }

  #restart(): void {
    if (!this.#isOpen) return
    this.#take()
    this.forget()
    this.#events.onStale()
  }

  /** Again, though it may be ours: a shell that we were stopped in has set it to its own needs. */
  #take(): void {
    const { input, output } = this.#ends
    this.#isOurs = true
    input.setRawMode(true)
    input.resume()
    output.write(ENTER)
    this.#shown = []
  }

  #giveBack(): void {
    if (!this.#isOurs) return
    const { input, output } = this.#ends
    this.#isOurs = false
    output.write(LEAVE)
    input.setRawMode(false)
    input.pause()
  }
}

/** Cells at the beginning that are the same and need not be written: as long as they are ASCII without colours. */
function samePrefix(line: string, before: string): number {
  let same = 0
  while (same < line.length && same < before.length) {
    const character = line[same] as string
    if (character !== before[same] || character === ESCAPE || character < ' ' || character > '~') break
    same++
  }
  return same
}
