import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/golden')

/**
 * Compares what a command printed with fixtures/golden/<name>.txt, whose first line is the command. A difference fails
 * with both texts line by line; TCPAUDIT_ACCEPT=1 writes what was printed, to be read in the diff before it is committed.
 */
export function expectGolden(name: string, command: string, printed: string): void {
  const path = join(FOLDER, `${name}.txt`)
  const text = `$ ${command}\n${printed}`
  const { TCPAUDIT_ACCEPT } = process.env
  if (TCPAUDIT_ACCEPT === '1') {
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
    return
  }
  if (!existsSync(path)) {
    expect.fail(`fixtures/golden/${name}.txt does not exist: TCPAUDIT_ACCEPT=1 writes it from:\n${text}`)
  }
  expect(text, `fixtures/golden/${name}.txt; TCPAUDIT_ACCEPT=1 accepts the new text`).toBe(
    readFileSync(path, 'utf8'),
  )
}
