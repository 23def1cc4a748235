import { existsSync, readFileSync } from 'node:fs'
import { markdownTable, ruleFront } from '../dist/report/rule-front.js'
import { ruleIds } from './generate-rule-index.js'

const root = new URL('..', import.meta.url)

export const FRONT_BEGINS = '<!-- from the rule, by `npm run generate` -->'
export const FRONT_ENDS = '<!-- what follows is written by hand -->'

const CATEGORIES = {
  opening: 'Opening',
  open: 'Open connection',
  closing: 'Closing',
  capture: 'The capture itself',
}

/** The front part of each rule's page, where the page is there, and the table of all rules. */
export async function renderRulePages() {
  const rules = []
  for (const id of ruleIds()) rules.push((await import(`../dist/audit/rules/${id}.js`)).default)
  const pages = rules.flatMap((rule) => {
    const path = `docs/rules/${rule.id}.md`
    const file = new URL(path, root)
    return existsSync(file) ? [[path, withFront(rule, readFileSync(file, 'utf8'))]] : []
  })
  return { ...Object.fromEntries(pages), 'docs/rules/README.md': tableOfRules(rules) }
}

/** The page with its front part written anew. */
export function withFront(rule, page) {
  const [, written = ''] = page.split(FRONT_ENDS)
  return `# ${rule.id}\n\n${FRONT_BEGINS}\n\n${ruleFront(rule, { link: pageLink })}\n${FRONT_ENDS}${written}`
}

/** A test insists that the page is there; until it is, a link to it would be a second fault. */
function pageLink(id) {
  return existsSync(new URL(`docs/rules/${id}.md`, root)) ? `[${id}](${id}.md)` : id
}

function tableOfRules(rules) {
  const parts = Object.entries(CATEGORIES).map(([category, title]) => {
    const rows = rules
      .filter((rule) => rule.category === category)
      .map((rule) => [pageLink(rule.id), rule.severity, rule.summary])
    return `## ${title}\n\n${rows.length === 0 ? 'None yet.\n' : markdownTable([['rule', 'severity', 'what was seen'], ...rows])}`
  })
  return `# The rules

Generated from the rules by \`npm run generate\`. \`tcpaudit explain\` prints this list, \`tcpaudit explain RULE\` a page.
\`tcpaudit file --rule RULE=off\` leaves a rule out, \`--rule RULE=info\` gives it another severity, \`--rule RULE.THRESHOLD=VALUE\`
sets a threshold; a [config file](../configuration.md) does so for good.

${parts.join('\n')}`
}
