import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { PacketDecoder } from '../../src/decode/packet-decoder.ts'
import { KIND_ICMP_ERROR, KIND_TCP, Segment } from '../../src/decode/segment.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { CLASS_CAPTURE_DUPLICATE, SEGMENT_CLASS_NAMES } from '../../src/tracker/segment-class.ts'
import { Tracker } from '../../src/tracker/tracker.ts'

/** What the tracker made of one frame. */
export interface TrackedFrame {
  readonly packet: number
  readonly stream: number
  readonly segmentClass: (typeof SEGMENT_CLASS_NAMES)[number]
}

export type QuotedFrame = Pick<TrackedFrame, 'packet' | 'stream'>

export interface TrackedCapture {
  /** Every frame that the tracker took for a TCP segment, in order. */
  readonly frames: readonly TrackedFrame[]
  /** Every ICMP error that quotes enough of a segment to be numbered, in order. */
  readonly quoted: readonly QuotedFrame[]
  /** In order of their ids. */
  readonly connections: readonly ConnectionSummary[]
}

/** Reads a capture to its end, through decoder and tracker. */
export async function trackCapture(path: string, separateVlans = false): Promise<TrackedCapture> {
  const connections: ConnectionSummary[] = []
  const frames: TrackedFrame[] = []
  const quoted: QuotedFrame[] = []
  const decoder = new PacketDecoder({ separateVlans })
  const { networks } = decoder
  const tracker = new Tracker({
    onConnection: (connection) => connections.push(connection.summary()),
    networks,
  })
  const note = (packet: number, stream: number, segmentClass: number) => {
    frames.push({ packet, stream, segmentClass: SEGMENT_CLASS_NAMES[segmentClass] ?? 'new' })
  }
  tracker.events.subscribe('segment', ({ packet, connection, detail }) => {
    note(packet, connection.currentStream, detail)
  })
  tracker.events.subscribe('duplicateFrame', ({ packet, connection }) => {
    note(packet, connection.currentStream, CLASS_CAPTURE_DUPLICATE)
  })
  const source = await openCapture(path)
  const record = new PacketRecord()
  const segment = new Segment()
  let end = 0
  for (;;) {
    const status = source.next(record)
    if (status === READ_NEEDS_DATA) await source.fill()
    else if (status !== READ_PACKET) break
    else {
      end = Math.max(end, record.time)
      const kind = decoder.decode(record, segment)
      segment.ordinal = record.packet
      if (kind === KIND_TCP) tracker.segment(segment)
      if (kind === KIND_ICMP_ERROR) {
        const stream = tracker.icmpError(segment, decoder.icmp)
        if (stream >= 0) quoted.push({ packet: record.packet, stream })
      }
    }
  }
  await source.close()
  tracker.finish(end)
  return { frames, quoted, connections: connections.sort((first, second) => first.id - second.id) }
}
