import type { Severity } from '../../audit/finding.ts'
import type { LocalHost } from '../../host/local-host.ts'
import type { LiveSource } from '../../live/live-source.ts'
import { listeningText } from '../../report/listening-text.ts'
import { type Account, become } from '../account.ts'
import type { RunProgress } from '../audit-capture.ts'
import { onEndSignals } from '../end-signals.ts'
import { exitAfter } from '../exit-after.ts'
import { EXIT_NO_INTERFACE } from '../exit-codes.ts'
import { HostWatch } from '../host-watch.ts'
import { LiveDisplay, screenEnds } from '../live-display.ts'
import { releaseLostTerminals } from '../lost-terminal.ts'
import { ProgressLine } from '../progress-line.ts'
import { type FileOutput, type ReportOutput, StreamOutput } from '../report-output.ts'
import type { RunSettings } from '../run-settings.ts'
import type { Stdio } from '../stdio.ts'
import { terminalStyle } from '../terminal-style.ts'
import { type Format, isStreamed, sinkFor } from './format-sinks.ts'
import { NdjsonStream } from './ndjson-stream.ts'
import { auditInto, type ReportSink } from './report-sinks.ts'
import { type Listening, type ListeningArguments, whileListening } from './while-listening.ts'

export interface LiveArguments extends RunSettings, ListeningArguments {
  /** Milliseconds after which it ends. */
  readonly duration?: number | undefined
  readonly maxConnections?: number | undefined
  /** As it was asked for; undefined if it was not. */
  readonly format: Format | undefined
  readonly all: boolean
  readonly vlan: boolean
  readonly color: boolean
  readonly quiet: boolean
  readonly failOn?: Severity | undefined
  /** Who it becomes when the interface is open. */
  readonly account?: Account | undefined
  /** Compare the states with those of the kernel. */
  readonly verify: boolean
  /** This machine, as it was before the first packet. */
  readonly host: LocalHost
}

/** `tcpaudit live`: audits an interface until it is told to stop, and writes the report. Returns the exit code. */
export async function liveCommand(given: LiveArguments, stdio: Stdio): Promise<number> {
  const isOpen = (): void => {
    if (given.account !== undefined) become(given.account)
  }
  return whileListening(given, stdio, isOpen, (listening) => listen(given, listening, stdio))
}

async function listen(
  given: LiveArguments,
  { source, records, file }: Listening,
  stdio: Stdio,
): Promise<number> {
  const { maxConnections, vlan, rules, settings, quiet, duration } = given
  const sinks = sinksOf(given, source, file, stdio)
  const watch = new HostWatch(given.host, source, given.verify)
  const isStreaming = !quiet && isStreamed(shownFormat(given, stdio))
  const request = { ...given, captures: [given.name], streams: isStreaming }
  const ends = screenEnds(stdio, request)
  const display =
    ends === undefined ? new ProgressLine(stdio, request) : new LiveDisplay(ends, source, request)
  const stop = (): void => source.stop()
  const release = onEndSignals(stdio, stop)
  const timeout = duration === undefined ? undefined : setTimeout(stop, duration)
  if (ends !== undefined) records.holdBack()
  if (!quiet && ends === undefined) stdio.stderr.write(`tcpaudit: ${listeningText(source)}\n`)
  try {
    const result = await auditInto([...sinks, records], source, given, {
      separateVlans: vlan,
      maxConnections,
      rules,
      settings,
      onRead: (reading) => {
        display.update(reading)
        watch.taken(reading, () => tellNews(sinks, reading))
      },
      witness: (findings) => watch.witnessed(findings),
      conclude: (findings) => watch.end(findings),
      onEnd: () => display.clear(),
    })
    return exitAfter(result, given, stdio, { early: EXIT_NO_INTERFACE })
  } finally {
    display.clear()
    releaseLostTerminals()
    clearTimeout(timeout)
    release()
  }
}

/**
 * On a terminal the report is for people and comes in the end, elsewhere lines come as things happen. With `-o` the file gets
 * the closing document, or what was asked for, and standard output what it gets unasked.
 */
function sinksOf(
  given: LiveArguments,
  source: LiveSource,
  file: FileOutput | undefined,
  stdio: Stdio,
): ReportSink[] {
  const { format, quiet } = given
  const sinks: ReportSink[] = []
  if (!quiet) {
    const output = new StreamOutput(stdio.stdout, whenClosed(given, source))
    sinks.push(sinkOf(shownFormat(given, stdio), output, false, given, source, stdio))
  }
  if (file !== undefined) sinks.push(sinkOf(format ?? 'json', file, true, given, source, stdio))
  return sinks
}

/** When the reader of standard output has gone, the run ends at once; if a file or a folder waits for its end, as it does otherwise. */
function whenClosed({ output, evidence }: LiveArguments, source: LiveSource): (() => void) | undefined {
  return output === undefined && evidence === undefined ? undefined : () => source.stop()
}

/** What standard output gets. */
function shownFormat({ format, output }: LiveArguments, { stdout }: Stdio): Format {
  const unasked = stdout.isTTY === true ? 'table' : 'ndjson'
  return output === undefined ? (format ?? unasked) : unasked
}

function sinkOf(
  format: Format,
  output: ReportOutput,
  toFile: boolean,
  { all, color }: LiveArguments,
  source: LiveSource,
  stdio: Stdio,
): ReportSink {
  return sinkFor({ format, source, output, all, style: () => terminalStyle(stdio, { color, toFile }) })
}

/** Has findings written soon after they arise, though only every ten seconds of the capture are told as ticks. */
function tellNews(sinks: readonly ReportSink[], reading: RunProgress): void {
  for (const sink of sinks) if (sink instanceof NdjsonStream) sink.news(reading)
}
