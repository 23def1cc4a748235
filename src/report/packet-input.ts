import type { Finding } from '../audit/finding.ts'
import type { PacketFacts, TcpFacts } from '../decode/packet-facts.ts'
import { RST, SYN } from '../decode/tcp-flags.ts'
import type { ConnectionSnapshot, EndSnapshot } from '../tracker/connection-snapshot.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import type { TracedPacket } from '../tracker/packet-trace.ts'
import { packetRelations } from './packet-relations.ts'
import type { CaptureFacts } from './report.ts'

/** What the explanation of one packet is made from. */
export interface PacketInput {
  readonly capture: CaptureFacts
  readonly facts: PacketFacts
  /** What the tracker made of it; null if it was not its business. */
  readonly traced: TracedPacket | null
  /** The connection it belongs to, as it stands at the end. */
  readonly connection: ConnectionSummary | null
  readonly findings: readonly Finding[]
  /** It was pending and turned out later to have opened this connection. */
  readonly opened: number | null
}

/** The same with what is derived from it for text and JSON alike. */
export class PacketView {
  readonly facts: PacketFacts
  readonly traced: TracedPacket | null
  readonly connection: ConnectionSummary | null
  readonly opened: number | null
  readonly capture: CaptureFacts
  readonly relations: ReturnType<typeof packetRelations>
  /** Findings that name the packet, and what they say of it (index into their evidence). */
  readonly findings: readonly Finding[]
  /** The last of its connection that is known of both ends: after it, else before it. */
  readonly snapshot: ConnectionSnapshot | null

  constructor({ capture, facts, traced, connection, findings, opened }: PacketInput) {
    this.capture = capture
    this.facts = facts
    // A segment whose header was cut too short was not taken.
    this.traced = traced !== null && (traced.before ?? traced.after) !== null ? traced : null
    this.connection = connection
    this.opened = opened
    this.relations = packetRelations(facts, this.traced)
    this.findings = findings.filter(({ evidence }) => evidence.some(({ packet }) => packet === facts.packet))
    this.snapshot = this.traced === null ? null : (this.traced.after ?? this.traced.before)
  }

  /** Who sent it, by role; null for what belongs to no connection. */
  get from(): 'client' | 'server' | null {
    if (this.snapshot === null) return null
    return this.snapshot.senderIsClient ? 'client' : 'server'
  }

  get sender(): EndSnapshot | null {
    return this.snapshot?.sender ?? null
  }

  get receiver(): EndSnapshot | null {
    return this.snapshot?.receiver ?? null
  }

  /** Both moments of an end; null where it had no connection. */
  endOf(role: 'client' | 'server'): { before: EndSnapshot | null; after: EndSnapshot | null } {
    const { traced, from } = this
    const pick = (of: ConnectionSnapshot | null): EndSnapshot | null =>
      of === null ? null : role === from ? of.sender : of.receiver
    return { before: pick(traced?.before ?? null), after: pick(traced?.after ?? null) }
  }

  /** The window of a segment in bytes, if both ends agreed on a scale; a SYN’s is never scaled, an RST’s means nothing. */
  windowBytes({ window, flags }: TcpFacts): number | null {
    const { connection, from } = this
    if (connection === null || from === null || (flags & RST) !== 0) return null
    if ((flags & SYN) !== 0) return window
    const [own, peer] = from === 'client' ? (['client', 'server'] as const) : (['server', 'client'] as const)
    if (connection[own].isn === null || connection[peer].isn === null) return null
    const scale = connection[own].windowScale
    return scale === null || connection[peer].windowScale === null
      ? window
      : window * 2 ** Math.min(scale, 14)
  }

  /** A number of an end counted from the end's first; null if that is not known. */
  relative(number: number, end: EndSnapshot | null): number | null {
    return end === null || end.isn === null ? null : (number - end.isn) | 0
  }
}
