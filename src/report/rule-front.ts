import type { CaptureFault } from '../audit/capture-fault.ts'
import { EXPLANATIONS } from '../audit/explanations.ts'
import type { AnyRule, Category, GroupBy } from '../audit/rule.ts'
import type { RuleSettings } from '../audit/rule-settings.ts'
import { optionText } from './option-text.ts'

const CATEGORIES: Readonly<Record<Category, string>> = {
  opening: 'Opening',
  open: 'Open connection',
  closing: 'Closing',
  capture: 'The capture itself',
}

const GROUPS: Readonly<Record<GroupBy, string>> = {
  connection: 'each connection is a finding of its own',
  server: 'all connections to one server address and port are one finding',
  client: 'all connections of one client address are one finding',
  end: 'all connections of one address and port are one finding',
  host: 'all connections of one address are one finding',
  path: 'all connections between two addresses are one finding',
}

const FAULTS: Readonly<Record<CaptureFault, string>> = {
  loss: 'misses segments',
  duplicates: 'holds frames twice',
  reordering: 'is out of order',
  snaplen: 'is cut (snaplen)',
  offload: 'was taken ahead of the network card (offload)',
  midstream: 'begins in mid-connection',
  'one-sided': 'shows one direction only',
}

/** How the front part of a page is to be written. */
export interface FrontStyle {
  /** Another rule's name, perhaps a link to its page. */
  link(id: string): string
  /** What is in force stands beside what is set by default. */
  readonly settings?: RuleSettings | undefined
}

/** What a rule's metadata say, in Markdown: the front part of its page. */
export function ruleFront(rule: AnyRule, { link, settings }: FrontStyle): string {
  const { options = {}, tunables = [] } = rule
  const level = settings?.levelSetting(rule.id)
  const linked = (ids: readonly string[]) => [...ids].sort().map(link).join(', ')
  const explains = EXPLANATIONS.filter(([cause]) => cause === rule.id).map(([, symptom]) => symptom)
  const explainedBy = EXPLANATIONS.filter(([, symptom]) => symptom === rule.id).map(([cause]) => cause)
  const faults = rule.unreliableWhen.map((fault) => FAULTS[fault])
  const points = [
    `- **Severity**: ${severityText(rule)}`,
    ...(level === undefined ? [] : [`- **In force**: ${level.level} (${level.from})`]),
    `- **About**: ${aboutText(rule)}`,
    `- **Category**: ${CATEGORIES[rule.category]}; since ${rule.since}`,
    ...(faults.length === 0
      ? []
      : [`- **Less certain, or withheld**, where the capture ${listText(faults)}`]),
    ...(explains.length === 0 ? [] : [`- **Explains**: ${linked(explains)}`]),
    ...(explainedBy.length === 0 ? [] : [`- **Explained by**: ${linked(explainedBy)}`]),
    ...(rule.references.length === 0 ? [] : [`- **References**: ${rule.references.join('; ')}`]),
  ]
  const thresholds = Object.entries(options).map(([name, spec]) => {
    const setting = settings?.optionSetting(rule.id, name)
    const inForce = [optionText(spec, setting?.value ?? spec.default), setting?.from ?? 'default']
    return [
      `\`${name}\``,
      ...(settings === undefined ? [optionText(spec, spec.default)] : inForce),
      spec.says,
    ]
  })
  const head = settings === undefined ? ['default'] : ['in force', 'from']
  return [
    `${rule.summary}\n`,
    `${points.join('\n')}\n`,
    ...(thresholds.length === 0
      ? []
      : [markdownTable([['threshold', ...head, 'what it is'], ...thresholds])]),
    ...(tunables.length === 0
      ? []
      : [
          markdownTable([
            ['setting of the kernel', 'Linux’s default'],
            ...tunables.map(({ name, default: value }) => [`\`${name}\``, value]),
          ]),
        ]),
  ].join('\n')
}

/** A Markdown table of rows of cells, the first row its head. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}

function aboutText({ scope, groupBy = 'connection' }: AnyRule): string {
  if (scope === 'host') return 'hosts, over many connections'
  return scope === 'capture' ? 'the capture as a whole' : GROUPS[groupBy]
}

function severityText({ severity, escalation, options = {} }: AnyRule): string {
  if (escalation === undefined) return severity
  const many = options[escalation.option]?.default
  return `${severity}; ${escalation.severity} from ${many} connections on (\`${escalation.option}\`)`
}

function listText(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`
}
