import { findingText } from '../report/finding-text.ts'
import { severityMark } from '../report/findings-section.ts'
import { connectionHeader, evidenceLines, ladderLines } from '../report/ladder.ts'
import { markedState } from '../report/state-mark.ts'
import { printable, wrapWords } from '../report/text-layout.ts'
import type { ConnectionSummary, EndpointSummary } from '../tracker/connection-summary.ts'
import { basisName } from '../tracker/tcp-state.ts'
import { ageText } from './age-text.ts'
import type { LiveSnapshot } from './live-snapshot.ts'
import type { ScreenStyle } from './screen-style.ts'

/** A ladder needs this much; on a narrower screen its right side is cut. */
const NARROWEST_LADDER = 66

/** One connection: what stands above, and what can be scrolled. */
export function ladderPage(
  id: number,
  snapshot: LiveSnapshot,
  style: ScreenStyle,
): { readonly head: readonly string[]; readonly body: readonly string[] } {
  const { ladder, epoch, now, findings } = snapshot
  const width = Math.max(1, style.width)
  const connection = ladder?.id === id ? ladder.connection : null
  if (ladder === null || connection === null) {
    const text = `Connection ${id} is no longer held: it was over, and forgotten after two minutes.`
    return { head: [style.colors.bold(`connection ${id}`)], body: wrapWords(text, width) }
  }
  // Wireshark's number is of no use without the capture.
  const shown: ConnectionSummary = { ...connection, stream: null }
  const report = { ...style, width, rows: 0 }
  const [title = '', ...facts] = connectionHeader({ connection: shown, epoch, end: now }, report)
  const about = findings.filter(({ connections }) => connections.includes(id))
  const wide = { ...report, width: Math.max(NARROWEST_LADDER, width) }
  return {
    head: [title, endLine('client', connection.client, now), endLine('server', connection.server, now)],
    body: [
      ...(ladder.hasLeft
        ? [style.colors.bold('It is over, and has been forgotten: this is how it ended.')]
        : []),
      ...facts,
      ...about.map(
        (finding) =>
          `${severityMark(finding.severity)} ${finding.severity}  ${printable(findingText(finding).title)}`,
      ),
      '',
      ...evidenceLines({ connection }, report),
      '',
      sinceText(snapshot),
      ...(ladder.segments.length === 0
        ? []
        : ladderLines({ connection: since(connection, ladder.since), segments: ladder.segments }, wide)),
    ],
  }
}

/** Without the steps of before: those are told by what they rest on. */
function since(connection: ConnectionSummary, time: number): ConnectionSummary {
  const later = (end: EndpointSummary): EndpointSummary => ({
    ...end,
    transitions: end.transitions.filter((step) => step.time > time),
    icmpErrors: end.icmpErrors.filter((error) => error.time > time),
  })
  return { ...connection, client: later(connection.client), server: later(connection.server) }
}

/** `client ESTABLISHED for 12.3 s, acknowledged at #5`. */
function endLine(role: 'client' | 'server', end: EndpointSummary, now: number): string {
  const { state, stateBasis, stateSince, statePacket } = end
  const at = statePacket === null ? '' : ` at #${statePacket}`
  return `${role} ${markedState(state, stateBasis)} for ${ageText(now - stateSince)}, ${basisName(stateBasis)}${at}`
}

function sinceText({ ladder, now }: LiveSnapshot): string {
  const since = ladder?.since ?? now
  const none = ladder?.segments.length === 0 ? 'none so far' : ''
  return [`Segments after packet #${ladder?.sincePacket ?? 0}, ${ageText(now - since)} ago`, none]
    .filter((part) => part !== '')
    .join(': ')
}
