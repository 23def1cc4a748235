import { readFileSync } from 'node:fs'
import type { AnyRule } from '../../audit/rule.ts'
import type { RuleSettings } from '../../audit/rule-settings.ts'
import { hostSettingsPage, settingsOfHosts } from '../../report/host-settings-page.ts'
import { pageText } from '../../report/page-text.ts'
import type { ReportStyle } from '../../report/report-style.ts'
import { ruleFront } from '../../report/rule-front.ts'
import { ruleList } from '../../report/rule-list.ts'
import { rulesDocument } from '../../report/rules-document.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { StreamOutput } from '../report-output.ts'
import { ruleHint } from '../rule-argument.ts'
import type { RunSettings } from '../run-settings.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { PACKAGE, toolFacts } from '../version.ts'

/** The pages are part of the package, beside what is built and what is not. */
const PAGES = new URL('docs/rules/', PACKAGE)

/** In a page, between what is generated from the rule and what is written by hand. */
const FRONT_ENDS = '<!-- what follows is written by hand -->'

/** The topic that is no rule: what is known of the hosts. */
const HOSTS = 'hosts'

export interface ExplainArguments extends RunSettings {
  /** A rule, or `hosts`. */
  readonly topic?: string | undefined
  readonly json: boolean
  readonly color: boolean
}

/** `tcpaudit explain`: the list of rules, or the page of one with what is in force. Returns the exit code. */
export async function explainCommand(given: ExplainArguments, stdio: Stdio): Promise<number> {
  const { topic, json, color, settings } = given
  const rules = topic === undefined ? given.rules : given.rules.filter(({ id }) => id === topic)
  if (topic !== undefined && topic !== HOSTS && rules.length === 0) {
    throw new UsageError(`there is no rule '${topic}': ${ruleHint(topic, given.rules)}`)
  }
  const style = terminalStyle(stdio, { color, toFile: false })
  const text = json ? rulesDocument(rules, toolFacts(given), settings) : explained(given, rules, style)
  await new StreamOutput(stdio.stdout).write(text)
  return EXIT_DONE
}

function explained(
  { topic, settings }: ExplainArguments,
  rules: readonly AnyRule[],
  style: ReportStyle,
): Iterable<string> {
  if (topic === undefined) return ruleList(rules, style, settings)
  const [rule] = rules
  return pageText(rule === undefined ? hostSettingsPage(settings) : pageOf(rule, settings), style)
}

/** Of a rule of ours; others have no page. */
function writtenPart(id: string): string {
  const page = readFileSync(new URL(`${id}.md`, PAGES), 'utf8')
  return page.slice(page.indexOf(FRONT_ENDS))
}

function pageOf(rule: AnyRule, settings: RuleSettings): string {
  const written = rule.wording === undefined ? writtenPart(rule.id) : ''
  const front = ruleFront(rule, { link: (id) => id, settings })
  return `# ${rule.id}\n\n${front}${settingsOfHosts(rule, settings)}\n${written}`
}
