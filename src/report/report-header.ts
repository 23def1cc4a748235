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
  const { sources } = capture
  return [
    ...(sources.length > 1 ? sourceLines(sources, width) : []),
    ...joinParts(captureParts(capture), ' · ', width).map((line) => colors.bold(line)),
    ...filterLines(sources, width),
    ...sources.flatMap((source) => commentLines(source, width)),
    ...qualityLines(capture, style),
  ]
}

/** `dump.pcap`, `pcap, Ethernet`, `13 packets, 13 TCP` ... */
export function captureParts(capture: CaptureFacts): string[] {
  const parts: string[] = []
  const [source] = capture.sources
  if (capture.sources.length > 1) parts.push(`${capture.sources.length} captures merged by time`)
  else if (source !== undefined) parts.push(printable(sourceName(source)), sourceKind(source))
  parts.push(`${countOf(capture.packets, 'packet')}, ${countText(capture.decoded.tcp)} TCP`)
  if (capture.packets > 0) {
    const start = new Timestamp(capture.epoch).utc(capture.start)
    parts.push(`${durationText(capture.end - capture.start)} from ${start}`)
  }
  return parts
}

/** Each capture with its index: packet 12 of the one that is listed as [1] is #1:12. */
function sourceLines(sources: readonly SourceFacts[], width: number): string[] {
  return sources.flatMap((source, index) => {
    return joinParts([`[${index}] ${printable(sourceName(source))}`, sourceKind(source)], ' · ', width)
  })
}

/** One filter is for all of them. */
function filterLines([source]: readonly SourceFacts[], width: number): string[] {
  if (source?.filter === undefined) return []
  return wrapWords(`only packets that pass the filter: ${printable(source.filter)}`, width)
}

function commentLines({ comments = [], packetComments = 0 }: SourceFacts, width: number): string[] {
  const lines = comments.flatMap((comment) => wrapWords(`comment: ${printable(comment)}`, width))
  if (packetComments === 0) return lines
  return [...lines, `${countOf(packetComments, 'packet has', 'packets have')} a comment in the capture`]
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
    const isLive = capture.sources.some(({ listening }) => listening !== undefined)
    const parts = isLive
      ? [`listened until ${moment}`, since]
      : [`as of ${moment}`, since, 'nothing later was read']
    lines.push(...joinParts(parts, ', ', width))
  }
  const [first = '', ...others] = qualityParts(capture)
  if (capture.packets > 0) lines.push(...joinParts([`capture quality: ${first}`, ...others], '; ', width))
  return [
    ...lines,
    ...stopTexts(capture)
      .flatMap((text) => wrapWords(text, width))
      .map((line) => colors.yellow(line)),
  ]
}

function stopTexts({ sources, quality }: CaptureFacts): string[] {
  if (sources.length < 2) {
    const { stoppedAt } = quality
    if (stoppedAt === null) return []
    return [`reading stopped after packet ${countText(stoppedAt.packet)}: ${printable(stoppedAt.reason)}`]
  }
  return sources.flatMap(({ stoppedAt = null }, index) => {
    if (stoppedAt === null) return []
    const after = `after its packet ${countText(stoppedAt.packet)}`
    return `reading of [${index}] stopped ${after}: ${printable(stoppedAt.reason)}`
  })
}
