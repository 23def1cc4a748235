import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { isAvailable } from './availability.ts'
import { ROOT } from './project-root.ts'

/** Root may make network namespaces; so may nobody else, here. */
export const HAS_NAMESPACES = isAvailable(
  'root (for network namespaces)',
  process.platform === 'linux' && process.getuid?.() === 0,
)

/** A network namespace with a process of ours in it that makes sockets (socket-actor.py). It ends with that process. */
export class Namespace {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>
  #noise = ''

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#noise += text
    })
  }

  static async make(): Promise<Namespace> {
    const child = spawn('unshare', ['-n', 'python3', '-u', join(ROOT, 'test/support/socket-actor.py')])
    const namespace = new Namespace(child)
    await namespace.do('None')
    return namespace
  }

  /** The process in it, which holds the sockets. `unshare` becomes it. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Its part of /proc, from outside. */
  get proc(): string {
    return `/proc/${this.pid}`
  }

  /** Runs Python there, several lines or one expression, whose value is returned. */
  async do(python: string): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(python)}\n`)
    const { value: line, done } = await this.#answers.next()
    if (done === true) throw new Error(`the process in the namespace has ended: ${this.#noise}`)
    const answer: { value?: unknown; error?: string } = JSON.parse(line)
    if (answer.error !== undefined) throw new Error(`${python}: ${answer.error}`)
    return answer.value
  }

  /** Runs a program in it, to its end, and returns what it prints. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const own = ['-t', String(this.pid), '-n', command, ...args]
    const { stdout } = await promisify(execFile)('nsenter', own, { cwd: ROOT, maxBuffer: 1 << 26 })
    return stdout
  }

  /** Starts a program in it, which goes on. */
  start(command: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn('nsenter', ['-t', String(this.pid), '-n', command, ...args], { cwd: ROOT })
  }

  /** Runs JavaScript of a module in it, with what the project's build exports, and returns what it prints as JSON. */
  async evaluate(module: string): Promise<unknown> {
    return JSON.parse(await this.run(process.execPath, '--input-type=module', '--eval', module))
  }

  async end(): Promise<void> {
    const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null
    const over = isOver ? undefined : once(this.#child, 'exit')
    this.#child.stdin.end()
    await over
  }
}
