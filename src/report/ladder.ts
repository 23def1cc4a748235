import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { ConnectionSummary, EndpointSummary } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { endpointText } from './endpoint-text.ts'
import { ladderEvents } from './ladder-event.ts'
import { LadderRung } from './ladder-rung.ts'
import { bytesText, countOf, durationText } from './number-text.ts'
import { outcomeText } from './outcome-text.ts'
import { packetName } from './packet-name.ts'
import { type CaptureFacts, reportEnd } from './report.ts'
import { headerLines } from './report-header.ts'
import type { ReportStyle } from './report-style.ts'
import { SegmentText } from './segment-text.ts'
import { markedState, markLegend } from './state-mark.ts'
import { surroundingsParts } from './surroundings-text.ts'
import { joinParts, padEnd, wrapWords } from './text-layout.ts'
import { Timestamp } from './timestamp.ts'

export interface LadderInput {
  readonly capture: CaptureFacts
  readonly connection: ConnectionSummary
  /** Every segment of the connection, in order. */
  readonly segments: readonly LoggedSegment[]
}

/** One connection as a ladder: client left, server right, a rung per segment, and what each state rests on. */
export function* ladderReport(input: LadderInput, style: ReportStyle): Generator<string, void, void> {
  const { connection, capture } = input
  const { epoch, origins } = capture
  for (const line of headerLines(capture, style)) yield `${line}\n`
  yield '\n'
  const end = reportEnd(capture)
  for (const line of connectionHeader({ connection, epoch, end, origins }, style)) yield `${line}\n`
  yield '\n'
  for (const line of ladderLines({ ...input, origins }, style)) yield `${line}\n`
  yield '\n'
  for (const line of evidenceLines({ connection, origins }, style)) yield `${line}\n`
}

/** A connection, and the captures that its packets come from if these are several. */
interface ConnectionInput {
  readonly connection: ConnectionSummary
  readonly origins?: PacketOrigins | undefined
}

/** The rungs, under the names of both ends. */
export function* ladderLines(
  { connection, segments, origins }: ConnectionInput & Pick<LadderInput, 'segments'>,
  style: ReportStyle,
): Generator<string, void, void> {
  const texts = new SegmentText(connection, segments, origins)
  const rung = new LadderRung(connection, segments, texts, style, origins)
  yield* rung.titleLines()
  for (const event of ladderEvents(connection, segments, origins)) yield* rung.lines(event)
}

/** Who talked to whom, how that is known, and what became of it. `end` is the last moment that is spoken of. */
export function connectionHeader(
  { connection, epoch, end, origins }: ConnectionInput & { readonly epoch: bigint; readonly end: number },
  style: ReportStyle,
): string[] {
  const { client, server } = connection
  const { colors, width } = style
  const start = new Timestamp(epoch).utc(connection.start, 6)
  const duration = durationText(connection.end - connection.start)
  const counts = `${countOf(connection.packets, 'packet')}, ${bytesText(client.bytes + server.bytes)} in ${duration}`
  const title = `connection ${connection.id} · ${endpointText(client)} → ${endpointText(server)}`
  const facts = [
    `${counts} from ${start}`,
    ROLE_TEXTS[connection.roleBasis],
    ...handshakeParts(connection),
    ...(connection.stream === null || origins !== undefined
      ? []
      : [`Wireshark: tcp.stream == ${connection.stream}`]),
  ]
  const surroundings = surroundingsParts(connection)
  return [
    ...joinParts(title.split(' · '), ' · ', width).map((line) => colors.bold(line)),
    ...(surroundings.length === 0 ? [] : joinParts(surroundings, ', ', width)),
    ...wrapWords(outcomeText(connection, end), width),
    ...joinParts(facts, ' · ', width),
  ]
}

const ROLE_TEXTS: Readonly<Record<ConnectionSummary['roleBasis'], string>> = {
  handshake: 'roles from the handshake',
  port: 'roles guessed from the ports',
  'first-packet': 'roles guessed from who was seen first',
}

function handshakeParts({ handshake }: ConnectionSummary): string[] {
  if (handshake === null) return []
  const parts: string[] = []
  if (handshake.rtt !== null) parts.push(`handshake ${durationText(handshake.rtt)}`)
  if (handshake.fastOpen) parts.push('TCP Fast Open')
  return parts
}

/** Every state of both ends with what it rests on, and what was taken back. */
export function evidenceLines({ connection, origins }: ConnectionInput, style: ReportStyle): string[] {
  const { client, server } = connection
  const marked = [...client.transitions, ...server.transitions].map((step) =>
    markedState(step.state, step.basis),
  )
  return [
    style.colors.bold('What each state rests on'),
    ...endpointEvidence('client', client, connection.start, style, origins),
    ...endpointEvidence('server', server, connection.start, style, origins),
    ...markLegend(marked).flatMap((line) =>
      wrapWords(line, style.width).map((part) => style.colors.dim(part)),
    ),
  ]
}

function endpointEvidence(
  role: 'client' | 'server',
  endpoint: EndpointSummary,
  start: number,
  { width }: ReportStyle,
  origins: PacketOrigins | undefined,
): string[] {
  const lines = [`${role} ${endpointText(endpoint)}`]
  if (endpoint.transitions.length === 0) lines.push('  nothing that shows its state')
  for (const step of endpoint.transitions) {
    const by = step.packet === null ? '' : packetName(step.packet, origins)
    const since = secondsText(step.time - start)
    const columns = [
      since.padStart(12),
      padEnd(stateName(step.state), 11),
      padEnd(basisName(step.basis), 12),
      by,
    ]
    lines.push(columns.join('  ').trimEnd())
  }
  for (const step of endpoint.retracted) {
    const at =
      step.packet === null ? `at ${secondsText(step.time - start)}` : `at ${packetName(step.packet, origins)}`
    const disproof = step.disprovedBy === null ? 'by a timer' : `by ${packetName(step.disprovedBy, origins)}`
    const text = `taken back: ${stateName(step.state)} (${basisName(step.basis)} ${at}), disproved ${disproof} after ${durationText(step.disprovedAt - step.time)}`
    lines.push(...wrapWords(text, width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`))
  }
  return lines
}

function secondsText(nanoseconds: number): string {
  return `+${(nanoseconds / 1e9).toFixed(6)}`.replace('+-', '-')
}
