import { StreamGatherer, type StreamType } from '../cli/stream-gatherer.ts'
import type { StreamLine } from '../report/stream-document.ts'
import type { AuditOptions } from './audit-options.ts'
import type { AuditSource } from './audit-source.ts'
import { pacedRun } from './paced-run.ts'

/** Something that an audit tells. `type` says what it is; the shapes are those of the lines of `tcpaudit file --ndjson`. */
export type AuditEvent = StreamLine

/** The types of events: `state`, `retraction`, `connection`, `finding`, `stats`, `end`. */
export type AuditEventType = StreamType

/** The events of these types. */
export type AuditEventOf<Type extends AuditEventType> = Extract<AuditEvent, { type: Type }>

/**
 * Audits a capture and tells what happens in it, in the order in which it is concluded. The last event is `end`.
 *
 * It goes on when the next event is asked for, so a slow reader costs no memory; left early (`break`), it closes the capture.
 * Nothing is opened before the first event is asked for, and nothing is written anywhere but to a temporary file. Every 10 ms
 * the others of the process get their turn.
 *
 * @param source - What to audit.
 * @param options - All by default as for `tcpaudit file`; `events` chooses what is told.
 * @throws {@link AuditError} from the first event on; the reason of `signal` if that is aborted.
 *
 * @example
 * ```js
 * for await (const finding of audit('dump.pcap', { events: ['finding'] })) {
 *   if (finding.final) console.log(finding.severity, finding.title)
 * }
 * ```
 */
export async function* audit<const Type extends AuditEventType = AuditEventType>(
  source: AuditSource,
  options: AuditOptions<Type> = {},
): AsyncGenerator<AuditEventOf<Type>, void, void> {
  let gathered: StreamGatherer | undefined
  const run = pacedRun(source, options, (opened, { events }) => {
    const gatherer = new StreamGatherer(opened, events)
    gathered = gatherer
    return {
      onConnection: (connection, findings) => gatherer.connection(connection, findings),
      subscribe: (tracker) => gatherer.subscribe(tracker),
      onTick: (progress) => gatherer.tick(progress),
    }
  })
  try {
    for (;;) {
      const { value: report, done } = await run.next()
      // Only what is wanted has been gathered.
      yield* (gathered?.take() ?? []) as AuditEventOf<Type>[]
      if (done !== true) continue
      if (gathered !== undefined) yield* gathered.end(report) as Iterable<AuditEventOf<Type>>
      return
    }
  } finally {
    await run.return(undefined as never)
  }
}
