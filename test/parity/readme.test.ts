import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CONSOLE_BLOCK, consoleExamples } from '../support/console-blocks.ts'
import { ROOT } from '../support/project-root.ts'

/** Documents whose examples are executed. */
const DOCUMENTS = ['README.md', 'docs/check.md'].map((path) => [path, join(ROOT, path)] as const)

/** Runs a command in a shell where `npx tcpaudit` is the program just built, on a terminal of 80 columns. */
async function printedBy(command: string): Promise<string> {
  const script = `npx() { shift; '${process.execPath}' bin/tcpaudit.js "$@"; }\n{ ${command}\n} 2>&1; true`
  const { PATH } = process.env
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: ROOT,
    env: { PATH, COLUMNS: '80' },
  })
  return stdout
}

/** The README with every example's output as it is printed now. */
async function rewritten(readme: string): Promise<string> {
  const printed = new Map<string, string>()
  for (const { command } of consoleExamples(readme)) printed.set(command, await printedBy(command))
  return readme.replace(CONSOLE_BLOCK, (block, content: string) => {
    const commands = content.split('\n').filter((line) => line.startsWith('$ '))
    if (commands.length === 0) return block
    const body = commands.map((line) => `${line}\n${printed.get(line.slice(2)) ?? ''}`)
    return `\`\`\`console\n${body.join('')}\`\`\``
  })
}

const { TCPAUDIT_ACCEPT } = process.env
if (TCPAUDIT_ACCEPT === '1') {
  for (const [, path] of DOCUMENTS) writeFileSync(path, await rewritten(readFileSync(path, 'utf8')))
}

describe.each(DOCUMENTS)('the examples of %s', (_name, path) => {
  const found = consoleExamples(readFileSync(path, 'utf8'))

  it('are there', () => {
    expect(found.length).toBeGreaterThan(2)
  })

  it.each(found)('line $line: $command', async ({ command, output }) => {
    expect(await printedBy(command)).toBe(output)
  })
})

describe('the check itself', () => {
  const readme = 'text\n```console\n$ echo a\nb\n$ echo c\nc\n```\n```sh\nnpm test\n```\n'

  it('finds commands, where they stand, and what is said to be printed', () => {
    expect(consoleExamples(readme)).toEqual([
      { line: 3, command: 'echo a', output: 'b\n' },
      { line: 5, command: 'echo c', output: 'c\n' },
    ])
  })

  it('writes what is printed now', async () => {
    expect(await rewritten(readme)).toBe(readme.replace('a\nb', 'a\na'))
  })
})
