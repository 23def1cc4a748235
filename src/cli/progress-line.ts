import { basename } from 'node:path'
import { countText } from '../report/number-text.ts'
import { printable } from '../report/text-layout.ts'
import type { RunProgress } from './audit-capture.ts'
import type { Stdio } from './stdio.ts'

/** What is read before this many milliseconds are over needs no progress; then the line changes as often as this. */
const PATIENCE = 500
const INTERVAL = 200
/** Below this size a file is read before anybody could read the line. */
const LARGE = 16 * 1024 * 1024
const NARROWEST = 40

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/**
 * A line on a terminal's stderr that says how far a long reading has come, drawn over itself and gone in the end. On
 * anything but a terminal it is never there.
 */
export class ProgressLine {
  readonly #stderr: Stdio['stderr']
  readonly #name: string
  readonly #now: () => number
  readonly #isWanted: boolean
  readonly #start: number
  #drawn = 0
  #isShown = false

  /** `now` gives milliseconds. */
  constructor({ stdout, stderr, env }: Stdio, request: ProgressRequest, now = () => performance.now()) {
    const isStreaming = request.streams && stdout.isTTY === true
    this.#isWanted = stderr.isTTY === true && env.TERM !== 'dumb' && !request.quiet && !isStreaming
    this.#stderr = stderr
    this.#name = nameOf(request.captures)
    this.#now = now
    this.#start = now()
  }

  update(run: RunProgress): void {
    if (!this.#isWanted) return
    const now = this.#now()
    const { length } = run.source
    if (length !== undefined && length < LARGE) return
    if (now - this.#start < PATIENCE || (this.#isShown && now - this.#drawn < INTERVAL)) return
    this.#drawn = now
    this.#isShown = true
    const text = progressText(this.#name, run, (now - this.#start) / 1000)
    const width = Math.max(NARROWEST, (this.#stderr.columns ?? 80) - 1)
    this.#stderr.write(`\r${text.slice(0, width)}\x1b[K`)
  }

  /** Leaves no trace. */
  clear(): void {
    if (this.#isShown) this.#stderr.write('\r\x1b[K')
    this.#isShown = false
  }
}

export interface ProgressRequest {
  readonly captures: readonly string[]
  readonly quiet: boolean
  /** The report is written while the capture is read. */
  readonly streams: boolean
}

function nameOf(captures: readonly string[]): string {
  const [first = '', ...others] = captures
  const name = first === '-' ? 'standard input' : printable(basename(first))
  return others.length === 0 ? name : `${captures.length} captures`
}

/** `dump.pcap  42 %  1.2 of 2.9 GB  3,100,000 packets  85,000 connections  12 s left`. */
function progressText(name: string, { source, packets, opened }: RunProgress, seconds: number): string {
  const { bytesRead, length } = source
  const counts = `${countText(packets)} packets  ${countText(opened)} connections`
  if (length === undefined || length === 0) return `${name}  ${sizeText(bytesRead)}  ${counts}`
  const share = Math.min(1, bytesRead / length)
  const left = share > 0 ? (seconds * (1 - share)) / share : 0
  return `${name}  ${Math.floor(100 * share)} %  ${sizeText(bytesRead)} of ${sizeText(length)}  ${counts}  ${leftText(left)} left`
}

function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

function leftText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return `${Math.ceil(seconds / 60)} min`
}
