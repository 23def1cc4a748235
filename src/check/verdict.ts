import type { Finding } from '../audit/finding.ts'
import type { CaptureFacts } from '../report/report.ts'
import type { StateName } from '../tracker/tcp-state.ts'
import type { AssertionEvidence } from './check-result.ts'
import type { SeenConnection } from './seen-connection.ts'

/** What is known when a run is over. */
export interface RunEnd {
  readonly capture: CaptureFacts
  readonly findings: readonly Finding[]
  /** Of a run that stopped at a moment: which. */
  readonly moment: string | null
}

/** What shows more: one connection, the state of the world at a moment, or the report. */
export type More =
  | { readonly show: 'connection'; readonly id: number }
  | { readonly show: 'moment'; readonly at: string }
  | { readonly show: 'report' }

/** Whether a claim holds, and what was seen. */
export interface Verdict {
  readonly passed: boolean
  readonly expected: string
  readonly seen: string
  readonly evidence: readonly AssertionEvidence[]
  readonly more: More
  /** What was seen, for who writes it down as what is to be expected: the number compared, or the states. */
  readonly value: number | readonly StateName[]
}

/** A claim in the course of a run. */
export interface ClaimWatch {
  /** A connection of the group has finished. */
  add(connection: SeenConnection): void
  judge(end: RunEnd, group: GroupFacts): Verdict
}

/** What is known of a group in the end. */
export interface GroupFacts {
  /** Connections selected. */
  readonly connections: number
  /** Whether a finding is about one of them. */
  isAbout(finding: Finding): boolean
}
