import type { PacketOrigins } from '../capture/packet-origins.ts'
import type { PacketDecoder } from '../decode/packet-decoder.ts'
import { type PacketFacts, packetFacts } from '../decode/packet-facts.ts'
import type { PacketKind, Segment } from '../decode/segment.ts'
import { PacketTrace } from '../tracker/packet-trace.ts'
import { UsageError } from './usage-error.ts'

/** A packet as it is named: `12`, or `1:12` for packet 12 of the second of several captures. */
export interface PacketWish {
  /** Index of its capture; null if none was named. */
  readonly source: number | null
  readonly packet: number
}

const WISH = /^(?:(\d{1,6}):)?(\d{1,15})$/

export function parsePacket(text: string): PacketWish {
  const [, source, packet] = WISH.exec(text.replace(/^#/, '')) ?? []
  if (packet === undefined || Number(packet) === 0) {
    throw new UsageError(`--packet takes no '${text}': give a packet number, such as 12`)
  }
  return { source: source === undefined ? null : Number(source), packet: Number(packet) }
}

/** Throws UsageError if the packet is named otherwise than so many captures need. */
export function checkPacket({ source, packet }: PacketWish, captures: number): void {
  if (captures > 1 && source === null) {
    throw new UsageError(
      `--packet ${packet} is in each of the ${captures} captures: give 0:${packet} for that of the first, and so on`,
    )
  }
  if (source !== null && source >= captures) {
    const most = captures === 1 ? 'the only capture is 0' : `the captures are 0 to ${captures - 1}`
    throw new UsageError(`--packet ${source}:${packet} names a capture that was not given: ${most}`)
  }
}

/** Waits for one packet of a run, keeps what its bytes say, and has the tracker record what it makes of it. */
export class PacketWatch {
  readonly trace = new PacketTrace()
  /** Undefined before it came. */
  facts: PacketFacts | undefined
  readonly #wish: PacketWish

  constructor(wish: PacketWish) {
    this.#wish = wish
  }

  /** Looks at a packet that was just decoded, and tells whether it is the one. */
  look(segment: Segment, kind: PacketKind, decoder: PacketDecoder, origins?: PacketOrigins): boolean {
    if (this.facts !== undefined || !this.#isAt(segment.ordinal, origins)) return false
    this.facts = packetFacts(segment, kind, decoder)
    return true
  }

  /** The packet's facts; throws UsageError if it did not come among `packets`. */
  found(packets: number, hasAsOf: boolean): PacketFacts {
    if (this.facts !== undefined) return this.facts
    const { source, packet } = this.#wish
    const name = source === null ? String(packet) : `${source}:${packet}`
    const read = hasAsOf ? `--as-of stops reading after ${packets}` : `the input has ${packets}`
    throw new UsageError(`there is no packet ${name}: ${read}`)
  }

  #isAt(ordinal: number, origins: PacketOrigins | undefined): boolean {
    const { source, packet } = this.#wish
    if (origins === undefined || source === null) return ordinal === packet
    return origins.source(ordinal) === source && origins.packet(ordinal) === packet
  }
}
