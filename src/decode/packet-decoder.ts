import type { PacketRecord } from '../capture/packet-record.ts'
import { decodePacket } from './decode-packet.ts'
import { IcmpError } from './icmp-error.ts'
import { NetworkTable } from './network-table.ts'
import { type FragmentCounts, Reassembly } from './reassembly.ts'
import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_ICMP_ERROR,
  KIND_OTHER_IP,
  KIND_TCP,
  KIND_UDP,
  type PacketKind,
  type Segment,
} from './segment.ts'
import { enterTunnel, NO_TUNNEL } from './tunnel.ts'

/** Tunnels and fragmented packets inside each other that are followed: more than anybody builds. */
const MOST_LAYERS = 8

export interface DecoderOptions {
  /** Equal addresses in different VLANs are different hosts (`--vlan`). */
  readonly separateVlans: boolean
}

/**
 * `decodePacket`, and what takes more than the packet's own headers: fragments, tunnels, and telling networks apart.
 * The ordinary segment passes by all of it.
 */
export class PacketDecoder {
  readonly networks = new NetworkTable()
  /** The error that the packet decoded last is, if that was KIND_ICMP_ERROR. */
  readonly icmp = new IcmpError()
  /** The last frame that completed a packet which came in fragments; 0 for none. */
  completing = 0
  readonly #separateVlans: boolean
  readonly #reassembly = new Reassembly()
  /** The packet decoded last is one that its frame only completed. */
  #isReassembled = false
  /** Packets by kind that came in fragments. */
  readonly #reassembled = new Uint32Array(KIND_ICMP_ERROR + 1)

  constructor({ separateVlans }: DecoderOptions) {
    this.#separateVlans = separateVlans
  }

  /** What became of fragments so far; those that still wait count as incomplete. */
  get fragments(): FragmentCounts {
    const { counts, waiting } = this.#reassembly
    return { ...counts, incomplete: counts.incomplete + waiting }
  }

  /** Decodes a packet to its innermost IP packet, and returns what that is. */
  decode(record: PacketRecord, segment: Segment): PacketKind {
    const kind = decodePacket(record, segment)
    if (kind === KIND_TCP && !this.#separateVlans) return kind
    return this.#follow(kind, segment)
  }

  /** Of packets counted by what `decode` returned, counts the last fragment of each as the fragment that it is. */
  countAsFragments(kinds: Uint32Array): void {
    for (const [kind, count] of this.#reassembled.entries()) {
      kinds[kind] = (kinds[kind] as number) - count
      kinds[KIND_FRAGMENT] = (kinds[KIND_FRAGMENT] as number) + count
    }
  }

  #follow(outermost: PacketKind, segment: Segment): PacketKind {
    this.#isReassembled = false
    this.#noteVlan(segment)
    let kind = outermost
    for (let depth = 0; depth < MOST_LAYERS; depth++) {
      const inner = this.#enter(kind, segment)
      if (inner === NO_TUNNEL) break
      kind = inner
    }
    if (this.#isReassembled) {
      this.#reassembled[kind] = (this.#reassembled[kind] as number) + 1
      this.completing = segment.packet
    }
    return kind
  }

  /** The packet inside the one at hand, decoded in its place; NO_TUNNEL if there is none. */
  #enter(kind: PacketKind, segment: Segment): PacketKind | typeof NO_TUNNEL {
    switch (kind) {
      case KIND_FRAGMENT: {
        const whole = this.#reassembly.take(segment)
        if (whole === KIND_FRAGMENT) return NO_TUNNEL
        this.#isReassembled = true
        return whole
      }
      case KIND_UDP:
      case KIND_OTHER_IP: {
        const inner = enterTunnel(segment, this.networks)
        if (inner !== NO_TUNNEL) this.#noteVlan(segment)
        return inner
      }
      case KIND_ICMP:
        return this.icmp.read(segment) ? KIND_ICMP_ERROR : NO_TUNNEL
      default:
        return NO_TUNNEL
    }
  }

  #noteVlan(segment: Segment): void {
    if (this.#separateVlans && segment.vlanCount > 0) segment.network = this.networks.vlan(segment)
  }
}
