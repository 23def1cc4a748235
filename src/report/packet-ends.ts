import type { EndSnapshot } from '../tracker/connection-snapshot.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import { countOf, countText, durationText } from './number-text.ts'
import type { PacketView } from './packet-input.ts'
import { packetName } from './packet-name.ts'

export interface EndRow {
  readonly label: string
  readonly before: string
  readonly after: string
}

/** What is known of an end before the packet and after it; what is known neither then nor then is left out. */
export function endRows(view: PacketView, before: EndSnapshot | null, after: EndSnapshot | null): EndRow[] {
  const rows: EndRow[] = []
  const row = (label: string, text: (end: EndSnapshot) => string | null, none = 'unknown'): void => {
    const texts = [before, after].map((end) => (end === null ? null : text(end)))
    if (texts.every((value) => value === null)) return
    const [one, other] = texts.map((value) => value ?? none)
    rows.push({ label, before: one ?? '', after: other ?? '' })
  }
  row('state', (end) => stateText(view, end))
  row('SND.UNA', (end) => (end.sndUna === null ? null : numberText(end.sndUna, end.isn)))
  row('SND.NXT', (end) => (end.sndNxt === null ? null : numberText(end.sndNxt, end.isn)))
  row('RCV.NXT', (end) => (end.rcvNxt === null ? null : numberText(end.rcvNxt, peerIsn(view, end))))
  row('window', windowText)
  row('RTT', ({ rtt }) =>
    rtt === null
      ? null
      : `min ${durationText(rtt.min)}, mean ${durationText(rtt.mean)} of ${countOf(rtt.samples, 'sample')}`,
  )
  row('doubts', doubtsText, 'none')
  return rows
}

const DOUBT_TEXTS = {
  handshake: 'no further copy is believed to complete its handshake',
  fin: 'no further FIN is believed to arrive',
  'fin-ack': 'no further ACK of its FIN is believed to arrive',
} as const

function doubtsText({ doubts }: EndSnapshot): string | null {
  return doubts.length === 0 ? null : doubts.map((doubt) => DOUBT_TEXTS[doubt]).join(', ')
}

function stateText({ facts, capture }: PacketView, { state, entered }: EndSnapshot): string {
  if (entered === null) return stateName(state)
  const { packet, basis } = entered
  const by =
    packet === null
      ? ''
      : packet === facts.packet
        ? ', by this packet'
        : `, ${packetName(packet, capture.origins)}`
  return `${stateName(state)} (${basisName(basis)}${by})`
}

function numberText(number: number, isn: number | null): string {
  return isn === null ? String(number >>> 0) : countText((number - isn) | 0)
}

function windowText({ window, windowEdge, acknowledged }: EndSnapshot): string | null {
  if (window === null || acknowledged === null) return null
  if (windowEdge === null) return `${countText(window)}, its scale unknown`
  return countText(window)
}

/** What an end receives is counted from its peer’s first number. */
function peerIsn({ traced }: PacketView, end: EndSnapshot): number | null {
  for (const snapshot of [traced?.after, traced?.before]) {
    if (snapshot == null) continue
    const isSender =
      snapshot.sender.port === end.port && snapshot.sender.address.join() === end.address.join()
    return (isSender ? snapshot.receiver : snapshot.sender).isn
  }
  return null
}
