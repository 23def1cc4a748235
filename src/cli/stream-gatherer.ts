import type { CaptureSource } from '../capture/capture-source.ts'
import type { Report } from '../report/report.ts'
import type { StreamLine } from '../report/stream-document.ts'
import { StreamLines } from '../report/stream-lines.ts'
import { Timestamp } from '../report/timestamp.ts'
import type { FinishedConnection } from '../tracker/connection-summary.ts'
import type { TrackerEvents } from '../tracker/tracker-events.ts'
import type { RunProgress } from './audit-capture.ts'

export type StreamType = StreamLine['type']

export const STREAM_TYPES: readonly StreamType[] = [
  'state',
  'retraction',
  'connection',
  'finding',
  'stats',
  'end',
]

/** Makes the lines of the stream while a run goes on, those of the types that are wanted, and keeps them until they are taken. */
export class StreamGatherer {
  readonly #source: CaptureSource
  readonly #wanted: ReadonlySet<StreamType>
  #known: StreamLines | undefined
  #pending: StreamLine[] = []

  constructor(source: CaptureSource, wanted: Iterable<StreamType>) {
    this.#source = source
    this.#wanted = new Set(wanted)
  }

  subscribe(events: TrackerEvents): void {
    if (this.#wanted.has('state')) {
      events.subscribe('state', (event) => this.#pending.push(this.#lines.state(event)))
    }
    if (this.#wanted.has('retraction')) {
      events.subscribe('retracted', (event) => this.#pending.push(this.#lines.retraction(event)))
    }
  }

  connection(connection: FinishedConnection, findings: () => string[]): void {
    if (this.#wanted.has('connection')) this.#pending.push(this.#lines.connection(connection, findings()))
  }

  tick(run: RunProgress): void {
    const { packets, bytes, opened, tracked, tick } = run
    this.news(run)
    if (!this.#wanted.has('stats')) return
    this.#pending.push(this.#lines.stats(tick, { packets, bytes, connections: opened, tracked }))
  }

  /** Findings that are new, or much more than they were. */
  news(run: RunProgress): void {
    if (this.#wanted.has('finding')) this.#pending.push(...this.#lines.findingsSoFar(run.findings()))
  }

  /** What has been gathered since it was last asked. */
  take(): StreamLine[] {
    const lines = this.#pending
    if (lines.length > 0) this.#pending = []
    return lines
  }

  *end(report: Report): Generator<StreamLine, void, void> {
    for (const line of this.#lines.end(report)) if (this.#wanted.has(line.type)) yield line
  }

  /** Not before the first packet: the source learns its epoch from that. */
  get #lines(): StreamLines {
    this.#known ??= new StreamLines(new Timestamp(this.#source.epoch), this.#source.origins)
    return this.#known
  }
}
