import { Auditor } from '../audit/auditor.ts'
import type { CaptureCounts, Witness } from '../audit/capture-counts.ts'
import type { Finding } from '../audit/finding.ts'
import { RULES } from '../audit/rules/index.ts'
import { type CaptureSource, READ_END, READ_PACKET, type ReadStatus } from '../capture/capture-source.ts'
import { PacketRecord } from '../capture/packet-record.ts'
import { PacketDecoder } from '../decode/packet-decoder.ts'
import {
  KIND_FRAGMENT,
  KIND_ICMP,
  KIND_ICMP_ERROR,
  KIND_NON_IP,
  KIND_OTHER_IP,
  KIND_TCP,
  KIND_UDP,
  Segment,
} from '../decode/segment.ts'
import type { CaptureFacts } from '../report/report.ts'
import type { HeldConnections } from '../tracker/held-connections.ts'
import { Tracker } from '../tracker/tracker.ts'
import { asOfTime } from './as-of.ts'
import type { AuditOptions, AuditResult, RunProgress } from './audit-capture.ts'
import { captureCounts, sourceFacts } from './capture-facts.ts'
import { DEFECT_KINDS, MALFORMED, noteWitness, TRUNCATED } from './defect-kinds.ts'

/** Packets decoded before the first of them is tracked, so that memory can be asked for all they need at once. */
const BATCH = 32

/** Nanoseconds of the capture between two calls of `onTick`. */
const TICK = 10e9

/** One reading of a capture: packets to segments, segments to the tracker. */
export class CaptureRun implements RunProgress {
  readonly source: CaptureSource
  packets = 0
  bytes = 0
  tick = 0
  readonly #options: AuditOptions
  readonly #tracker: Tracker
  readonly #decoder: PacketDecoder
  readonly #auditor: Auditor
  readonly #record = new PacketRecord()
  readonly #segments = Array.from({ length: BATCH }, () => new Segment())
  /** Packets per kind, index KIND_*, and per kind of defect. */
  readonly #kinds = new Uint32Array(KIND_ICMP_ERROR + 1)
  readonly #defects = new Uint32Array(3)
  /** TCP segments in the batch. */
  #decoded = 0
  /** The segment that an ICMP error behind the batch quotes. */
  #quoting: Segment | undefined
  /** The segment of the batch that is to be explained. */
  #watched: Segment | undefined
  #timeReversals = 0
  readonly #reversals: Witness[] = []
  readonly #truncated: Witness[] = []
  #largestTimeReversal = 0
  /** Packets that were not captured whole, and the most that was captured of one. */
  #cut = 0
  #cutLength = 0
  #lastTime = 0
  #start = 0
  #end = 0
  /** `asOf` as nanoseconds since the first packet, and the next moment at which the loop has to stop and look. */
  #last = Number.POSITIVE_INFINITY
  #limit = Number.POSITIVE_INFINITY
  /** The record holds a packet beyond `#limit` that was not taken in yet. */
  #isHeld = false

