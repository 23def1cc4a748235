import { userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { isAtLeast, type Severity } from '../../audit/finding.ts'
import type { LocalHost } from '../../host/local-host.ts'
import type { LiveSource } from '../../live/live-source.ts'
import { countOf } from '../../report/number-text.ts'
import { printable } from '../../report/text-layout.ts'
import { type Account, become } from '../account.ts'
import type { AuditResult } from '../audit-capture.ts'
import { BesideFailedCommand } from '../beside-failed-command.ts'
import { onEndSignals } from '../end-signals.ts'
import { exitAfter } from '../exit-after.ts'
import { EXIT_DONE, EXIT_FINDINGS, EXIT_NO_INTERFACE } from '../exit-codes.ts'
import { HostWatch } from '../host-watch.ts'
import type { LiveRecords } from '../live-records.ts'
import { releaseLostTerminals } from '../lost-terminal.ts'
import { type FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import type { RunExpectations } from '../run-expectations.ts'
import type { RunSettings } from '../run-settings.ts'
import { type CommandEnd, StartedCommand } from '../started-command.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { type Format, sinkFor } from './format-sinks.ts'
import { NdjsonStream } from './ndjson-stream.ts'
import { auditInto, type ReportSink } from './report-sinks.ts'
import { type Listening, type ListeningArguments, whileListening } from './while-listening.ts'

export interface RunArguments extends RunSettings, ListeningArguments {
  /** The command and its arguments. */
  readonly command: readonly string[]
  /** Milliseconds that it goes on listening when the command has ended. */
  readonly linger: number
  readonly maxConnections?: number | undefined
  readonly format: Format
  readonly all: boolean
  readonly vlan: boolean
  readonly color: boolean
  readonly quiet: boolean
  readonly failOn?: Severity | undefined
  /** What is expected of what passes. */
  readonly expectations?: RunExpectations | undefined
  /** Who it becomes, and the command with it, when the interface is open. */
  readonly account?: Account | undefined
  /** This machine, as it was before the first packet. */
  readonly host: LocalHost
}

/**
 * `tcpaudit run`: audits what passes an interface while a command runs, and writes the report when that has ended. Returns the
 * command's exit code, if that is not 0, else that of the audit.
 */
export async function runCommand(given: RunArguments, stdio: Stdio): Promise<number> {
  try {
    return await whileListening(
      given,
      stdio,
      () => {},
      (listening) => runBeside(given, listening, stdio),
    )
  } finally {
    releaseLostTerminals()
  }
}

async function runBeside(
  given: RunArguments,
  { source, records, file }: Listening,
  stdio: Stdio,
): Promise<number> {
  const env = environmentFor(given.account)
  const command = await StartedCommand.start(given.command, stdio, env)
  const stopped = stopAfter(command, source, given.linger, stdio)
  let result: AuditResult
  try {
    result = await audited(given, source, records, stopped, sinkOf(given, file, source, stdio))
  } catch (error) {
    const { exitCode } = await command.ended
    throw exitCode === EXIT_DONE ? error : new BesideFailedCommand(error, exitCode)
  }
  const hasFailed = given.expectations?.hasFailed === true
  const before = hasFailed ? [EXIT_FINDINGS] : []
  const own = exitAfter(result, given, stdio, { early: EXIT_NO_INTERFACE, before })
  if (!given.quiet) tellExpectations(given, stdio)
  const end = await command.ended
  if (!given.quiet) tellMore(end, own, given, result, stdio)
  return end.exitCode === EXIT_DONE ? own : end.exitCode
}

/** The command's own environment; as somebody else it is told whose home is whose. */
function environmentFor(account: Account | undefined): NodeJS.ProcessEnv {
  if (account === undefined) return process.env
  become(account, account.groups)
  const { username, homedir } = userInfo()
  return { ...process.env, HOME: homedir, USER: username, LOGNAME: username }
}

/**
 * Listens on a little when the command has ended, for the last answers, and then takes in what the kernel still holds. Whoever
 * asks us to end meanwhile need not wait; who asks twice is not kept from it.
 */
async function stopAfter(
  command: StartedCommand,
  source: LiveSource,
  linger: number,
  stdio: Stdio,
): Promise<void> {
  await command.ended
  const hurry = new AbortController()
  const end = (): void => hurry.abort()
  onEndSignals(stdio, end)
  await delay(linger, undefined, { signal: hurry.signal }).catch(() => {})
  source.stop()
}

function audited(
  given: RunArguments,
  source: LiveSource,
  records: LiveRecords,
  stopped: Promise<void>,
  sinks: readonly ReportSink[],
): Promise<AuditResult> {
  const { maxConnections, vlan, rules, settings } = given
  const watch = new HostWatch(given.host, source, false)
  const expectations = given.expectations === undefined ? [] : [given.expectations]
  return auditInto([...sinks, ...expectations, records], source, given, {
    separateVlans: vlan,
    maxConnections,
    rules,
    settings,
    onRead: (reading) => {
      watch.taken(reading, () => {
        for (const sink of sinks) if (sink instanceof NdjsonStream) sink.news(reading)
      })
    },
    witness: (findings) => watch.witnessed(findings),
    conclude: async (findings) => {
      // The interface may have gone before the command has: its streams are its own until then.
      await stopped
      return watch.end(findings)
    },
  })
}

/** The command has standard output; the report goes to stderr, or to a file. */
function sinkOf(
  given: RunArguments,
  file: FileOutput | undefined,
  source: LiveSource,
  { stderr, env }: Stdio,
): ReportSink[] {
  const { format, all, color, quiet } = given
  const output: ReportOutput | undefined = file ?? (quiet ? undefined : new StreamOutput(stderr))
  if (output === undefined) return []
  const style = () => terminalStyle({ stdout: stderr, env }, { color, toFile: file !== undefined })
  return [sinkFor({ format, source, output, all, style })]
}

function tellExpectations({ expectations, color }: RunArguments, { stderr, env }: Stdio): void {
  const style = terminalStyle({ stdout: stderr, env }, { color, toFile: false })
  for (const line of expectations?.lines(style) ?? []) stderr.write(line)
}

/** That nothing was heard; and whose the exit code is, since a command's may be any. */
function tellMore(
  { exitCode, signal }: CommandEnd,
  own: number,
  { command, name: listenedOn, failOn }: RunArguments,
  { capture, findings }: AuditResult,
  { stderr }: Stdio,
): void {
  const name = `'${printable(command[0] ?? '')}'`
  if (capture.packets === 0) {
    const next = listenedOn === 'any' ? 'look at --filter' : "'-i any' listens on every interface"
    stderr.write(`tcpaudit: nothing passed ${printable(listenedOn)} while ${name} ran: ${next}\n`)
  }
  if (exitCode !== EXIT_DONE) {
    const how = signal === undefined ? '' : `, which ${signal} ended`
    stderr.write(`tcpaudit: exit code ${exitCode} is that of ${name}${how}\n`)
  } else if (own === EXIT_FINDINGS && failOn !== undefined) {
    const grave = findings.filter(({ severity }) => isAtLeast(severity, failOn))
    if (grave.length === 0) return
    const number = countOf(grave.length, 'finding')
    stderr.write(`tcpaudit: ${name} succeeded, but --fail-on ${failOn} holds for ${number}: exit code 1\n`)
  }
}
