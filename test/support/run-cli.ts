import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { main } from '../../src/cli/main.ts'
import type { Environment } from '../../src/cli/stdio.ts'
import { checkWritten } from './json-schema.ts'
import { ROOT } from './project-root.ts'

const SCRIPT = join(ROOT, 'bin/tcpaudit.js')

export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the built bin/tcpaudit.js as its own process, from the project's folder if no other is named, without a terminal. The environment is
 * PATH and what is given: the caller's colours and width must not decide a test. JSON must be as its schema says.
 */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder = ROOT,
): Promise<CliRun> {
  const { PATH } = process.env
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  checkWritten(args, output.stdout)
  return { code, ...output }
}

/** As `runCli`, in this process and from its sources. */
export async function runMain(
  args: readonly string[],
  env: Environment = {},
): Promise<CliRun & { readonly code: number }> {
  const output = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        output[name] += chunk
        done()
      },
    })
  const code = await main(args, { stdout: sink('stdout'), stderr: sink('stderr'), env })
  checkWritten(args, output.stdout)
  return { code, ...output }
}

/** As `runCli`, but the reader of stdout goes away after the first piece. */
export async function runCliUntilFirstOutput(args: readonly string[]): Promise<CliRun> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').once('data', (text: string) => {
    output.stdout += text
    child.stdout.destroy()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}
