import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './project-root.ts'
import type { CasesOfRule } from './rule-cases.ts'

const FOLDER = join(ROOT, 'test/audit/rules')

/** Ids of the rules that have cases: the names of the files. */
export const RULES_WITH_CASES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort()

export async function loadCases(id: string): Promise<CasesOfRule> {
  const module = (await import(join(FOLDER, `${id}.ts`))) as { default: CasesOfRule }
  return module.default
}
