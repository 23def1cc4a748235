import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './project-root.ts'
import type { CliRun } from './run-cli.ts'

/** Runs bin/tcpaudit.js with these bytes on its standard input. */
export async function pipeCli(args: readonly string[], input: Uint8Array): Promise<CliRun> {
  const run = startCli(args)
  // It may have seen enough before it has read everything.
  run.child.stdin.on('error', () => {})
  run.child.stdin.end(input)
  return run.ended
}

export interface StartedCli {
  readonly child: ChildProcessWithoutNullStreams
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<CliRun>
}

/** Starts bin/tcpaudit.js with all three streams as pipes, to be talked to while it runs. */
export function startCli(args: readonly string[]): StartedCli {
  const { PATH } = process.env
  const child = spawn(process.execPath, [join(ROOT, 'bin/tcpaudit.js'), ...args], {
    cwd: ROOT,
    env: { PATH },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
  return { child, output, ended }
}
