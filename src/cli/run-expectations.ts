import type { AnyRule } from '../audit/rule.ts'
import { captureLines } from '../check/check-report.ts'
import { type CheckedCapture, failedAssertions } from '../check/check-result.ts'
import { ExpectationWatch } from '../check/expectation-watch.ts'
import { type Expectations, momentsOf } from '../check/expectations.ts'
import type { Report } from '../report/report.ts'
import type { ReportStyle } from '../report/report-style.ts'
import type { TrackerEvents } from '../tracker/tracker-events.ts'
import { loadExpectations } from './check/load-expectations.ts'
import type { ReportSink } from './commands/report-sinks.ts'
import { UsageError } from './usage-error.ts'

/** `run --expect FILE`: holds what was seen while a command ran to a file of expectations. */
export class RunExpectations implements ReportSink {
  readonly said: Pick<Expectations, 'rules' | 'hosts'>
  readonly #file: string
  readonly #command: string
  readonly #watch: ExpectationWatch
  #checked: CheckedCapture | undefined

  private constructor(expectations: Expectations, command: string) {
    this.said = expectations
    this.#file = expectations.file
    this.#command = command
    this.#watch = new ExpectationWatch(expectations)
  }

  /** Throws UsageError for a file that is wrong, or that expects something of a moment: a run is over when it is judged. */
  static async load(path: string, rules: readonly AnyRule[], command: string): Promise<RunExpectations> {
    const expectations = await loadExpectations(path, rules)
    const [moment] = momentsOf(expectations)
    if (moment === undefined) return new RunExpectations(expectations, command)
    throw new UsageError(
      `--expect ${path}: asks for the states at ${moment}, which only a capture can be read again for: keep the packets, and 'tcpaudit check'`,
    )
  }

  subscribe(events: TrackerEvents): void {
    this.#watch.subscribe(events)
  }

  connection(): void {}

  async end({ capture, findings }: Report): Promise<void> {
    const assertions = [...this.#watch.assertions({ capture, findings, moment: null, command: undefined })]
    this.#checked = { capture: this.#command, expectationFile: this.#file, problem: null, assertions }
  }

  get hasFailed(): boolean {
    return this.#checked !== undefined && failedAssertions(this.#checked).length > 0
  }

  /** What became of them, for people. */
  *lines(style: ReportStyle): Generator<string, void, void> {
    if (this.#checked !== undefined) yield* captureLines(this.#checked, style)
  }
}
