import { readdirSync, readFileSync } from 'node:fs'
import { PacketRecord } from '../../src/capture/packet-record.ts'
import type { IcmpError } from '../../src/decode/icmp-error.ts'
import { PacketDecoder } from '../../src/decode/packet-decoder.ts'
import { KIND_ICMP_ERROR, KIND_TCP, Segment } from '../../src/decode/segment.ts'
import { type ReadPacket, readBytes } from './read-packets.ts'

/** A packet of a recorded capture, and which capture it comes from. */
interface CrowdPacket {
  readonly capture: number
  readonly packet: ReadPacket
  /** When it passes in the crowd, ns. */
  readonly time: number
}

/** How far the ports of one recording are from those of the next: odd, so that all are others. */
const PORTS_EACH = 251
/** How much later each begins than the one before, ns: or hundreds of frames of one moment come between a frame and its copy. */
const START_EACH = 10_000

/**
 * All recorded captures of a folder played at once, as if they began within three milliseconds: every kind of trouble, between many hosts,
 * with many packets and timers at the same time.
 */
export class RecordedCrowd {
  readonly #packets: readonly CrowdPacket[]

  private constructor(packets: readonly CrowdPacket[]) {
    this.#packets = packets
  }

  static async load(name: 'kernel' | 'dialogues' = 'kernel'): Promise<RecordedCrowd> {
    const folder = new URL(`../../fixtures/${name}/`, import.meta.url)
    const files = readdirSync(folder).filter((file) => file.endsWith('.pcap'))
    const captures = await Promise.all(
      files.sort().map((file) => readBytes(readFileSync(new URL(file, folder)))),
    )
    const packets = captures.flatMap(({ packets }, capture) =>
      packets.map((packet): CrowdPacket => ({ capture, packet, time: packet.time + capture * START_EACH })),
    )
    return new RecordedCrowd(packets.sort((a, b) => a.time - b.time))
  }

  /** Time of the last packet, ns. */
  get end(): number {
    return this.#packets.at(-1)?.time ?? 0
  }

  /** Hands out every TCP segment, and every one that an ICMP error quotes, in order of time, numbered through; borrowed. */
  play(
    take: (segment: Segment) => void,
    quote: (segment: Segment, error: IcmpError) => void = () => {},
  ): void {
    const decoder = new PacketDecoder({ separateVlans: false })
    const record = new PacketRecord()
    const segment = new Segment()
    for (const [index, { capture, packet, time }] of this.#packets.entries()) {
      const { data } = packet
      record.view = new DataView(data.buffer, data.byteOffset, data.byteLength)
      record.end = data.byteLength
      record.originalLength = packet.originalLength
      record.linkType = packet.linkType
      record.packet = index + 1
      record.time = time
      const kind = decoder.decode(record, segment)
      if (kind !== KIND_TCP && kind !== KIND_ICMP_ERROR) continue
      segment.ordinal = index + 1
      // The recordings share two hosts. Ports tell them apart here, which no checksum covers once they are decoded. Their sum
      // differs too: two recordings from both sides of a router would pass for copies if their tuples had one hash.
      segment.sourcePort = (segment.sourcePort + capture * PORTS_EACH) & 0xffff
      segment.destinationPort = (segment.destinationPort + capture * PORTS_EACH) & 0xffff
      if (kind === KIND_TCP) take(segment)
      else quote(segment, decoder.icmp)
    }
  }
}
