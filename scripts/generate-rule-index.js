import { readdirSync } from 'node:fs'

const root = new URL('..', import.meta.url)

/** Ids of the rules: the names of their files. */
export function ruleIds() {
  return readdirSync(new URL('src/audit/rules/', root))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -3))
    .sort()
}

/** The lists of all rules and of all wordings, from what is in their folders. */
export function renderRuleIndex() {
  const ids = ruleIds()
  const imports = ids.map((id) => `import ${camelCase(id)} from './${id}.ts'\n`).join('')
  const note = '// Generated from what is in this folder by `npm run generate`.\n'
  return {
    'src/audit/rules/index.ts': `${note}import type { AnyRule } from '../rule.ts'
${imports}
/** Every rule, in order of id. */
export const RULES: readonly AnyRule[] = [
${ids.map((id) => `  ${camelCase(id)},\n`).join('')}]
`,
    'src/report/wording/index.ts': `${note}import type { AnyWording } from '../../audit/rule-words.ts'
${imports}
/** The wording of every rule, by its id. */
export const WORDINGS: Readonly<Record<string, AnyWording>> = {
${ids.map((id) => (id.includes('-') ? `  '${id}': ${camelCase(id)},\n` : `  ${id},\n`)).join('')}}
`,
  }
}

function camelCase(id) {
  return id.replace(/-(.)/g, (_, letter) => letter.toUpperCase())
}
