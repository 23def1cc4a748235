import { existsSync, readFileSync, statSync } from 'node:fs'
import type { AnyRule } from '../../audit/rule.ts'
import { codeOf } from '../../capture/system-error.ts'
import { UsageError } from '../usage-error.ts'
import { ConfigProblems, configTree } from './config-tree.ts'
import { type Config, readConfig } from './read-config.ts'

/** What is looked for in the working directory. */
const CONFIG_NAMES = ['tcpaudit.config.yaml', 'tcpaudit.config.yml', 'tcpaudit.config.json'] as const

/** More than anybody writes: a capture given by mistake is not read into memory. */
const MOST_BYTES = 1 << 20

/** The config file of the working directory; undefined if there is none, or none that this user may see. */
export function findConfig(): string | undefined {
  const found = CONFIG_NAMES.filter((name) => existsSync(name) && statSync(name).isFile())
  const [first, second] = found
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `there are ${first} and ${second}: remove one, or name the one that counts by --config`,
    )
  }
  return first
}

/** What a config file says; throws a UsageError with the first thing that is wrong with it. */
export async function loadConfig(path: string, rules: readonly AnyRule[]): Promise<Config> {
  const problems = new ConfigProblems()
  const tree = await configTree(path, settingsText(path, 'config file'), problems)
  const config = readConfig(tree, rules, problems)
  if (problems.any) throw new UsageError(problems.text())
  return config
}

/** The text of a file that people write; `kind` says what it should be. */
export function settingsText(path: string, kind: string): string {
  try {
    const stat = statSync(path)
    if (stat.isFile() && stat.size > MOST_BYTES) {
      throw new UsageError(`${path}: is larger than ${MOST_BYTES >> 20} MiB: name ${withArticle(kind)}`)
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = codeOf(error)
    const what =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a directory' : `cannot be read (${code})`
    throw new UsageError(`${path}: ${what}: name ${withArticle(kind)}`)
  }
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}
