import { type Finding, isAtLeast } from '../audit/finding.ts'
import type { PacketRecord } from '../capture/packet-record.ts'
import { reasonOf } from '../capture/system-error.ts'
import { type DecoderOptions, PacketDecoder } from '../decode/packet-decoder.ts'
import { KIND_ICMP_ERROR, KIND_TCP, Segment } from '../decode/segment.ts'
import { EvidenceError } from './evidence-error.ts'
import type { EvidenceFolder } from './evidence-folder.ts'
import { evidenceWords } from './evidence-words.ts'
import { FlowWatch } from './flow-watch.ts'
import { PacketFile } from './packet-file.ts'
import { PcapRecords } from './pcap-records.ts'
import { RecentPackets } from './recent-packets.ts'
import { connectionsOf, MOST_BYTES, MOST_FILES, MOST_PACKETS } from './save-evidence.ts'

/** Bytes of the recent past that are kept in memory. */
export const RECENT_LENGTH = 64 * 1024 * 1024
/** Packets of a file that are left for what is still to come. */
const MOST_TO_COME = 300
/** Packets of a connection’s beginning that are taken whatever the limit: handshake, first data. */
const BEGINNING = 4
/** Connections of one finding that are followed. */
const MOST_CONNECTIONS = 100
/** Milliseconds between two looks at memory for new findings; ten times as long as a look takes, if that is more. */
const LEAST_PAUSE = 1000
/** Milliseconds after which what was added to files is written. */
const WRITE_INTERVAL = 250

/** A finding whose packets are being written down. */
interface Case {
  readonly file: PacketFile
  /** Connections that are followed, or were. */
  readonly known: Set<number>
  isFull: boolean
}

/** A connection of a case. */
interface Follower {
  readonly of: Case
  readonly connection: number
}

export interface LiveEvidenceOptions extends DecoderOptions {
  readonly application: string
  /** The interface, as people call it. */
  readonly from: string
  /** Gets a line for people, once for each thing that goes wrong. */
  readonly tell: (problem: string) => void
}

/**
 * `--evidence` of an interface: keeps the packets that passed last in memory, writes those of the connections of each
 * finding down when it arises, and goes on with these connections up to the limit of a file. What has been written can be
 * read at any time. It asks nothing of the packets’ own path: packets are looked at a second time, and only while there
 * is a connection to follow.
 */
export class LiveEvidence {
  readonly #folder: EvidenceFolder
  readonly #options: LiveEvidenceOptions
  readonly #cases = new Map<string, Case | null>()
  readonly #flows = new FlowWatch<Follower>()
  readonly #decoder: PacketDecoder
  readonly #segment = new Segment()
  /** Any segment of each connection that is followed, to find it again when it ends. */
  readonly #followed = new Map<number, { readonly segment: Segment; readonly followers: Follower[] }>()
  #records: PcapRecords | undefined
  #recent: RecentPackets | undefined
  #nextLook = 0
  #nextWrite = 0
  #isEnded = false

  constructor(folder: EvidenceFolder, options: LiveEvidenceOptions) {
    this.#folder = folder
    this.#options = options
    this.#decoder = new PacketDecoder(options)
  }

  /** The header of the pcap file that the records to come belong to. */
  begin(header: Uint8Array): void {
    this.#records = new PcapRecords(header, this.#options.from)
    this.#recent = new RecentPackets(this.#records, RECENT_LENGTH)
  }

