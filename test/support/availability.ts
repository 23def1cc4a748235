import { spawnSync } from 'node:child_process'

/**
 * For `describe.runIf`: whether to run tests that need something from outside the project. In CI they always run, and
 * fail if it is missing; elsewhere the reason for leaving them out is printed.
 */
export function isAvailable(what: string, isThere: boolean): boolean {
  const { CI } = process.env
  if (isThere || CI !== undefined) return true
  console.warn(`tests left out: ${what} is missing`)
  return false
}

export function hasCommand(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0
}
