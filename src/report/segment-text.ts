import type { PacketOrigins } from '../capture/packet-origins.ts'
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../decode/tcp-flags.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import { CAUSE_NAMES, SEGMENT_CLASS_NAMES } from '../tracker/segment-class.ts'
import { packetName } from './packet-name.ts'

type ClassName = (typeof SEGMENT_CLASS_NAMES)[number]
type CauseName = (typeof CAUSE_NAMES)[number]

/** What a person has to know of a segment beside its numbers; empty for the ordinary ones. */
export const CLASS_TEXTS: Readonly<Record<ClassName, string>> = {
  new: '',
  ack: '',
  'duplicate-ack': 'duplicate ACK',
  'window-update': 'window update',
  'retransmission-timeout': 'resent after a timeout',
  'retransmission-fast': 'fast retransmission',
  'tail-loss-probe': 'tail loss probe',
  'spurious-retransmission': 'resent although already acknowledged',
  'out-of-order': 'out of order',
  'keep-alive': 'keep-alive',
  'keep-alive-ack': 'answer to a keep-alive',
  'zero-window-probe': 'zero window probe',
  'zero-window-probe-ack': 'answer to a zero window probe',
  'challenge-ack': 'challenge ACK',
  'capture-duplicate': 'the same frame captured again',
  'pending-syn': 'SYN on a live connection',
  unacceptable: 'not acceptable to its receiver',
}

export const CAUSE_TEXTS: Readonly<Record<CauseName, string>> = {
  none: '',
  syn: 'a SYN on a live connection',
  rst: 'an RST without the exact number',
  'old-ack': 'an ACK of long ago',
  'future-ack': 'an ACK of data never sent',
  'out-of-window': 'outside the window',
  paws: 'an old timestamp',
  'wrong-ack': 'a wrong acknowledgment',
}

const FLAG_NAMES = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
  [URG, 'URG'],
  [ECE, 'ECE'],
  [CWR, 'CWR'],
  [AE, 'AE'],
] as const

/** Words for the segments of one connection, in order; sequence numbers count from each end's first. */
export class SegmentText {
  readonly #clientBase: number
  readonly #serverBase: number
  readonly #origins: PacketOrigins | undefined
  #clientWindow: number | undefined
  #serverWindow: number | undefined

  constructor(connection: ConnectionSummary, segments: readonly LoggedSegment[], origins?: PacketOrigins) {
    this.#origins = origins
    this.#clientBase = connection.client.isn ?? firstNumber(segments, true)
    this.#serverBase = connection.server.isn ?? firstNumber(segments, false)
  }

  /** The parts of `PSH+ACK 1:1461(1460) ack 1 win 502`; the window only where it changes. */
  label(segment: LoggedSegment): string[] {
    const { flags, payloadLength, fromClient, window } = segment
    const seq = this.#relative(segment.seq, fromClient)
    const parts = [flagsText(flags)]
    parts.push(payloadLength > 0 ? `${seq}:${seq + payloadLength}(${payloadLength})` : String(seq))
    if ((flags & ACK) !== 0) parts.push(`ack ${this.#relative(segment.ack, !fromClient)}`)
    // The window of an RST means nothing.
    if ((flags & RST) === 0) parts.push(...this.#windowPart(fromClient, window))
    return parts
  }

  #windowPart(fromClient: boolean, window: number): string[] {
    const known = fromClient ? this.#clientWindow : this.#serverWindow
    if (fromClient) this.#clientWindow = window
    else this.#serverWindow = window
    return window === 0 || window !== known ? [`win ${window}`] : []
  }

  /** Options and class: lines below the label. */
  notes(segment: LoggedSegment): string[] {
    const notes: string[] = []
    const options: string[] = []
    if (segment.mss !== null) options.push(`mss ${segment.mss}`)
    if (segment.windowScale !== null) options.push(`window scale ${segment.windowScale}`)
    if (options.length > 0) notes.push(options.join(', '))
    const sack = this.#sackText(segment)
    if (sack !== '') notes.push(sack)
    const named = classText(segment, this.#origins)
    if (named !== '') notes.push(named)
    return notes
  }

  #sackText({ sackEdges, fromClient }: LoggedSegment): string {
    const blocks: string[] = []
    for (let index = 0; index + 1 < sackEdges.length; index += 2) {
      const left = this.#relative(sackEdges[index] ?? 0, !fromClient)
      blocks.push(`${left}:${this.#relative(sackEdges[index + 1] ?? 0, !fromClient)}`)
    }
    return blocks.length === 0 ? '' : `SACK ${blocks.join(' ')}`
  }

  /** Signed, so that a number from before the first one shows as one. */
  #relative(number: number, ofClient: boolean): number {
    return (number - (ofClient ? this.#clientBase : this.#serverBase)) | 0
  }
}

/** For an end whose SYN was not seen: the number before the first it sent, or that its peer acknowledged. */
function firstNumber(segments: readonly LoggedSegment[], ofClient: boolean): number {
  for (const segment of segments) {
    if (segment.fromClient === ofClient) return segment.seq - ((segment.flags & SYN) === 0 ? 1 : 0)
    if ((segment.flags & ACK) !== 0) return segment.ack - 1
  }
  return 0
}

export function flagsText(flags: number): string {
  const names = FLAG_NAMES.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name)
  return names.length === 0 ? 'no flags' : names.join('+')
}

function classText(segment: LoggedSegment, origins: PacketOrigins | undefined): string {
  const named = CLASS_TEXTS[SEGMENT_CLASS_NAMES[segment.segmentClass] ?? 'new']
  const cause = CAUSE_TEXTS[CAUSE_NAMES[segment.cause] ?? 'none']
  if (segment.causePacket === null) return cause === '' ? named : `${named}: ${cause}`
  const by = `${named === '' ? '' : `${named}, `}caused by ${packetName(segment.causePacket, origins)}`
  return cause === '' ? by : `${by}: ${cause}`
}