  /** Takes whole records, before they are audited. */
  take(records: Uint8Array): void {
    const recent = this.#recent
    if (recent === undefined || this.#isEnded) return
    const range = recent.add(records)
    if (this.#flows.size === 0) return
    for (const record of recent.of(range)) {
      const kind = this.#decoder.decode(record, this.#segment)
      for (const { of } of this.#flows.watchersOf(kind, this.#segment)) this.#write(of, record)
    }
  }

  /** Looks for new findings, every second or so; `findings` is called only then. */
  look(findings: () => readonly Finding[], now: number = performance.now()): void {
    if (this.#isEnded) return
    if (now >= this.#nextLook && this.#recent !== undefined) {
      const began = performance.now()
      this.#takeUp(findings())
      this.#nextLook = now + Math.max(LEAST_PAUSE, 10 * (performance.now() - began))
    }
    if (now >= this.#nextWrite) this.#flush(now)
  }

  /** A connection has left the tracker: it is not followed any longer. */
  leave(connection: number): void {
    const followed = this.#followed.get(connection)
    if (followed === undefined) return
    this.#followed.delete(connection)
    for (const follower of followed.followers) this.#flows.remove(followed.segment, follower)
  }

  /** At the end, with what was found in the end. Returns how many findings have a file. */
  close(findings: readonly Finding[]): number {
    if (!this.#isEnded && this.#recent !== undefined) {
      this.#takeUp(findings)
      this.#flush(performance.now())
    }
    this.#isEnded = true
    return [...this.#cases.values()].filter((known) => known !== null).length
  }

  /** Begins a file for every finding that is new, and follows connections that are new to one. */
  #takeUp(findings: readonly Finding[]): void {
    const fresh: Follower[] = []
    for (const finding of findings) {
      if (!isAtLeast(finding.severity, 'warning') || connectionsOf(finding).length === 0) continue
      const known = this.#caseOf(finding)
      if (known === null || known.isFull) continue
      for (const connection of connectionsOf(finding)) {
        if (known.known.has(connection) || known.known.size >= MOST_CONNECTIONS) continue
        known.known.add(connection)
        const follower = { of: known, connection }
        if (this.#follow(follower, finding)) fresh.push(follower)
      }
    }
    if (fresh.length > 0) this.#writePast(new Set(fresh))
  }

  #caseOf(finding: Finding): Case | null {
    const known = this.#cases.get(finding.id)
    if (known !== undefined) return known
    const { tell, application, from } = this.#options
    let begun: Case | null = null
    if (this.#cases.size < MOST_FILES) {
      try {
        const file = this.#folder.file(finding.id)
        begun = {
          file: new PacketFile(file, evidenceWords(finding, from), application),
          known: new Set(),
          isFull: false,
        }
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error
        tell(error.message)
      }
      if (this.#cases.size === MOST_FILES - 1) {
        tell(`evidence has ${MOST_FILES} files in ${this.#folder.path}: further findings get none`)
      }
      this.#cases.set(finding.id, begun)
    }
    return begun
  }

  /** Learns the tuple of a connection from its first packet, or one that is evidence, while that is in memory. */
  #follow(follower: Follower, { evidence }: Finding): boolean {
    const { connection } = follower
    const followed = this.#followed.get(connection)
    if (followed !== undefined) {
      followed.followers.push(follower)
      this.#flows.add(followed.segment, follower)
      return true
    }
    const proven = evidence.filter((item) => item.connection === connection).map(({ packet }) => packet)
    for (const packet of [connection, ...proven]) {
      const record = this.#recent?.find(packet)
      if (record === undefined) continue
      const segment = new Segment()
      const kind = this.#decoder.decode(record, segment)
      if (kind !== KIND_TCP && kind !== KIND_ICMP_ERROR) continue
      this.#followed.set(connection, { segment, followers: [follower] })
      this.#flows.add(segment, follower)
      return true
    }
    return false
  }

  /** Writes what is in memory of connections that are new. */
  #writePast(fresh: ReadonlySet<Follower>): void {
    const packets = new Map<Case, number[]>()
    for (const record of this.#recent?.packets() ?? []) {
      const kind = this.#decoder.decode(record, this.#segment)
      for (const follower of this.#flows.watchersOf(kind, this.#segment)) {
        if (!fresh.has(follower) || record.packet < follower.connection) continue
        const list = packets.get(follower.of) ?? []
        if (list.at(-1) !== record.packet) list.push(record.packet)
        packets.set(follower.of, list)
      }
    }
    const chosen = new Map<number, Case[]>()
    for (const [of, list] of packets) {
      for (const packet of newest(list, MOST_PACKETS - MOST_TO_COME - of.file.packets, of)) {
        chosen.set(packet, [...(chosen.get(packet) ?? []), of])
      }
    }
    if (chosen.size === 0) return
    for (const record of this.#recent?.packets() ?? []) {
      for (const of of chosen.get(record.packet) ?? []) this.#write(of, record)
    }
  }

  #write(of: Case, record: PacketRecord): void {
    const { file } = of
    if (of.isFull || this.#records === undefined) return
    if (file.packets >= MOST_PACKETS || file.file.length > MOST_BYTES) of.isFull = true
    else file.add(record, this.#records.origin(record))
    if (of.isFull) for (const connection of of.known) this.#leaveCase(of, connection)
  }

  #leaveCase(of: Case, connection: number): void {
    const followed = this.#followed.get(connection)
    const follower = followed?.followers.find((other) => other.of === of)
    if (followed === undefined || follower === undefined) return
    followed.followers.splice(followed.followers.indexOf(follower), 1)
    this.#flows.remove(followed.segment, follower)
    if (followed.followers.length === 0) this.#followed.delete(connection)
  }

  #flush(now: number): void {
    this.#nextWrite = now + WRITE_INTERVAL
    for (const known of this.#cases.values()) {
      try {
        known?.file.file.flush()
      } catch (error) {
        this.#isEnded = true
        this.#options.tell(
          `evidence in ${this.#folder.path} ends here (${reasonOf(error)}): what is there is kept, and the audit goes on`,
        )
        return
      }
    }
  }
}

/** The packets that prove it and the beginning, and of the others the newest. */
function newest(packets: readonly number[], most: number, { file }: Case): number[] {
  if (packets.length <= most) return [...packets]
  const kept = new Set([
    ...packets.slice(0, BEGINNING),
    ...packets.filter((packet) => file.isEvidence(packet)),
    ...packets.slice(packets.length - Math.max(0, most - BEGINNING)),
  ])
  return packets.filter((packet) => kept.has(packet))
}
