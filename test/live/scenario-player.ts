import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { ROOT } from '../support/project-root.ts'

export interface Scenario {
  readonly name: string
  /** How long it takes, about. */
  readonly seconds: number
  readonly views: readonly string[]
}

/** All of the recorder's, in its order. */
export async function recorderScenarios(): Promise<Scenario[]> {
  const { stdout } = await promisify(execFile)('python3', [join(ROOT, 'fixtures/record'), '--list-json'])
  return JSON.parse(stdout)
}

export interface Play {
  readonly folder: string
  readonly isPlayed: boolean
  /** Why it is not, or only in part. */
  readonly words: string
}

interface Wish {
  readonly name: string
  /** Wait at each moment until what passed before must have been told. */
  readonly waits: boolean
}

/** Has play.py play scenarios, some of them at once. */
export class ScenarioPlayer {
  readonly #atOnce: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'tcpaudit-live-'))
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: { readonly wish: Wish; readonly done: (play: Play) => void }[] = []
  readonly #running = new Map<string, (play: Play) => void>()
  #plays = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
    this.#child = spawn('python3', [join(ROOT, 'test/live/play.py')], {
      env: { ...process.env, NODE: process.execPath },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const play: Play = JSON.parse(line)
      const done = this.#running.get(play.folder)
      this.#running.delete(play.folder)
      done?.(play)
      this.#begin()
    })
  }

  /** When it is its turn. */
  play(wish: Wish): Promise<Play> {
    return new Promise((done) => {
      this.#waiting.push({ wish, done })
      this.#begin()
    })
  }

  /** Ends what still plays, and forgets what has been played. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true })
  }

  #begin(): void {
    while (this.#running.size < this.#atOnce) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      const folder = join(this.#folder, `${next.wish.name}.${++this.#plays}`)
      this.#running.set(folder, next.done)
      this.#child.stdin.write(`${JSON.stringify({ ...next.wish, folder })}\n`)
    }
  }
}
