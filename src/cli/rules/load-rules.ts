import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyRule } from '../../audit/rule.ts'
import { guardedRule, type RuleFault } from '../../audit/rule-guard.ts'
import { codeOf } from '../../capture/system-error.ts'
import { UsageError } from '../usage-error.ts'
import { checkedRule } from './check-rule.ts'

/**
 * The rules of a file, an ES module that exports one or a list of them as default. What is wrong with the file or a definition is a
 * UsageError; what is wrong later goes to `onFault`.
 */
export async function loadRules(
  path: string,
  known: readonly AnyRule[],
  onFault: (fault: RuleFault) => void,
): Promise<AnyRule[]> {
  const exported = await defaultExport(path)
  const definitions: readonly unknown[] = Array.isArray(exported) ? exported : [exported]
  const ids = new Set(known.map(({ id }) => id))
  return definitions.map((definition) => {
    const rule = checkedRule(definition)
    if (typeof rule === 'string') throw new UsageError(`--rules ${path}: ${rule}`)
    if (ids.has(rule.id)) {
      throw new UsageError(
        `--rules ${path}: rule '${rule.id}': there is a rule of that id: give it another one`,
      )
    }
    ids.add(rule.id)
    return guardedRule(rule, onFault)
  })
}

async function defaultExport(path: string): Promise<unknown> {
  const { default: exported } = await imported(path)
  if (exported === undefined) {
    throw new UsageError(
      `--rules ${path}: exports no rule: write 'export default defineRule({ ... })', or a list of them`,
    )
  }
  return exported
}

async function imported(path: string): Promise<{ readonly default?: unknown }> {
  if (!existsSync(path)) throw new UsageError(`--rules ${path}: no such file: name a JavaScript module`)
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }
  } catch (error) {
    throw new UsageError(`--rules ${path}: cannot be loaded: ${loadFault(error)}`)
  }
}

function loadFault(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
  if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') return text
  if (text.includes("package 'tcpaudit'")) {
    return "it imports 'tcpaudit', which is not installed beside it: npm install tcpaudit there, or export plain objects"
  }
  return text
}
