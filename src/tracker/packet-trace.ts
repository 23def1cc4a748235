import { type ConnectionSnapshot, snapshotOf } from './connection-snapshot.ts'
import type { RetractedTransition, Transition } from './connection-summary.ts'
import { DecisionTrail, type TrailStep } from './decision-trail.ts'
import type { Machine } from './machine.ts'
import { type PassedSegment, PassedSegments } from './passed-segments.ts'
import { FRAME_NEW, type FrameVerdict, type RecentFrames } from './recent-frames.ts'
import { CLASS_CAPTURE_DUPLICATE, type SegmentClass } from './segment-class.ts'
import type { TrackerEvent, TrackerEventName, TrackerEvents } from './tracker-events.ts'
import { NO_PACKET } from './transition-log.ts'

/** A state that the packet moved an end to, perhaps dated at an earlier packet. */
export interface TracedTransition extends Transition {
  readonly connection: number
  readonly ofSender: boolean
}

/** A transition that the packet disproved, or moved to another date: a transition to the same state follows then. */
export interface TracedRetraction extends Omit<RetractedTransition, 'disprovedBy' | 'disprovedAt'> {
  readonly ofSender: boolean
}

/** What the tracker made of one packet: each question that decided about it, and what it changed. Plain data. */
export interface TracedPacket {
  /** Nanoseconds since the first packet, as the tracker's clock has it, which never runs backwards. */
  readonly time: number
  /** Which end of the row its sender is, as in `passed`. */
  readonly senderSide: number
  readonly steps: readonly TrailStep[]
  readonly segmentClass: SegmentClass
  /** Of the answer to something refused: why that was (CAUSE_*), and the packet. */
  readonly cause: number
  readonly causePacket: number | null
  /** The connection of its tuple before it and after it; null for none. */
  readonly before: ConnectionSnapshot | null
  readonly after: ConnectionSnapshot | null
  readonly transitions: readonly TracedTransition[]
  readonly retractions: readonly TracedRetraction[]
  /** SYN_*, RESET_*, ICMP_* and CAUSE_*, where there was such a verdict; else null. */
  readonly syn: number | null
  readonly reset: number | null
  readonly icmp: number | null
  readonly refused: number | null
  readonly frame: FrameVerdict
  /** It met an end without a socket. */
  readonly toClosed: boolean
  /** Segments of its connection before it, the newest first, and whether some of them are not kept any more. */
  readonly passed: readonly PassedSegment[]
  readonly passedIncomplete: boolean
}

/** Most segments of its connection that are kept with it. */
const MOST_PASSED = 1 << 16

/**
 * Records what the tracker makes of a packet that is to be explained (`Tracker.explain`). The run goes its way as
 * without it.
 */
export class PacketTrace {
  readonly passed = new PassedSegments()
  /** The last packet that was; undefined until one came. */
  packet: TracedPacket | undefined
  #trail = new DecisionTrail()
  #machine: Machine | undefined
  #senderSide = 0
  #before: ConnectionSnapshot | null = null
  #transitions: TracedTransition[] = []
  #retractions: TracedRetraction[] = []
  readonly #verdicts = new Map<TrackerEventName, number>()

  /** What happens while the packet is taken is told by the events that rules get, too. */
  attach(events: TrackerEvents): void {
    events.subscribe('state', (event) => this.#noteTransition(event))
    events.subscribe('retracted', (event) => this.#noteRetraction(event))
    for (const name of ['syn', 'reset', 'icmpError', 'unaccepted', 'toClosed'] as const) {
      events.subscribe(name, ({ detail }) => {
        if (this.#machine !== undefined) this.#verdicts.set(name, detail)
      })
    }
  }

  /** The packet is about to be taken. The machine's cursors stand on the connection of its tuple, if there is one. */
  begin(machine: Machine, frames: RecentFrames, senderSide: number, exists: boolean): void {
    this.#machine = machine
    this.#senderSide = senderSide
    this.#before = exists ? snapshotOf(machine) : null
    this.#trail = new DecisionTrail()
    this.#transitions = []
    this.#retractions = []
    this.#verdicts.clear()
    machine.trail = this.#trail
    frames.comparedAge = -1
  }

  /** It was taken, and the cursors stand where it belongs, if it does so anywhere. */
  end(frames: RecentFrames, belongs: boolean): void {
    const machine = this.#machine as Machine
    const verdict = (name: TrackerEventName) => this.#verdicts.get(name) ?? null
    const isCopy = belongs && machine.segmentClass === CLASS_CAPTURE_DUPLICATE
    if (frames.comparedAge >= 0) {
      this.#trail.steps.unshift({
        question: 'equal-frame',
        answer: isCopy,
        numbers: [frames.comparedAge * 1e3, frames.comparedHops],
      })
    }
    machine.trail = undefined
    this.#machine = undefined
    const after = belongs ? snapshotOf(machine) : null
    this.packet = {
      time: machine.now,
      senderSide: this.#senderSide,
      steps: this.#trail.steps,
      segmentClass: machine.segmentClass,
      cause: machine.cause,
      causePacket: machine.causePacket === NO_PACKET ? null : machine.causePacket,
      before: this.#before,
      after,
      transitions: this.#transitions,
      retractions: this.#retractions,
      syn: verdict('syn'),
      reset: verdict('reset'),
      icmp: verdict('icmpError'),
      refused: verdict('unaccepted'),
      frame: isCopy ? frames.comparedVerdict : FRAME_NEW,
      toClosed: verdict('toClosed') !== null,
      passed: after === null ? [] : this.passed.before(after.id, machine.packet, MOST_PASSED),
      passedIncomplete: this.passed.isIncomplete,
    }
  }

  #noteTransition({ endpoint, to, basis, connection }: TrackerEvent): void {
    if (this.#machine === undefined) return
    const { log } = this.#machine
    const packet = log.packet(endpoint.logTail)
    this.#transitions.push({
      connection: connection.id,
      ofSender: this.#isSender(endpoint.index),
      state: to,
      basis,
      time: log.time(endpoint.logTail),
      packet: packet === NO_PACKET ? null : packet,
    })
  }

  #noteRetraction({ endpoint, from, basis, since, sincePacket }: TrackerEvent): void {
    if (this.#machine === undefined) return
    this.#retractions.push({
      ofSender: this.#isSender(endpoint.index),
      state: from,
      basis,
      time: since,
      packet: sincePacket === NO_PACKET ? null : sincePacket,
    })
  }

  #isSender(index: number): boolean {
    return (index & 1) === this.#senderSide
  }
}
