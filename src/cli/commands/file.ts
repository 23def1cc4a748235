import type { Severity } from '../../audit/finding.ts'
import type { CaptureSource } from '../../capture/capture-source.ts'
import { type OpenOptions, openCaptures } from '../../capture/open-capture.ts'
import { LiveError } from '../../live/live-error.ts'
import type { PacketFilter } from '../../live/packet-filter.ts'
import { jsonConnection } from '../../report/json.ts'
import { ladderReport } from '../../report/ladder.ts'
import { jsonPacket } from '../../report/packet-document.ts'
import { packetReport } from '../../report/packet-report.ts'
import type { ConnectionSummary } from '../../tracker/connection-summary.ts'
import type { AsOf } from '../as-of.ts'
import { type AuditOptions, type AuditResult, auditCapture } from '../audit-capture.ts'
import { ConnectionSearch } from '../connection-search.ts'
import { exitAfter } from '../exit-after.ts'
import { EXIT_INCOMPLETE } from '../exit-codes.ts'
import type { FileEvidence } from '../file-evidence.ts'
import { PacketWatch, type PacketWish } from '../packet-watch.ts'
import { ProgressLine } from '../progress-line.ts'
import { FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import type { RunSettings } from '../run-settings.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { type Format, isStreamed, sinkFor } from './format-sinks.ts'
import { auditInto, type ReportSink } from './report-sinks.ts'

export interface FileArguments extends RunSettings {
  readonly captures: readonly string[]
  readonly filter?: string | undefined
  readonly maxExpansion?: number | undefined
  readonly maxConnections?: number | undefined
  readonly format: Format
  readonly output?: string | undefined
  readonly asOf?: AsOf | undefined
  readonly connection?: number | undefined
  readonly packet?: PacketWish | undefined
  readonly all: boolean
  readonly vlan: boolean
  readonly color: boolean
  readonly quiet: boolean
  readonly failOn?: Severity | undefined
  /** Folder for the packets of findings. */
  readonly evidence?: string | undefined
}

/** `tcpaudit file`: audits one or more captures and writes the report. Returns the exit code. */
export async function fileCommand(given: FileArguments, stdio: Stdio): Promise<number> {
  const output = openOutput(given, stdio)
  const progress = new ProgressLine(stdio, { ...given, streams: isStreamed(given.format) })
  let isDone = false
  try {
    const evidence = await evidenceOf(given)
    const open = () => openSource(given, stdio)
    const source = await open()
    try {
      const result = await writeReport({ given, source, output, stdio, progress, evidence })
      isDone = true
      const codes = (await evidence?.save(result.findings, open, stdio)) ?? []
      return exitAfter(result, given, stdio, { early: EXIT_INCOMPLETE, before: codes })
    } finally {
      progress.clear()
      await source.close()
    }
  } finally {
    output?.close(isDone)
  }
}

async function evidenceOf(given: FileArguments): Promise<FileEvidence | undefined> {
  if (given.evidence === undefined) return undefined
  const { FileEvidence } = await import('../file-evidence.ts')
  return new FileEvidence(given.evidence, given)
}

async function openSource(given: FileArguments, stdio: Stdio): Promise<CaptureSource> {
  const filter = given.filter === undefined ? undefined : await fileFilter(given.filter)
  const source = await openCaptures(given.captures, openOptions(given, stdio))
  if (filter === undefined) return source
  try {
    const { FilteredCapture } = await import('../../live/filtered-capture.ts')
    return new FilteredCapture(source, filter)
  } catch (error) {
    await source.close()
    throw error
  }
}

/** Throws UsageError where libpcap, which reads the filter, is missing. */
async function fileFilter(expression: string): Promise<PacketFilter> {
  const { PacketFilter } = await import('../../live/packet-filter.ts')
  try {
    return new PacketFilter(expression)
  } catch (error) {
    throw error instanceof LiveError ? new UsageError(`--filter: ${error.message}`) : error
  }
}

function openOptions({ maxExpansion }: FileArguments, { stdin }: Stdio): OpenOptions {
  return stdin === undefined ? { maxExpansion } : { maxExpansion, stdin }
}

/** Where the report goes; undefined when nobody is to see one. */
function openOutput(given: FileArguments, { stdout }: Stdio): ReportOutput | undefined {
  if (given.output === undefined) return given.quiet ? undefined : new StreamOutput(stdout)
  const file = new FileOutput(given.output)
  if (!given.captures.some((capture) => file.isSameFile(capture))) return file
  file.close(true)
  throw new UsageError(`-o ${given.output} is the capture itself: give another path`)
}

/** One run of the command: what was asked for, and what it reads, writes to and shows itself by. */
interface FileRun {
  readonly given: FileArguments
  readonly source: CaptureSource
  readonly output: ReportOutput | undefined
  readonly stdio: Stdio
  readonly progress: ProgressLine
  readonly evidence: FileEvidence | undefined
}

async function writeReport(run: FileRun): Promise<AuditResult> {
  const { given, source, evidence } = run
  const { connection, packet } = given
  if (packet !== undefined) return writePacket(run, packet)
  if (connection !== undefined) return writeConnection(run, connection)
  const sinks: ReportSink[] = [sinkOf(run), ...(evidence === undefined ? [] : [evidenceSink(evidence)])]
  return auditInto(sinks, source, given, { ...auditOptions(run), onEnd: () => run.progress.clear() })
}

function evidenceSink(evidence: FileEvidence): ReportSink {
  return { connection: (connection) => evidence.add(connection), end: async () => {} }
}

function sinkOf({ given, source, output, stdio }: FileRun): ReportSink {
  const { format, all, color } = given
  const style = () => terminalStyle(stdio, { color, toFile: given.output !== undefined })
  return sinkFor({ format, source, output, all, style })
}

/** What was asked for; the progress line goes on while packets are taken in, and is gone before anything is written. */
function auditOptions({ given, progress }: FileRun): Omit<AuditOptions, 'onConnection'> {
  const { asOf, vlan, rules, settings, maxConnections } = given
  return {
    asOf,
    separateVlans: vlan,
    maxConnections,
    rules,
    settings,
    onRead: (reading) => progress.update(reading),
  }
}

async function audited(
  run: FileRun,
  options: Pick<AuditOptions, 'onConnection' | 'watch' | 'explain'>,
): Promise<AuditResult> {
  const result = await auditCapture(run.source, {
    ...auditOptions(run),
    ...options,
    onConnection: (connection, findings) => {
      run.evidence?.add(connection)
      options.onConnection(connection, findings)
    },
  })
  run.progress.clear()
  return result
}

async function writeConnection(run: FileRun, id: number): Promise<AuditResult> {
  const { given, output, stdio } = run
  const search = new ConnectionSearch(id)
  const result = await audited(run, { onConnection: (connection) => search.add(connection), watch: id })
  const { capture, log } = result
  const connection = search.found()
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  await output?.write(
    given.format === 'json'
      ? jsonConnection(capture, connection, log)
      : ladderReport({ capture, connection, segments: log }, style),
  )
  return result
}

async function writePacket(run: FileRun, wish: PacketWish): Promise<AuditResult> {
  const { given, output, stdio } = run
  const watch = new PacketWatch(wish)
  let connection: ConnectionSummary | null = null
  let opened: number | null = null
  const onConnection: AuditOptions['onConnection'] = (leaving) => {
    const { packet } = watch.trace
    const own = (packet?.after ?? packet?.before)?.id
    if (leaving.id === own) connection = leaving.summary()
    else if (leaving.id === watch.facts?.ordinal) opened = leaving.id
  }
  const result = await audited(run, { onConnection, explain: watch })
  const { capture, findings } = result
  const facts = watch.found(capture.packets, given.asOf !== undefined)
  const input = { capture, facts, traced: watch.trace.packet ?? null, connection, findings, opened }
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  await output?.write(given.format === 'json' ? [jsonPacket(input)] : packetReport(input, style))
  return result
}
