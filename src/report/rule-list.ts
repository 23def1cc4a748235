import { type AnyRule, CATEGORIES } from '../audit/rule.ts'
import type { RuleSettings } from '../audit/rule-settings.ts'
import { paintOf } from './findings-section.ts'
import type { ReportStyle } from './report-style.ts'
import { padEnd, wrapWords } from './text-layout.ts'

const TITLES = {
  opening: 'Opening',
  open: 'Open connection',
  closing: 'Closing',
  capture: 'The capture itself',
} as const

/** Every rule by category: its severity in force, its name and what it has seen when it speaks. */
export function* ruleList(
  rules: readonly AnyRule[],
  style: ReportStyle,
  settings: RuleSettings,
): Generator<string, void, void> {
  const { width, colors } = style
  const levelOf = ({ id, severity }: AnyRule) => settings.severity(id) ?? severity
  const severityWidth = Math.max(...rules.map((rule) => levelOf(rule).length)) + 2
  const idWidth = Math.max(...rules.map(({ id }) => id.length)) + 2
  const indent = 2 + severityWidth + idWidth
  for (const category of CATEGORIES) {
    const members = rules.filter((rule) => rule.category === category)
    if (members.length === 0) continue
    yield `${colors.bold(TITLES[category])}\n`
    for (const rule of members) {
      const [first = '', ...rest] = wrapWords(rule.summary, width - indent)
      const level = levelOf(rule)
      const paint = level === 'off' ? colors.dim : paintOf(level, style)
      yield `  ${paint(padEnd(level, severityWidth))}${padEnd(rule.id, idWidth)}${first}\n`
      for (const line of rest) yield `${' '.repeat(indent)}${line}\n`
    }
    yield '\n'
  }
  yield `${colors.dim("'tcpaudit explain RULE' says more of one of them.")}\n`
}
