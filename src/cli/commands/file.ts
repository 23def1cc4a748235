import { isAtLeast, type Severity } from '../../audit/finding.ts'
import type { RuleSettings } from '../../audit/rule-settings.ts'
import type { CaptureSource } from '../../capture/capture-source.ts'
import { type OpenOptions, openCaptures } from '../../capture/open-capture.ts'
import { ConnectionRanking } from '../../report/connection-ranking.ts'
import { connectionScore, SCORE_LIMIT } from '../../report/connection-score.ts'
import { ConnectionSpool } from '../../report/connection-spool.ts'
import { connectionLine, jsonConnection, jsonReport, withFindings } from '../../report/json.ts'
import { ladderReport } from '../../report/ladder.ts'
import { countText } from '../../report/number-text.ts'
import type { Report } from '../../report/report.ts'
import { ReportTally } from '../../report/report-tally.ts'
import { tableReport } from '../../report/table.ts'
import { printable } from '../../report/text-layout.ts'
import { Timestamp } from '../../report/timestamp.ts'
import type { ConnectionSummary, FinishedConnection } from '../../tracker/connection-summary.ts'
import type { AsOf } from '../as-of.ts'
import { type AuditResult, auditCapture } from '../audit-capture.ts'
import { ConnectionSearch } from '../connection-search.ts'
import { EXIT_FINDINGS, EXIT_INCOMPLETE, exitCode } from '../exit-codes.ts'
import { FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

export interface FileArguments {
  readonly captures: readonly string[]
  readonly maxExpansion?: number | undefined
  readonly format: 'table' | 'json'
  readonly output?: string | undefined
  readonly asOf?: AsOf | undefined
  readonly connection?: number | undefined
  readonly all: boolean
  readonly vlan: boolean
  readonly color: boolean
  readonly quiet: boolean
  readonly settings: RuleSettings
  readonly failOn?: Severity | undefined
}

/** `tcpaudit file`: audits one or more captures and writes the report. Returns the exit code. */
export async function fileCommand(given: FileArguments, stdio: Stdio): Promise<number> {
  const output = openOutput(given, stdio)
  let isDone = false
  try {
    const source = await openCaptures(given.captures, openOptions(given, stdio))
    try {
      const result = await writeReport(given, source, output, stdio)
      isDone = true
      return exitAfter(result, given.failOn, stdio)
    } finally {
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

async function writeReport(
  given: FileArguments,
  source: CaptureSource,
  output: ReportOutput | undefined,
  stdio: Stdio,
): Promise<AuditResult> {
  if (given.connection !== undefined) return writeConnection(given, given.connection, source, output, stdio)
  if (given.format === 'json') return writeJson(given, source, output)
  return given.all ? writeWholeTable(given, source, output, stdio) : writeTable(given, source, output, stdio)
}

async function writeJson(
  given: FileArguments,
  source: CaptureSource,
  output: ReportOutput | undefined,
): Promise<AuditResult> {
  const { asOf, vlan, settings } = given
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
    const result = await auditCapture(source, { onConnection, asOf, separateVlans: vlan, settings })
    const connections = withFindings(spool.texts(), result.findings)
    await output?.write(jsonReport(reportOf(result, tally), connections))
    return result
  } finally {
    spool.close()
  }
}

async function writeTable(
  given: FileArguments,
  source: CaptureSource,
  output: ReportOutput | undefined,
  stdio: Stdio,
): Promise<AuditResult> {
  const { asOf, vlan, settings } = given
  const style = terminalStyle(stdio, { color: given.color, toFile: given.output !== undefined })
  const tally = new ReportTally()
  const ranking = new ConnectionRanking(style.rows)
  const onConnection = (connection: FinishedConnection): void => {
    tally.add(connection)
    ranking.add(connection)
  }
  const result = await auditCapture(source, { onConnection, asOf, separateVlans: vlan, settings })
  const ranked = ranking.ranked()
  const report = reportOf(result, tally)
  await output?.write(tableReport(report, { connections: () => ranked, all: false }, style))
  return result
}

/** `--all`: every connection is in the table, so they are spooled, in order of score and then of id. */
async function writeWholeTable(
  given: FileArguments,
  source: CaptureSource,
  output: ReportOutput | undefined,
  stdio: Stdio,
): Promise<AuditResult> {
  const { asOf, vlan, settings } = given
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
    const result = await auditCapture(source, { onConnection, asOf, separateVlans: vlan, settings })
    const connections = () => parsed(spool.texts())
    await output?.write(tableReport(reportOf(result, tally), { connections, all: true }, style))
    return result
  } finally {
    spool.close()
  }
}

async function writeConnection(
  given: FileArguments,
  id: number,
  source: CaptureSource,
  output: ReportOutput | undefined,
  stdio: Stdio,
): Promise<AuditResult> {
  const search = new ConnectionSearch(id)
  const result = await auditCapture(source, {
    onConnection: (connection) => search.add(connection),
    asOf: given.asOf,
    watch: id,
    separateVlans: given.vlan,
    settings: given.settings,
  })
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

function reportOf({ capture, findings }: AuditResult, tally: ReportTally): Report {
  return {
    tool: { name: 'tcpaudit', version: toolVersion() },
    capture,
    hosts: tally.hosts(),
    totals: tally.totals(),
    findings,
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
  failOn: Severity | undefined,
  { stderr }: Stdio,
): number {
  const codes: number[] = []
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
