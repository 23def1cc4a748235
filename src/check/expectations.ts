import type { Severity } from '../audit/finding.ts'
import type { HostSetting, RuleSetting } from '../audit/rule-settings.ts'
import type { Outcome } from '../tracker/connection-summary.ts'
import type { StateName } from '../tracker/tcp-state.ts'
import type { CaptureNumber } from './capture-numbers.ts'
import type { Comparison } from './comparison.ts'
import type { Metric } from './metrics.ts'
import type { Statistic } from './samples.ts'
import type { EndPattern, Selection } from './selection.ts'

/** What an expectation file says. */
export interface Expectations {
  /** Its path. */
  readonly file: string
  /** What holds for the run that is held to it, beside the settings of that run. */
  readonly rules: readonly RuleSetting[]
  readonly hosts: readonly HostSetting[]
  /** In the order of the file; what is expected of the whole capture first. */
  readonly groups: readonly Group[]
}

/** Connections, and what is expected of them. */
export interface Group {
  /** null for the whole capture. */
  readonly name: string | null
  readonly selection: Selection
  readonly claims: readonly Claim[]
}

interface ClaimCommon {
  /** Unique in the file. */
  readonly id: string
  readonly line: number
  /** Keys and indices that lead to it in the file. */
  readonly path: ClaimPath
}

export type ClaimPath = readonly (string | number)[]

/** A number of the group's connections. */
export interface NumberClaim extends ClaimCommon {
  readonly about: 'number'
  readonly metric: Metric
  readonly statistic: Statistic
  readonly comparison: Comparison
}

/** A number of the capture as a whole. */
export interface CaptureClaim extends ClaimCommon {
  readonly about: 'capture'
  readonly number: CaptureNumber
  readonly comparison: Comparison
}

/** How many connections ended so. */
export interface OutcomeClaim extends ClaimCommon {
  readonly about: 'outcome'
  readonly outcome: Outcome
  readonly comparison: Comparison
}

/** States that one end of every connection is to be in, at the end or at a moment. */
export interface EndStateClaim extends ClaimCommon {
  readonly about: 'end-state'
  readonly end: 'client' | 'server'
  readonly states: readonly StateName[]
  readonly at: string | null
}

/** How many ends are in a state, at the end or at a moment. */
export interface StateCountClaim extends ClaimCommon {
  readonly about: 'state-count'
  readonly state: StateName
  readonly comparison: Comparison
  readonly at: string | null
}

/** Findings of a rule that are to be there. */
export interface FindingClaim extends ClaimCommon {
  readonly about: 'finding'
  readonly rule: string
  /** Findings. */
  readonly count: Comparison
  /** What they count, all of them together: mostly connections. */
  readonly times: Comparison | null
  readonly host: EndPattern | null
  readonly client: EndPattern | null
  readonly server: EndPattern | null
}

/** No finding of this rule. */
export interface NeverClaim extends ClaimCommon {
  readonly about: 'never'
  readonly rule: string
}

/** No graver finding than this, those of rules that are expected aside. */
export interface SeverityClaim extends ClaimCommon {
  readonly about: 'max-severity'
  readonly most: Severity | 'none'
  /** Rules whose findings are expected. */
  readonly aside: readonly string[]
}

export type Claim =
  | NumberClaim
  | CaptureClaim
  | OutcomeClaim
  | EndStateClaim
  | StateCountClaim
  | FindingClaim
  | NeverClaim
  | SeverityClaim

/** The moments that states are expected at, as `--as-of` takes them. */
export function momentsOf({ groups }: Expectations): string[] {
  const claims = groups.flatMap((group) => group.claims)
  return [...new Set(claims.flatMap((claim) => ('at' in claim && claim.at !== null ? [claim.at] : [])))]
}
