import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { connectionTable } from './connection-table.ts'
import { fileCommandText } from './file-command.ts'
import { findingsSection } from './findings-section.ts'
import { hostTable } from './host-table.ts'
import { localHostLines } from './local-host-text.ts'
import { countOf } from './number-text.ts'
import { packetName } from './packet-name.ts'
import { type CaptureFacts, type Report, reportEnd } from './report.ts'
import { headerLines } from './report-header.ts'
import type { ReportStyle } from './report-style.ts'
import { printable, wrapWords } from './text-layout.ts'

export interface TableConnections {
  /** Most interesting first; asked twice, once to measure and once to draw. */
  readonly connections: () => Iterable<ConnectionSummary>
  /** Show all of them, not what fits the terminal. */
  readonly all: boolean
}

/** The report for people, in pieces to be written one after the other. */
export function* tableReport(
  report: Report,
  { connections, all }: TableConnections,
  style: ReportStyle,
): Generator<string, void, void> {
  const { capture, totals } = report
  for (const line of headerLines(capture, style)) yield `${line}\n`
  for (const line of faultLines(report, style)) yield `${line}\n`
  for (const line of localHostLines(report, style)) yield `${line}\n`
  yield '\n'
  if (totals.connections === 0) {
    for (const line of wrapWords(nothingText(capture), style.width)) yield `${line}\n`
    return
  }
  yield* findingsSection({ findings: report.findings, capture, all }, style)
  let hasHosts = false
  for (const piece of hostTable(report, style)) {
    hasHosts = true
    yield piece
  }
  if (hasHosts) yield '\n'
  const end = reportEnd(capture)
  yield* connectionTable({ connections, totals, all, end }, style)
  const [first] = connections()
  const command = fileCommandText(capture)
  if (first === undefined || command === undefined) return
  const look = `to look into one:\n  ${command} --connection ${first.id}`
  yield `\n${style.colors.dim(look)}\n`
}

/** Rules of somebody else's that were switched off: what they did not find says nothing. */
function faultLines({ ruleFaults = [], capture }: Report, { width, colors }: ReportStyle): string[] {
  return ruleFaults.flatMap(({ rule, message, packet }) => {
    const where = packet === null ? '' : ` at ${packetName(packet, capture.origins)}`
    const text = `rule ${rule} failed${where} and was switched off: ${printable(message)}`
    return wrapWords(text, width).map((line) => colors.yellow(line))
  })
}

/** Why there is nothing to report, and what to try. */
function nothingText(capture: CaptureFacts): string {
  const { decoded, packets } = capture
  if (packets === 0 && capture.asOf !== null) {
    return 'No packets up to that moment: --as-of lies before the first packet of the capture.'
  }
  if (packets === 0 && capture.quality.stoppedAt !== null) return 'No packet could be read.'
  if (packets === 0) {
    return 'The capture holds no packets: check the interface and the filter it was recorded with.'
  }
  const found = [
    [decoded.udp, 'UDP'],
    [decoded.icmp, 'ICMP'],
    [decoded.otherIp, 'other IP'],
    [decoded.nonIp, 'not IP'],
    [decoded.fragments, 'IP fragments'],
    [decoded.tcp, 'TCP that could not be read'],
  ] as const
  const named = found.filter(([count]) => count > 0).map(([count, name]) => `${name} ${count}`)
  const hint =
    decoded.truncated > 0
      ? `${countOf(decoded.truncated, 'packet')} cut inside the headers: record with a larger snapshot length (tcpdump -s 200).`
      : 'Check the interface and the filter it was recorded with.'
  return `No TCP connections in ${countOf(packets, 'packet')} (${named.join(', ')}). ${hint}`
}
