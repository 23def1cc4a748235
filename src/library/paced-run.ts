import { setImmediate } from 'node:timers/promises'
import type { CaptureSource } from '../capture/capture-source.ts'
import { type AuditResult, auditSteps, type AuditOptions as RunOptions } from '../cli/audit-capture.ts'
import { reportOf } from '../cli/run-report.ts'
import type { Report } from '../report/report.ts'
import { ReportTally } from '../report/report-tally.ts'
import { auditErrorOf } from './audit-error.ts'
import { type AuditOptions, type ResolvedOptions, resolveOptions } from './audit-options.ts'
import { type AuditSource, openSource } from './audit-source.ts'

/** Milliseconds of work after which the others of the process get their turn: files are read without waiting. */
const TURN = 10

/** Who is told of a run while it goes on. */
export type RunListener = Pick<RunOptions, 'onConnection' | 'subscribe' | 'onTick'>

/**
 * One audit at its caller's pace. Between two steps nothing happens; left early, it closes what it has opened. What goes wrong is an
 * AuditError, or the signal's reason. Returns the report, without its connections.
 */
export async function* pacedRun(
  source: AuditSource,
  options: AuditOptions,
  listen: (opened: CaptureSource, resolved: ResolvedOptions) => RunListener,
): AsyncGenerator<undefined, Report, void> {
  const { signal } = options
  signal?.throwIfAborted()
  let opened: CaptureSource | undefined
  let closed: Promise<void> | undefined
  const close = (): void => {
    closed ??= opened?.close()
  }
  try {
    const resolved = await resolveOptions(options)
    opened = await openSource(source, options)
    // Ends a read that waits for a pipe.
    signal?.addEventListener('abort', close, { once: true })
    return yield* steps(opened, resolved, options, listen(opened, resolved))
  } catch (error) {
    signal?.throwIfAborted()
    throw auditErrorOf(error)
  } finally {
    signal?.removeEventListener('abort', close)
    close()
    await closed
  }
}

async function* steps(
  opened: CaptureSource,
  resolved: ResolvedOptions,
  { signal, maxConnections, vlan }: AuditOptions,
  listener: RunListener,
): AsyncGenerator<undefined, Report, void> {
  const tally = new ReportTally()
  const { rules, settings, asOf } = resolved
  const run = auditSteps(opened, {
    ...listener,
    onConnection: (connection, findings) => {
      tally.add(connection)
      listener.onConnection(connection, findings)
    },
    rules,
    settings,
    asOf,
    maxConnections,
    separateVlans: vlan,
  })
  let result: AuditResult | undefined
  let turn = performance.now() + TURN
  while (result === undefined) {
    const { value, done } = await run.next()
    if (performance.now() > turn) {
      await setImmediate()
      turn = performance.now() + TURN
    }
    // Before anything is told: a capture that was closed under the run looks like one that has ended.
    signal?.throwIfAborted()
    if (done === true) result = value
    yield
  }
  return reportOf(resolved, result, tally)
}
