import { readFileSync } from 'node:fs'
import { RULES } from '../../audit/rules/index.ts'
import { pageText } from '../../report/page-text.ts'
import { ruleList } from '../../report/rule-list.ts'
import { rulesDocument } from '../../report/rules-document.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { nearest } from '../nearest.ts'
import { StreamOutput } from '../report-output.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

/** The pages are part of the package, beside what is built and what is not. */
const PAGES = new URL('../../../docs/rules/', import.meta.url)

export interface ExplainArguments {
  readonly rule?: string | undefined
  readonly json: boolean
  readonly color: boolean
}

/** `tcpaudit explain`: the list of rules, or the page of one. Returns the exit code. */
export async function explainCommand(
  { rule: id, json, color }: ExplainArguments,
  stdio: Stdio,
): Promise<number> {
  const rules = id === undefined ? RULES : RULES.filter((rule) => rule.id === id)
  if (id !== undefined && rules.length === 0) throw new UsageError(unknownText(id))
  const output = new StreamOutput(stdio.stdout)
  if (json) await output.write(rulesDocument(rules, { name: 'tcpaudit', version: toolVersion() }))
  else {
    const style = terminalStyle(stdio, { color, toFile: false })
    await output.write(id === undefined ? ruleList(rules, style) : pageText(pageOf(id), style))
  }
  return EXIT_DONE
}

function pageOf(id: string): string {
  return readFileSync(new URL(`${id}.md`, PAGES), 'utf8')
}

function unknownText(id: string): string {
  const near = nearest(
    id,
    RULES.map((rule) => rule.id),
  )
  return `there is no rule '${id}': ${near === undefined ? "see 'tcpaudit explain'" : `did you mean ${near}?`}`
}
