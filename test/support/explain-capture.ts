import { READ_NEEDS_DATA, READ_PACKET } from '../../src/capture/capture-source.ts'
import { openCapture } from '../../src/capture/open-capture.ts'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import { PacketDecoder } from '../../src/decode/packet-decoder.ts'
import { type PacketFacts, packetFacts } from '../../src/decode/packet-facts.ts'
import { KIND_ICMP_ERROR, KIND_TCP, Segment } from '../../src/decode/segment.ts'
import type { ConnectionSummary } from '../../src/tracker/connection-summary.ts'
import { PacketTrace, type TracedPacket } from '../../src/tracker/packet-trace.ts'
import { Tracker } from '../../src/tracker/tracker.ts'

export interface ExplainedPacket {
  readonly facts: PacketFacts
  /** null for what the tracker has nothing to do with. */
  readonly traced: TracedPacket | null
}

export interface ExplainedCapture {
  readonly packets: readonly ExplainedPacket[]
  /** In order of their ids. */
  readonly connections: readonly ConnectionSummary[]
  readonly epoch: bigint
  readonly end: number
}

/** Reads a capture to its end and has every packet explained whose number `wants` says so. */
export async function explainCapture(
  path: string,
  wants: (packet: number) => boolean,
): Promise<ExplainedCapture> {
  const connections: ConnectionSummary[] = []
  const packets: ExplainedPacket[] = []
  const decoder = new PacketDecoder({ separateVlans: false })
  const trace = new PacketTrace()
  const tracker = new Tracker({
    onConnection: (connection) => connections.push(connection.summary()),
    networks: decoder.networks,
    trace,
  })
  trace.attach(tracker.events)
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
      const take = (): void => {
        if (kind === KIND_TCP) tracker.segment(segment)
        else if (kind === KIND_ICMP_ERROR) tracker.icmpError(segment, decoder.icmp)
      }
      if (!wants(record.packet)) take()
      else {
        const facts = packetFacts(segment, kind, decoder)
        const isTrackers = kind === KIND_TCP || kind === KIND_ICMP_ERROR
        if (isTrackers) tracker.explain(segment, take)
        packets.push({ facts, traced: isTrackers ? (trace.packet ?? null) : null })
      }
    }
  }
  await source.close()
  tracker.finish(end)
  const { epoch } = source
  return { packets, connections: connections.sort((first, second) => first.id - second.id), epoch, end }
}
