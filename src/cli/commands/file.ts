import { isAtLeast, type Severity } from '../../audit/finding.ts'
import type { CaptureSource } from '../../capture/capture-source.ts'
import { type OpenOptions, openCaptures } from '../../capture/open-capture.ts'
import { ConnectionRanking } from '../../report/connection-ranking.ts'
import { connectionScore, SCORE_LIMIT } from '../../report/connection-score.ts'
import { ConnectionSpool } from '../../report/connection-spool.ts'
import { connectionLine, jsonConnection, jsonReport, withFindings } from '../../report/json.ts'
import { ladderReport } from '../../report/ladder.ts'
import { countText } from '../../report/number-text.ts'
import { jsonPacket } from '../../report/packet-document.ts'
import { packetReport } from '../../report/packet-report.ts'
import type { Report } from '../../report/report.ts'
import { ReportTally } from '../../report/report-tally.ts'
import { tableReport } from '../../report/table.ts'
import { printable } from '../../report/text-layout.ts'
import { Timestamp } from '../../report/timestamp.ts'
import type { ConnectionSummary, FinishedConnection } from '../../tracker/connection-summary.ts'
import type { AsOf } from '../as-of.ts'
import { type AuditOptions, type AuditResult, auditCapture } from '../audit-capture.ts'
import { ConnectionSearch } from '../connection-search.ts'
import { EXIT_FINDINGS, EXIT_INCOMPLETE, exitCode } from '../exit-codes.ts'
import { FileEvidence } from '../file-evidence.ts'
import { PacketWatch, type PacketWish } from '../packet-watch.ts'
import { ProgressLine } from '../progress-line.ts'
import { FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import type { RunSettings } from '../run-settings.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { toolFacts } from '../version.ts'
import { NdjsonStream } from './ndjson-stream.ts'

export const FORMATS = ['table', 'json', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

export interface FileArguments extends RunSettings {
  readonly captures: readonly string[]
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
  const progress = new ProgressLine(stdio, { ...given, streams: given.format === 'ndjson' })
  let isDone = false
  try {
    const evidence = given.evidence === undefined ? undefined : new FileEvidence(given.evidence, given)
    const open = () => openCaptures(given.captures, openOptions(given, stdio))
    const source = await open()
    try {
      const result = await writeReport({ given, source, output, stdio, progress, evidence })
      isDone = true
      const codes = (await evidence?.save(result.findings, open, stdio)) ?? []
      return exitAfter(result, given, stdio, codes)
    } finally {
      progress.clear()
      await source.close()
    }
  } finally {
    output?.close(isDone)
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
  const { connection, packet, format, all } = run.given
  if (packet !== undefined) return writePacket(run, packet)
  if (connection !== undefined) return writeConnection(run, connection)
  if (format === 'ndjson') return writeNdjson(run)
  if (format === 'json') return writeJson(run)
  return all ? writeWholeTable(run) : writeTable(run)
}

/** The audit as it was asked for; the progress line is gone when it is done. */
async function audited(run: FileRun, options: AuditOptions): Promise<AuditResult> {
  const { given, source, progress, evidence } = run
  const { asOf, vlan, rules, settings, maxConnections } = given
  const result = await auditCapture(source, {
    asOf,
    separateVlans: vlan,
    maxConnections,
    rules,
    settings,
    onRead: (reading) => progress.update(reading),
    ...options,
    onConnection: (connection, findings) => {
      evidence?.add(connection)
      options.onConnection(connection, findings)
    },
  })
  progress.clear()
  return result
}

async function writeJson(run: FileRun): Promise<AuditResult> {
  const { source, output } = run
  const tally = new ReportTally()
  const spool = new ConnectionSpool()
  let timestamp: Timestamp | undefined
  const onConnection = (connection: FinishedConnection): void => {
    // Not before: the source learns its epoch from the first packet.
    timestamp ??= new Timestamp(source.epoch)
    tally.add(connection)
    spool.add(connection.id, connectionLine(connection.summary(), timestamp, source.origins))
  }
  try {
    const result = await audited(run, { onConnection })
    const connections = withFindings(spool.texts(), result.findings)
    await output?.write(jsonReport(reportOf(run, result, tally), connections))
    return result
  } finally {
    spool.close()
  }
}

async function writeNdjson(run: FileRun): Promise<AuditResult> {
  const { source, output, progress } = run
  const tally = new ReportTally()
  const stream = new NdjsonStream(source, output)
  const result = await audited(run, {
    onConnection: (connection, findings) => {
      tally.add(connection)
      stream.connection(connection, findings())
    },
    subscribe: (events) => stream.subscribe(events),
    onTick: (reading) => stream.tick(reading),
    onRead: (reading) => {
      progress.update(reading)
      return stream.flush()
    },
  })
  await stream.end(reportOf(run, result, tally))
  return result
}

async function writeTable(run: FileRun): Promise<AuditResult> {
  const { given, output, stdio } = run
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  const tally = new ReportTally()
  const ranking = new ConnectionRanking(style.rows)
  const onConnection = (connection: FinishedConnection): void => {
    tally.add(connection)
    ranking.add(connection)
  }
  const result = await audited(run, { onConnection })
  const ranked = ranking.ranked()
  const report = reportOf(run, result, tally)
  await output?.write(tableReport(report, { connections: () => ranked, all: false }, style))
  return result
}

/** `--all`: every connection is in the table, so they are spooled, in order of score and then of id. */
async function writeWholeTable(run: FileRun): Promise<AuditResult> {
  const { given, output, stdio } = run
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  const tally = new ReportTally()
  const spool = new ConnectionSpool()
  const onConnection = (connection: FinishedConnection): void => {
    tally.add(connection)
    // Exact as a double: ten bits of score above 43 bits of id.
    const key = (SCORE_LIMIT - 1 - connectionScore(connection)) * 2 ** 43 + connection.id
    spool.add(key, JSON.stringify(connection.summary()))
  }
  try {
    const result = await audited(run, { onConnection })
    const connections = () => parsed(spool.texts())
    await output?.write(tableReport(reportOf(run, result, tally), { connections, all: true }, style))
    return result
  } finally {
    spool.close()
  }
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
  const onConnection = (leaving: FinishedConnection): void => {
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

function reportOf({ given }: FileRun, { capture, findings }: AuditResult, tally: ReportTally): Report {
  return {
    tool: toolFacts(given),
    capture,
    hosts: tally.hosts(),
    otherHosts: tally.otherHosts(),
    totals: tally.totals(),
    findings,
    ruleFaults: given.ruleFaults,
  }
}

function* parsed(texts: Iterable<string>): Generator<ConnectionSummary, void, void> {
  for (const text of texts) yield JSON.parse(text) as ConnectionSummary
}

function restText(packets: number): string {
  if (packets === 0) return 'capture again or copy the file again'
  return packets === 1
    ? 'the one packet before it is reported'
    : `the ${countText(packets)} packets before it are reported`
}

function exitAfter(
  { capture, findings }: AuditResult,
  { failOn, ruleFaults }: FileArguments,
  { stderr }: Stdio,
  before: readonly number[],
): number {
  const codes = [...before]
  for (const { rule, message } of ruleFaults) {
    stderr.write(`tcpaudit: rule '${rule}' was switched off: ${printable(message)}\n`)
  }
  for (const { name, stoppedAt = null } of capture.sources) {
    if (stoppedAt === null) continue
    const before = restText(stoppedAt.packet)
    stderr.write(`tcpaudit: ${printable(name)}: ${printable(stoppedAt.reason)}: ${before}\n`)
    codes.push(EXIT_INCOMPLETE)
  }
  const fails = failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn))
  if (fails) codes.push(EXIT_FINDINGS)
  return exitCode(codes)
}
