import { existsSync, readFileSync } from 'node:fs'
import { EXPLANATIONS } from '../dist/audit/explanations.js'
import { ruleIds } from './generate-rule-index.js'
import { markdownTable } from './markdown-table.js'

const root = new URL('..', import.meta.url)

export const FRONT_BEGINS = '<!-- from the rule, by `npm run generate` -->'
export const FRONT_ENDS = '<!-- what follows is written by hand -->'

const CATEGORIES = {
  opening: 'Opening',
  open: 'Open connection',
  closing: 'Closing',
  capture: 'The capture itself',
}

const GROUPS = {
  connection: 'each connection is a finding of its own',
  server: 'all connections to one server address and port are one finding',
  client: 'all connections of one client address are one finding',
  end: 'all connections of one address and port are one finding',
  host: 'all connections of one address are one finding',
  path: 'all connections between two addresses are one finding',
}

const SCOPES = {
  host: 'hosts, over many connections',
  capture: 'the capture as a whole',
}

const FAULTS = {
  loss: 'misses segments',
  duplicates: 'holds frames twice',
  reordering: 'is out of order',
  snaplen: 'is cut (snaplen)',
  offload: 'was taken ahead of the network card (offload)',
  midstream: 'begins in mid-connection',
  'one-sided': 'shows one direction only',
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
  return `# ${rule.id}\n\n${FRONT_BEGINS}\n\n${front(rule)}\n${FRONT_ENDS}${written}`
}

function front(rule) {
  const { options = {}, tunables = [] } = rule
  const points = [
    `- **Severity**: ${severityText(rule)}`,
    `- **About**: ${SCOPES[rule.scope] ?? GROUPS[rule.groupBy ?? 'connection']}`,
    `- **Category**: ${CATEGORIES[rule.category]}; since ${rule.since}`,
    ...unreliableText(rule),
    ...linksText(
      'Explains',
      EXPLANATIONS.filter(([cause]) => cause === rule.id).map(([, symptom]) => symptom),
    ),
    ...linksText(
      'Explained by',
      EXPLANATIONS.filter(([, symptom]) => symptom === rule.id).map(([cause]) => cause),
    ),
    `- **References**: ${rule.references.join('; ')}`,
  ]
  const thresholds = Object.entries(options).map(([name, spec]) => [
    `\`${name}\``,
    valueText(spec),
    spec.says,
  ])
  const settings = tunables.map(({ name, default: value }) => [`\`${name}\``, value])
  return [
    `${rule.summary}\n`,
    `${points.join('\n')}\n`,
    ...(thresholds.length === 0
      ? []
      : [markdownTable([['threshold', 'default', 'what it is'], ...thresholds])]),
    ...(settings.length === 0
      ? []
      : [markdownTable([['setting of the kernel', 'Linux’s default'], ...settings])]),
  ].join('\n')
}

function severityText({ severity, escalation, options = {} }) {
  if (escalation === undefined) return severity
  const many = options[escalation.option]?.default
  return `${severity}; ${escalation.severity} from ${many} connections on (\`${escalation.option}\`)`
}

function unreliableText({ unreliableWhen }) {
  if (unreliableWhen.length === 0) return []
  return [
    `- **Less certain, or withheld**, where the capture ${listText(unreliableWhen.map((fault) => FAULTS[fault]))}`,
  ]
}

function linksText(title, ids) {
  const links = ids.sort().map(pageLink)
  return links.length === 0 ? [] : [`- **${title}**: ${links.join(', ')}`]
}

/** A test insists that the page is there; until it is, a link to it would be a second fault. */
function pageLink(id) {
  return existsSync(new URL(`docs/rules/${id}.md`, root)) ? `[${id}](${id}.md)` : id
}

function listText(parts) {
  const last = parts.at(-1)
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`
}

function valueText({ type, default: value }) {
  if (type === 'seconds') return `${value} s`
  return type === 'share' ? `${Number((value * 100).toPrecision(6))} %` : String(value)
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
\`tcpaudit file --rule RULE=off\` leaves a rule out, \`--rule RULE=info\` gives it another severity.

${parts.join('\n')}`
}
