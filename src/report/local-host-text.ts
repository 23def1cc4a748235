import type { Finding, HoldingProcess, KernelCount } from '../audit/finding.ts'
import { type HostSysctl, settingText } from '../host/host-sysctls.ts'
import type { Absent } from '../host/proc-file.ts'
import type { Agreement, Disagreement } from '../host/state-agreement.ts'
import { PROFILE_SETTINGS } from '../tracker/host-profile.ts'
import { basisName, CLOSED, stateName } from '../tracker/tcp-state.ts'
import { endText } from './finding-text.ts'
import { countOf, countText, timesText } from './number-text.ts'
import { processText } from './process-text.ts'
import type { Report } from './report.ts'
import type { ReportStyle } from './report-style.ts'
import { printable, wrapWords } from './text-layout.ts'

/** Processes named in a line, and disagreements in a report for people. */
const MOST_NAMED = 3
const MOST_DISAGREEMENTS = 5

/** What this machine says of a finding: who holds its sockets, what its kernel counted. */
export function witnessTexts({ processes = [], kernel = [] }: Finding): string[] {
  const texts: string[] = []
  for (const [role, words] of ROLE_WORDS) {
    const own = processes.filter((one) => one.role === role)
    if (own.length > 0) texts.push(`${words} ${processList(own, role !== 'listens')}`)
  }
  if (kernel.length > 0) texts.push(`this host’s kernel counted ${countList(kernel)} since the start`)
  return texts
}

const ROLE_WORDS = [
  ['holds', 'held by'],
  ['has-not-accepted', 'not accepted yet by'],
  ['listens', 'listener:'],
] as const

function processList(processes: readonly HoldingProcess[], withSockets: boolean): string {
  const named = processes.slice(0, MOST_NAMED).map((process) => {
    return withSockets
      ? `${processText(process)}, ${countOf(process.sockets, 'socket')}`
      : processText(process)
  })
  const more = processes.length - named.length
  const list = named.join(withSockets ? '; ' : ', ')
  return more === 0 ? list : `${list} and ${countText(more)} more`
}

/** `12 ListenOverflows, no ListenDrops`. */
function countList(counts: readonly KernelCount[]): string {
  return counts.map(({ name, count }) => `${count === 0 ? 'no' : countText(count)} ${name}`).join(', ')
}

/** This machine, above the findings: settings that are not Linux's, what is not known, how the states compare. */
export function localHostLines({ localHost }: Report, { width, colors }: ReportStyle): string[] {
  if (localHost === undefined) return []
  const { sysctls, absent, agreement } = localHost
  const lines: string[] = []
  const add = (text: string, paint = (line: string) => line): void => {
    lines.push(...wrapWords(printable(text), width).map(paint))
  }
  const unusual = sysctls.flatMap(unusualText)
  if (unusual.length > 0) add(`settings of this host: ${unusual.join(', ')}`)
  for (const text of absentTexts(absent)) add(`not known of this host: ${text}`, colors.yellow)
  if (agreement === undefined) return lines
  add(agreementText(agreement), agreement.agreed === agreement.compared ? undefined : colors.yellow)
  const leftOut = leftOutText(agreement)
  if (leftOut !== undefined) add(leftOut)
  const { disagreements } = agreement
  for (const one of disagreements.slice(0, MOST_DISAGREEMENTS)) add(disagreementText(one), colors.yellow)
  const more = disagreements.length - MOST_DISAGREEMENTS
  if (more > 0) add(`and ${countOf(more, 'more disagreement')} in --json`)
  return lines
}

/** `/proc/net/netstat, /proc/net/tcp and 7 more: not there`, by reason. */
function absentTexts(absent: readonly Absent[]): string[] {
  const byReason = new Map<string, string[]>()
  for (const { what, why } of absent) byReason.set(why, [...(byReason.get(why) ?? []), what])
  return Array.from(byReason, ([why, names]) => {
    const more = names.length - MOST_NAMED
    const list = names.slice(0, MOST_NAMED).join(', ')
    return `${list}${more > 0 ? ` and ${countText(more)} more` : ''}: ${why}`
  })
}

/** `tcp_fin_timeout 10 (60 by default)`; nothing for what is as Linux comes, or depends on the machine's memory. */
function unusualText({ name, sysctl, value }: HostSysctl): string[] {
  const usual = PROFILE_SETTINGS.find((setting) => setting.name === name)?.default
  if (name === 'twBuckets' || usual === undefined || String(usual) === String(value)) return []
  return [`${sysctl} ${settingText(value)} (${settingText(usual)} by default)`]
}

function agreementText({ comparisons, failed, compared, agreed, ends }: Agreement): string {
  const failures = failed === 0 ? '' : `, ${countText(failed)} failed`
  const rounds = `${countOf(comparisons, 'comparison')}${failures}`
  if (compared === 0) return `states held to the kernel’s: none could be (${rounds})`
  return `states held to the kernel’s: ${countText(agreed)} of ${countText(compared)} agree (${countOf(ends, 'end')} in ${rounds})`
}

function leftOutText({ moving, unsent, undecided, foreign }: Agreement): string | undefined {
  const parts = [
    ...(moving > 0 ? [`${countText(moving)} in motion`] : []),
    ...(unsent > 0 ? [`${countText(unsent)} closed without a packet that tells`] : []),
    ...(undecided > 0 ? [`${countText(undecided)} that no packet decides yet`] : []),
    ...(foreign > 0 ? [`${countText(foreign)} whose socket no comparison met`] : []),
  ]
  return parts.length === 0 ? undefined : `left out of that: ${parts.join(', ')}`
}

function disagreementText({
  connection,
  local,
  remote,
  tracked,
  basis,
  kernel,
  count,
}: Disagreement): string {
  const said = `${stateName(tracked)} (${basisName(basis)})`
  const truth = kernel === CLOSED ? 'has no socket' : `says ${stateName(kernel)}`
  return `connection ${connection}, ${endText(local)} to ${endText(remote)}: ${said} here, the kernel ${truth} (${timesText(count)})`
}
