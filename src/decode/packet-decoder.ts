import type { PacketRecord } from '../capture/packet-record.ts'
import { decodePacket } from './decode-packet.ts'
import { NetworkTable } from './network-table.ts'
import { KIND_OTHER_IP, KIND_TCP, KIND_UDP, type PacketKind, type Segment } from './segment.ts'
import { enterTunnel, NO_TUNNEL } from './tunnel.ts'

/** Tunnels inside each other that are followed: more than anybody builds. */
const MOST_TUNNELS = 8

export interface DecoderOptions {
  /** Equal addresses in different VLANs are different hosts (`--vlan`). */
  readonly separateVlans: boolean
}

/**
 * `decodePacket`, and what takes more than the packet's own headers: tunnels, and telling networks apart. The ordinary
 * segment passes by all of it.
 */
export class PacketDecoder {
  readonly networks = new NetworkTable()
  readonly #separateVlans: boolean

  constructor({ separateVlans }: DecoderOptions) {
    this.#separateVlans = separateVlans
  }

  /** Decodes a packet to its innermost IP packet, and returns what that is. */
  decode(record: PacketRecord, segment: Segment): PacketKind {
    const kind = decodePacket(record, segment)
    if (kind === KIND_TCP && !this.#separateVlans) return kind
    return this.#follow(kind, segment)
  }

  #follow(outermost: PacketKind, segment: Segment): PacketKind {
    this.#noteVlan(segment)
    let kind = outermost
    for (let depth = 0; depth < MOST_TUNNELS && (kind === KIND_UDP || kind === KIND_OTHER_IP); depth++) {
      const inner = enterTunnel(segment, this.networks)
      if (inner === NO_TUNNEL) break
      kind = inner
      this.#noteVlan(segment)
    }
    return kind
  }

  #noteVlan(segment: Segment): void {
    if (this.#separateVlans && segment.vlanCount > 0) segment.network = this.networks.vlan(segment)
  }
}