  constructor(source: CaptureSource, options: AuditOptions) {
    this.source = source
    this.#options = options
    const { onConnection, watch, explain, separateVlans = false, settings } = options
    this.#decoder = new PacketDecoder({ separateVlans })
    const { networks } = this.#decoder
    const leavingFindings = (): string[] => this.#auditor.leavingFindings
    this.#tracker = new Tracker({
      onConnection: (connection) => onConnection(connection, leavingFindings),
      networks,
      numbersStreams: source.filter === undefined && source.listening === undefined,
      ...(watch !== undefined && { watch }),
      ...(settings !== undefined && { hosts: settings.hosts }),
      trace: explain?.trace,
      maxConnections: options.maxConnections,
    })
    explain?.trace.attach(this.#tracker.events)
    this.#auditor = new Auditor(this.#tracker, options.rules ?? RULES, settings)
    options.subscribe?.(this.#tracker.events)
  }

  get opened(): number {
    return this.#tracker.opened
  }

  get tracked(): number {
    return this.#tracker.size
  }

  get now(): number {
    return this.#tracker.now
  }

  get evicted(): number {
    return this.#tracker.quality.evictedConnections
  }

  get held(): HeldConnections {
    return this.#tracker.held
  }

  /** Takes in every packet that is buffered. READ_END also stands for the moment of `asOf`. */
  readBuffered(): ReadStatus {
    const segments = this.#segments
    const tracker = this.#tracker
    for (;;) {
      const status = this.#decodeBatch()
      const count = this.#decoded
      tracker.expect(segments, count)
      if (this.#watched !== undefined) this.#takeWatched(count)
      else for (let i = 0; i < count; i++) tracker.segment(segments[i] as Segment)
      if (this.#quoting !== undefined) {
        tracker.icmpError(this.#quoting, this.#decoder.icmp)
        this.#quoting = undefined
      }
      if (status === READ_PACKET) continue
      if (!this.#isHeld || !this.#passLimit()) return status
    }
  }

  /** Only of an interface: runs the timers up to where it is known that nothing more will come. */
  passTime(): void {
    const { elapsed } = this.source
    if (elapsed === undefined || elapsed <= this.#lastTime) return
    while (elapsed > this.#limit) this.#tellTick(elapsed)
    this.#tracker.advance(elapsed)
  }

  /** Takes the batch that has the packet to be explained. */
  #takeWatched(count: number): void {
    const tracker = this.#tracker
    const watched = this.#watched as Segment
    this.#watched = undefined
    for (const segment of this.#segments.slice(0, count)) {
      if (segment !== watched) tracker.segment(segment)
      else tracker.explain(segment, () => tracker.segment(segment))
    }
    if (this.#quoting !== watched) return
    this.#quoting = undefined
    tracker.explain(watched, () => tracker.icmpError(watched, this.#decoder.icmp))
  }

  /** Decodes packets until the batch holds as many TCP segments as it can, or one cannot be had. */
  #decodeBatch(): ReadStatus {
    const source = this.source
    const record = this.#record
    const decoder = this.#decoder
    const kinds = this.#kinds
    const { explain } = this.#options
    this.#decoded = 0
    while (this.#decoded < BATCH) {
      if (this.#isHeld) this.#isHeld = false
      else {
        const status = source.next(record)
        if (status !== READ_PACKET) return status
      }
      const time = record.time
      if (this.packets === 0) this.#begin()
      if (time > this.#limit) {
        this.#isHeld = true
        return READ_END
      }
      this.packets++
      this.bytes += record.originalLength
      if (time < this.#lastTime) this.#noteReversal(record)
      this.#lastTime = time
      if (record.end - record.start < record.originalLength) this.#noteCut(record.end - record.start)
      if (time < this.#start) this.#start = time
      if (time > this.#end) this.#end = time

      const segment = this.#segments[this.#decoded] as Segment
      const kind = decoder.decode(record, segment)
      segment.ordinal = record.packet
      kinds[kind] = (kinds[kind] as number) + 1
      if (segment.defect !== 0) this.#noteDefect(segment, kind)
      if (explain?.look(segment, kind, decoder, source.origins) === true) {
        if (kind === KIND_TCP || kind === KIND_ICMP_ERROR) this.#watched = segment
      }
      if (kind === KIND_TCP) this.#decoded++
      else if (kind === KIND_ICMP_ERROR) {
        // It has to wait for the segments before it.
        this.#quoting = segment
        return READ_PACKET
      }
    }
    return READ_PACKET
  }

  #noteCut(length: number): void {
    this.#cut++
    if (length > this.#cutLength) this.#cutLength = length
  }

  #noteDefect({ defect, tcpCaptured, tcpHeaderLength }: Segment, kind: number): void {
    const { start, end, originalLength, time, packet } = this.#record
    const what = DEFECT_KINDS[defect] as number
    this.#defects[what] = (this.#defects[what] as number) + 1
    // What is wrong with the part that was captured comes first; that the rest is missing counts as well.
    const isCutToo =
      what === MALFORMED && kind === KIND_TCP && tcpCaptured < tcpHeaderLength && end - start < originalLength
    if (isCutToo) this.#defects[TRUNCATED] = (this.#defects[TRUNCATED] as number) + 1
    if (isCutToo || what === TRUNCATED) noteWitness(this.#truncated, packet, time)
  }

  #noteReversal({ time, packet }: PacketRecord): void {
    this.#timeReversals++
    noteWitness(this.#reversals, packet, time)
    this.#largestTimeReversal = Math.max(this.#largestTimeReversal, this.#lastTime - time)
  }

  findings(): readonly Finding[] {
    const findings = this.#auditor.findingsSoFar(this.#counts(this.#facts()))
    return this.#options.witness?.(findings) ?? findings
  }

  /** Ends the input: every connection still held is handed out, one at a time. */
  finishing(): Generator<undefined, void, void> {
    return this.#tracker.finishing(this.#asOf() ?? this.#end)
  }

  /** When all have been handed out. */
  finish(): AuditResult {
    this.#decoder.countAsFragments(this.#kinds)
    const capture = this.#facts()
    const findings = this.#auditor.finish(this.#counts(capture))
    return { capture, log: this.#tracker.log, findings }
  }

  #facts(): CaptureFacts {
    const { stoppedAt } = this.source
    const { quality } = this.#tracker
    const kinds = this.#kinds
    const { overlapping, incomplete } = this.#decoder.fragments
    const { epoch, origins, filter, parts = [this.source] } = this.source
    const sources = parts.map((part) => sourceFacts(part, filter))
    const drops = parts.flatMap(({ kernelDrops = [] }) => kernelDrops)
    return {
      sources,
      origins,
      packets: this.packets,
      bytes: this.bytes,
      epoch,
      start: this.#start,
      end: this.#end,
      asOf: this.#asOf(),
      decoded: {
        tcp: kinds[KIND_TCP] ?? 0,
        udp: kinds[KIND_UDP] ?? 0,
        icmp: (kinds[KIND_ICMP] ?? 0) + (kinds[KIND_ICMP_ERROR] ?? 0),
        otherIp: kinds[KIND_OTHER_IP] ?? 0,
        nonIp: kinds[KIND_NON_IP] ?? 0,
        fragments: kinds[KIND_FRAGMENT] ?? 0,
        truncated: this.#defects[1] ?? 0,
        malformed: this.#defects[2] ?? 0,
      },
      quality: {
        ...quality,
        senders: quality.senders,
        timeReversals: this.#timeReversals,
        overlappingDatagrams: overlapping,
        incompleteDatagrams: incomplete,
        largestTimeReversal: this.#largestTimeReversal,
        cutLength: this.#cutLength,
        cutPayloads: Math.max(0, this.#cut - (this.#defects[1] ?? 0)),
        kernelDrops: drops.length === 0 ? null : drops.reduce((sum, count) => sum + count),
        stoppedAt:
          stoppedAt === undefined
            ? null
            : { source: parts.findIndex((part) => part.stoppedAt !== undefined), ...stoppedAt },
      },
    }
  }

  #counts(capture: CaptureFacts): CaptureCounts {
    const witnesses = { reversals: this.#reversals, truncatedPackets: this.#truncated }
    return captureCounts(capture, this.#tracker.opened, witnesses)
  }

  /** The source's epoch is known from its first packet on. */
  #begin(): void {
    const { asOf } = this.#options
    this.#last = asOf === undefined ? Number.POSITIVE_INFINITY : asOfTime(asOf, this.source.epoch)
    this.#limit = this.#nextLimit()
  }

  #nextLimit(): number {
    return this.#options.onTick === undefined ? this.#last : Math.min(this.#last, this.tick + TICK)
  }

  /** Tells of the ticks before the packet held. False if it lies beyond the last moment. */
  #passLimit(): boolean {
    const { time } = this.#record
    if (time > this.#last) return false
    this.#tellTick(time)
    return true
  }

  /** A capture may skip years: of the ticks before `time` only the last is told. */
  #tellTick(time: number): void {
    this.tick = Math.ceil(time / TICK - 1) * TICK
    this.#options.onTick?.(this)
    this.#limit = this.#nextLimit()
  }

  /** The moment that the report is of, if it is not that of the last packet: an interface was listened to beyond that. */
  #asOf(): number | null {
    const { elapsed, epoch } = this.source
    if (elapsed !== undefined) return elapsed
    return this.#options.asOf === undefined ? null : asOfTime(this.#options.asOf, epoch)
  }
}
