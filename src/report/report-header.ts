import { formatLinkType } from '../capture/link-type.ts'
import { countOf, countText, durationText } from './number-text.ts'
import { qualityParts } from './quality-text.ts'
import type { CaptureFacts, SourceFacts } from './report.ts'
import type { ReportStyle } from './report-style.ts'
import { joinParts, printable, wrapWords } from './text-layout.ts'
import { Timestamp } from './timestamp.ts'

/** What was read, how good it is, and up to when: the lines above every report for people. */
export function headerLines(capture: CaptureFacts, style: ReportStyle): string[] {
  const { colors, width } = style
  return [
    ...joinParts(captureParts(capture), ' · ', width).map((line) => colors.bold(line)),
    ...qualityLines(capture, style),
  ]
}

function captureParts(capture: CaptureFacts): string[] {
  const parts: string[] = []
  for (const source of capture.sources) parts.push(printable(sourceName(source)), sourceKind(source))
  parts.push(`${countOf(capture.packets, 'packet')}, ${countText(capture.decoded.tcp)} TCP`)
  if (capture.packets > 0) {
    const start = new Timestamp(capture.epoch).utc(capture.start)
    parts.push(`${durationText(capture.end - capture.start)} from ${start}`)
  }
  return parts
}

function sourceName(source: SourceFacts): string {
  return source.name === '-' ? 'standard input' : source.name
}

function sourceKind(source: SourceFacts): string {
  return [source.format, ...source.linkTypes.map(linkTypeName)].join(', ')
}

/** `Ethernet`; only what has no name keeps its number. */
function linkTypeName(linkType: number): string {
  return formatLinkType(linkType).replace(/^link type \d+ \((.+)\)$/, '$1')
}

function qualityLines(capture: CaptureFacts, { colors, width }: ReportStyle): string[] {
  const lines: string[] = []
  if (capture.asOf !== null) {
    const moment = new Timestamp(capture.epoch).utc(capture.asOf, 3)
    const since = `${durationText(Math.abs(capture.asOf))} ${capture.asOf < 0 ? 'before' : 'after'} the first packet`
    lines.push(...joinParts([`as of ${moment}`, since, 'nothing later was read'], ', ', width))
  }
  const [first = '', ...others] = qualityParts(capture)
  if (capture.packets > 0) lines.push(...joinParts([`capture quality: ${first}`, ...others], '; ', width))
  const { stoppedAt } = capture.quality
  if (stoppedAt === null) return lines
  const stopped = `reading stopped after packet ${countText(stoppedAt.packet)}: ${printable(stoppedAt.reason)}`
  return [...lines, ...wrapWords(stopped, width).map((line) => colors.yellow(line))]
}
