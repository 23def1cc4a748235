import type { ToolFacts } from '../report/report.ts'

/** What `tcpaudit check` found out: plain data that every format is written from. Paths are as they were given or found. */
export interface CheckRun {
  readonly tool: ToolFacts
  /** In the order in which they were held to their expectations. */
  readonly captures: readonly CheckedCapture[]
  /** Captures in folders for which nobody expects anything: they were not read. */
  readonly unchecked: readonly string[]
}

/** One capture and the file that says what is expected of it. */
export interface CheckedCapture {
  /** Path of the capture; of an expectation file without a capture, that of the file. */
  readonly capture: string
  /** Path of the expectation file; null if there is none. */
  readonly expectationFile: string | null
  /** What kept it from being held to all that is expected, beside what the assertions say; null mostly. */
  readonly problem: CheckProblem | null
  /** In the order of the expectation file; empty if the capture or the file could not be read. */
  readonly assertions: readonly Assertion[]
}

/** A capture that cannot be read or was cut, an expectation file that is wrong or missing. */
export interface CheckProblem {
  /** One line: what is wrong, and what to do. Names the file, and the line where there is one. */
  readonly message: string
  /** EXIT_USAGE, EXIT_UNREADABLE, EXIT_INCOMPLETE (src/cli/exit-codes.ts). */
  readonly exitCode: number
  /** 1-based line of the expectation file, where it is wrong; null where that is not the trouble. */
  readonly line: number | null
}

/** One thing that is expected of a capture, and what was seen. */
export interface Assertion {
  /**
   * What is looked at, by the keys of the expectation file: `findings.reset-injected`, `never.scan`,
   * `handshake.rttSeconds.p99`, `where[1].outcomes.closed`. Unique for a capture and stable under changes elsewhere in the file.
   */
  readonly id: string
  /** Which connections it is about, as `server 10.0.0.9:443`; null for the whole capture. */
  readonly subject: string | null
  /** 1-based line of the expectation file. */
  readonly line: number
  readonly passed: boolean
  /** A phrase: `at most 50 ms`, `2 findings of reset-injected`. */
  readonly expected: string
  /** A phrase in the same terms: `213 ms`, `no finding`. */
  readonly seen: string
  /** Packets to look at, the first ones; for an assertion that holds, none. */
  readonly evidence: readonly AssertionEvidence[]
  /** Shows more of what was seen; null where no command can (an interface that was listened on), or it holds. */
  readonly command: string | null
}

export interface AssertionEvidence {
  /** 1-based frame number. */
  readonly packet: number
  /** A phrase: what it shows; connections by address and port. */
  readonly note: string
}

export function failedAssertions({ assertions }: CheckedCapture): Assertion[] {
  return assertions.filter(({ passed }) => !passed)
}

/** Nothing is wrong: every assertion holds, and nothing kept any from being looked at. */
export function isGood(capture: CheckedCapture): boolean {
  return capture.problem === null && capture.assertions.every(({ passed }) => passed)
}
