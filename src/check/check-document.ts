import type { Count, PacketNumber, ToolDocument } from '../report/document-values.ts'
import { type CheckRun, failedAssertions, isGood } from './check-result.ts'

/** The JSON document of `tcpaudit check --json`. */
export interface CheckDocument {
  schema: typeof CHECK_SCHEMA
  tool: ToolDocument
  /** In the order in which they were checked. */
  captures: CheckedCaptureDocument[]
  /** Captures in folders of which nothing is expected: they were not read. */
  unchecked: string[]
  summary: {
    captures: Count
    /** Captures of which all is as expected. */
    passed: Count
    /** Captures of which something is not as expected, or which could not be checked, or not wholly. */
    failed: Count
    assertions: Count
    failedAssertions: Count
  }
}

/** Changes only when a program that reads the document would break. */
export const CHECK_SCHEMA = 'tcpaudit/check@1'

export interface CheckedCaptureDocument {
  capture: string
  /** Absent where there is none. */
  expectationFile?: string
  passed: boolean
  /** What kept it from being checked, or from being checked wholly; absent mostly. */
  problem?: {
    message: string
    /** What tcpaudit would exit with for this alone. */
    exitCode: Count
    /** In the expectation file. @minimum 1 @asType integer */
    line?: number
  }
  assertions: AssertionDocument[]
}

export interface AssertionDocument {
  /** What is looked at, by the keys of the expectation file; unique for a capture. */
  id: string
  /** Which connections; absent for the whole capture. */
  subject?: string
  /** In the expectation file. @minimum 1 @asType integer */
  line: number
  passed: boolean
  expected: string
  seen: string
  evidence: { packet: PacketNumber; note: string }[]
  /** Shows more. */
  command?: string
}

export function checkDocument(run: CheckRun): CheckDocument {
  const { tool, captures, unchecked } = run
  const passed = captures.filter(isGood).length
  return {
    schema: CHECK_SCHEMA,
    tool: { ...tool },
    captures: captures.map((checked) => {
      const { capture, expectationFile, problem, assertions } = checked
      return {
        capture,
        ...(expectationFile !== null && { expectationFile }),
        passed: isGood(checked),
        ...(problem !== null && {
          problem: {
            message: problem.message,
            exitCode: problem.exitCode,
            ...(problem.line !== null && { line: problem.line }),
          },
        }),
        assertions: assertions.map(({ subject, command, evidence, ...assertion }) => ({
          ...assertion,
          ...(subject !== null && { subject }),
          evidence: evidence.map((one) => ({ ...one })),
          ...(command !== null && { command }),
        })),
      }
    }),
    unchecked: [...unchecked],
    summary: {
      captures: captures.length,
      passed,
      failed: captures.length - passed,
      assertions: captures.reduce((sum, { assertions }) => sum + assertions.length, 0),
      failedAssertions: captures.reduce((sum, checked) => sum + failedAssertions(checked).length, 0),
    },
  }
}
