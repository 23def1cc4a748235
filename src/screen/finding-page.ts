import { findingText } from '../report/finding-text.ts'
import { paintOf, severityMark } from '../report/findings-section.ts'
import { witnessTexts } from '../report/local-host-text.ts'
import { countOf, timesText } from '../report/number-text.ts'
import { packetName } from '../report/packet-name.ts'
import { printable, wrapWords } from '../report/text-layout.ts'
import { Timestamp } from '../report/timestamp.ts'
import { ageText } from './age-text.ts'
import { listedFindings } from './listed-findings.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import type { ScreenStyle } from './screen-style.ts'

const EVERYTHING = { findingSort: 'newest', showsRemarks: true } as const
/** Connections named. */
const MOST_CONNECTIONS = 12

/** One finding in full. */
export function findingPage(id: string, snapshot: LiveSnapshot, style: ScreenStyle): string[] {
  const { colors, width } = style
  const { list } = listedFindings(snapshot.findings, EVERYTHING)
  const explains = list.find(({ finding }) => finding.id === id)?.explains ?? []
  const finding = snapshot.findings.find((candidate) => candidate.id === id)
  if (finding === undefined) {
    return wrapWords('This finding was withdrawn: what came later explains it otherwise.', Math.max(1, width))
  }
  const text = findingText(finding)
  const lines: string[] = []
  const add = (words: string, paint = (line: string) => line): void => {
    for (const line of wrapWords(printable(words), Math.max(1, width))) lines.push(paint(line))
  }
  add(
    `${severityMark(finding.severity)} ${finding.severity}  ${text.title}`,
    paintOf(finding.severity, style),
  )
  add(`rule ${finding.rule} · confidence: ${finding.confidence} · ${timesText(finding.count)}`, colors.dim)
  add(seenText(finding.firstSeen, finding.lastSeen, snapshot), colors.dim)
  lines.push('')
  add(text.detail)
  for (const words of witnessTexts(finding)) add(words)
  for (const { evidence, note } of text.evidence) add(`${packetName(evidence.packet, undefined)} ${note}`)
  for (const advice of text.advice) add(`next: ${advice}`)
  if (text.filter !== '') add(`wireshark: ${text.filter}`, colors.dim)
  if (explains.length > 0) {
    lines.push('')
    add('explains', colors.bold)
    for (const other of explains)
      add(`${severityMark(other.severity)} ${findingText(other).title} (${other.rule})`)
  }
  const { connections } = finding
  if (connections.length > 0) {
    const named = connections.slice(0, MOST_CONNECTIONS).join(', ')
    const more = connections.length > MOST_CONNECTIONS ? ', ...' : ''
    lines.push('')
    add(`${countOf(connections.length, 'connection')}: ${named}${more}; Enter opens the first`)
  }
  return lines
}

function seenText(first: number, last: number, { now, epoch }: LiveSnapshot): string {
  const at = new Timestamp(epoch).utc(first, 3)
  const ago = (time: number) => `${ageText(now - time)} ago`
  return `first seen ${at}, ${ago(first)}; last seen ${ago(last)}`
}
