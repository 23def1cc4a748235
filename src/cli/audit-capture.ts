import type { Finding } from '../audit/finding.ts'
import type { AnyRule } from '../audit/rule.ts'
import type { RuleSettings } from '../audit/rule-settings.ts'
import { type CaptureSource, READ_NEEDS_DATA, type ReadProgress } from '../capture/capture-source.ts'
import type { CaptureFacts } from '../report/report.ts'
import type { FinishedConnection } from '../tracker/connection-summary.ts'
import type { HeldConnections } from '../tracker/held-connections.ts'
import type { LoggedSegment } from '../tracker/logged-segment.ts'
import type { TrackerEvents } from '../tracker/tracker-events.ts'
import type { AsOf } from './as-of.ts'
import { CaptureRun } from './capture-run.ts'
import type { PacketWatch } from './packet-watch.ts'

export interface AuditOptions {
  /**
   * Called once per connection, in no particular order of id, with the ids of the findings so far that name it; the
   * connection is borrowed until it returns.
   */
  readonly onConnection: (connection: FinishedConnection, findings: () => string[]) => void
  /** Stop reading at the first packet later than this moment and run the timers up to it. */
  readonly asOf?: AsOf | undefined
  /** Id of the connection whose segments to keep. */
  readonly watch?: number | undefined
  /** The packet that is to be explained. */
  readonly explain?: PacketWatch | undefined
  /** Connections held at once; when there are more, some leave before their time. */
  readonly maxConnections?: number | undefined
  /** Equal four-tuples in different VLANs are different connections. */
  readonly separateVlans?: boolean | undefined
  /** Rules that look for trouble, all by default; and which of them are off, or otherwise than they are. */
  readonly rules?: readonly AnyRule[] | undefined
  readonly settings?: RuleSettings | undefined
  /** Subscribes to what the tracker tells, before the first packet. */
  readonly subscribe?: ((events: TrackerEvents) => void) | undefined
  /** What else is known of findings; asked whenever there are any to be told before the end. */
  readonly witness?: ((findings: readonly Finding[]) => readonly Finding[]) | undefined
  /** Called whenever the packets in memory have been taken in; the run waits for it before it reads on. */
  readonly onRead?: ((progress: RunProgress) => Promise<void> | void) | undefined
  /** Called now and then while connections that are open in the end are handed out; the run waits for it. */
  readonly onHandedOut?: (() => Promise<void> | void) | undefined
  /** Called for every ten seconds of the capture that have begun to pass, before the first packet of the next ten. */
  readonly onTick?: ((progress: RunProgress) => void) | undefined
}

/** How far a run has come. Borrowed: the numbers go on. */
export interface RunProgress {
  readonly packets: number
  readonly bytes: number
  /** Connections that have begun, and those of them that are in the tracker. */
  readonly opened: number
  readonly tracked: number
  readonly source: ReadProgress
  /** The moment of `onTick`, nanoseconds since the first packet. */
  readonly tick: number
  /** Now by the capture's clock, nanoseconds since the first packet. */
  readonly now: number
  /** Connections that left before their time. */
  readonly evicted: number
  /** The connections in the tracker, to be looked at from `onRead`, or while the run waits for more. */
  readonly held: HeldConnections
  /** What the rules have found so far. */
  findings(): readonly Finding[]
}

export interface AuditResult {
  readonly capture: CaptureFacts
  /** The watched connection's segments. */
  readonly log: readonly LoggedSegment[]
  /** What the rules found, gravest first. */
  readonly findings: readonly Finding[]
}

/** Reads a capture to its end (or to `asOf`) through the tracker. Does not close the source. */
export async function auditCapture(source: CaptureSource, options: AuditOptions): Promise<AuditResult> {
  const steps = auditSteps(source, options)
  for (;;) {
    const step = await steps.next()
    if (step.done === true) return step.value
    const { progress, isOver } = step.value
    const wait = isOver ? options.onHandedOut?.() : options.onRead?.(progress)
    if (wait !== undefined) await wait
  }
}

/** What has just been told may be taken before the next step: packets in memory have been taken in, or connections handed out. */
export interface AuditStep {
  readonly progress: RunProgress
  /** The input is over; nothing may be asked of what is held. */
  readonly isOver: boolean
}

/** Connections that are handed out in one step in the end: some MB of what is told of them. */
const HANDED_OUT_AT_ONCE = 1024

/** The same step by step, at whoever's pace. */
export async function* auditSteps(
  source: CaptureSource,
  options: AuditOptions,
): AsyncGenerator<AuditStep, AuditResult, void> {
  const run = new CaptureRun(source, options)
  for (;;) {
    const status = run.readBuffered()
    yield { progress: run, isOver: false }
    if (status !== READ_NEEDS_DATA) break
    await source.fill()
    run.passTime()
  }
  let out = 0
  for (const _ of run.finishing()) if (++out % HANDED_OUT_AT_ONCE === 0) yield { progress: run, isOver: true }
  return run.finish()
}
