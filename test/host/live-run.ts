import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReportDocument } from '../../src/report/report-document.ts'
import { validDocument, validLine } from '../support/json-schema.ts'
import type { Namespace } from '../support/namespace.ts'
import { ROOT } from '../support/project-root.ts'

/** What a `tcpaudit live` has said when it is over. */
export interface LiveResult {
  readonly code: number | null
  readonly document: ReportDocument
  /** Of standard output, held to the schema. */
  readonly lines: readonly Record<string, unknown>[]
}

/** A `tcpaudit live` in a namespace: the build's own program, as its own process. */
export class LiveRun {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'tcpaudit-live-'))
  #printed = ''
  #said = ''

  private constructor(namespace: Namespace, args: readonly string[]) {
    const program = [process.execPath, join(ROOT, 'bin/tcpaudit.js'), 'live'] as const
    this.#child = namespace.start(...program, ...args, '--no-config', '-o', this.#document)
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
  }

  /** Returns when it listens. */
  static async begin(namespace: Namespace, args: readonly string[]): Promise<LiveRun> {
    const run = new LiveRun(namespace, args)
    while (!run.#said.includes('listening on')) {
      if (run.#child.exitCode !== null) throw new Error(`live ended at once: ${run.#said}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return run
  }

  get #document(): string {
    return join(this.#folder, 'document.json')
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Waits until a line of its standard output says so. */
  async until(says: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const lines = this.#printed
        .slice(0, this.#printed.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1)
      const found = lines.map(validLine).find(says)
      if (found !== undefined) return found
      if (this.#child.exitCode !== null) throw new Error(`live has ended: ${this.#said}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Ends it as Ctrl-C does. */
  async end(): Promise<LiveResult> {
    const over = once(this.#child, 'close')
    this.#child.kill('SIGINT')
    const [code] = (await over) as [number | null]
    const document = validDocument(readFileSync(this.#document, 'utf8')) as ReportDocument
    rmSync(this.#folder, { recursive: true })
    return { code, document, lines: this.#printed.trimEnd().split('\n').map(validLine) }
  }
}
