/**
 * The cases of one rule: what it must find, what it must not, as plain data. test/audit/rules.test.ts plays them, and
 * test/audit/rule-mutants.test.ts plays them again with every condition of the rule negated.
 */
import type { Blame, Confidence, Severity } from '../../src/audit/finding.ts'
import type { AnyRule } from '../../src/audit/rule.ts'
import type { WrittenProfile } from '../../src/tracker/host-profile.ts'
import type { CaptureFaultName } from './capture-faults.ts'
import type { CrowdVariation } from './ladder-variants.ts'

/** Every key but the message may be left out: it is then not compared. */
export interface ExpectedFinding<Message extends string = string> {
  readonly message: Message
  /** A part of the data; times in nanoseconds, sequence numbers as int32. */
  readonly data?: Readonly<Record<string, unknown>>
  /** All packets of its evidence. */
  readonly packets?: readonly number[]
  readonly blame?: Blame | null
  readonly severity?: Severity
  readonly confidence?: Confidence
  readonly count?: number
  readonly explainedBy?: string | null
}

/** One ladder `count` times side by side. */
export interface Crowd {
  readonly ladder: string
  readonly count: number
  /** What differs: A, the left end, is the client, B the server. */
  readonly vary: CrowdVariation
  /** Seconds between their beginnings. */
  readonly every: number
  /** Seconds until the first of them begins. */
  readonly start?: number
  /** Over IPv6 where the others are over IPv4, and the other way round. */
  readonly otherFamily?: true
}

/** What the capture itself did, in this order. */
export interface CaptureTrouble {
  /** One of the faults of capture-faults.ts. */
  readonly fault?: CaptureFaultName
  /** Packets, numbered as in the file without this, that stand behind their successor. */
  readonly swapped?: readonly number[]
  /** Packets, numbered alike, that the network has cut into two IP fragments each: what follows counts one more. */
  readonly fragmented?: readonly number[]
  /** Bytes that are kept of each frame. */
  readonly snaplen?: number
  /** What the kernel says it dropped (pcapng). */
  readonly kernelDrops?: number
  /** Bytes that the file lacks at its end. */
  readonly missingBytes?: number
}

export interface RuleCase {
  readonly name: string
  /** In the notation of ladder.ts; the states are not compared here. `! ID` marks evidence of a finding of this rule. */
  readonly ladder?: string
  readonly crowd?: Crowd
  /** Several crowds, mixed by time; their ends are numbered on. */
  readonly crowds?: readonly Crowd[]
  readonly options?: Readonly<Record<string, number>>
  /** What is known of all hosts. */
  readonly profile?: WrittenProfile
  /** Connections that the tracker may hold. */
  readonly maxConnections?: number
  /** The capture ends here, seconds since its first packet; by default with its last packet or wait. */
  readonly until?: number
  readonly capture?: CaptureTrouble
  /** false: not in other variants; or not in those that the case cannot stand. */
  readonly variants?: false | { readonly ipv4Only?: boolean; readonly numbersAsWritten?: boolean }
}

export interface ReportingCase<Message extends string = string> extends RuleCase {
  /** All that the rule finds. */
  readonly findings: readonly ExpectedFinding<Message>[]
}

/** A whole capture, relative to fixtures/; with options where it was recorded with short timeouts. */
export type Recording = string | { readonly file: string; readonly options: Readonly<Record<string, number>> }

export interface RuleCases<Message extends string = string> {
  readonly reports: readonly ReportingCase<Message>[]
  readonly quiet: readonly RuleCase[]
  /** In which the rule finds something, and in which it finds nothing. */
  readonly fixtures: { readonly reports: readonly Recording[]; readonly quiet: readonly Recording[] }
}

export interface CasesOfRule extends RuleCases {
  readonly rule: AnyRule
}

type RuleWith<Message extends string> = Omit<AnyRule, 'messages' | 'create'> & {
  readonly messages: Readonly<Record<Message, unknown>>
}

export function ruleCases<Message extends string>(
  rule: RuleWith<Message>,
  cases: RuleCases<NoInfer<Message>>,
): CasesOfRule {
  return { rule: rule as unknown as AnyRule, ...cases }
}
