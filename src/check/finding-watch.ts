import { type Finding, SEVERITIES } from '../audit/finding.ts'
import { findingText } from '../report/finding-text.ts'
import { countOf } from '../report/number-text.ts'
import type { AssertionEvidence } from './check-result.ts'
import { comparisonText, holds, isLittleEnough, isOne } from './comparison.ts'
import type { FindingClaim, NeverClaim, SeverityClaim } from './expectations.ts'
import { isOf } from './selection.ts'
import type { ClaimWatch, GroupFacts, More, RunEnd, Verdict } from './verdict.ts'

/** Packets named for one assertion. */
const MOST_EVIDENCE = 4

/** Findings of a rule that are expected. */
export class FindingWatch implements ClaimWatch {
  readonly #claim: FindingClaim

  constructor(claim: FindingClaim) {
    this.#claim = claim
  }

  add(): void {}

  judge({ findings }: RunEnd, group: GroupFacts): Verdict {
    const { rule, count, times } = this.#claim
    const ofRule = findings.filter((finding) => finding.rule === rule && group.isAbout(finding))
    const these = ofRule.filter((finding) => this.#isMeant(finding))
    const sum = these.reduce((total, finding) => total + finding.count, 0)
    const passed = holds(count, these.length) && (times === null || holds(times, sum))
    const isTooMuch = !isLittleEnough(count, these.length) || (times !== null && !isLittleEnough(times, sum))
    // Those that are about somebody else may be the ones that were meant.
    const shown = isTooMuch || these.length > 0 ? these : ofRule
    return {
      passed,
      expected: this.#expectedText(),
      value: these.length,
      seen: `${seenText(these)}${times === null || these.length === 0 ? '' : `, ${countOf(sum, 'time')} in all`}${
        these.length === 0 && ofRule.length > 0 ? `; of others, ${seenText(ofRule)}` : ''
      }`,
      ...(passed ? NOTHING : evidenceOf(shown)),
    }
  }

  #isMeant({ host, client, server }: Finding): boolean {
    const wanted = this.#claim
    const isRight = (pattern: FindingClaim['host'], end: Finding['host']): boolean =>
      pattern === null || (end !== null && isOf(pattern, end))
    const ofHost = isRight(wanted.host, host) || isRight(wanted.host, client) || isRight(wanted.host, server)
    return ofHost && isRight(wanted.client, client) && isRight(wanted.server, server)
  }

  #expectedText(): string {
    const { rule, count, times, host, client, server } = this.#claim
    const ends = [
      ...(host === null ? [] : [`about ${host.text}`]),
      ...(client === null ? [] : [`of client ${client.text}`]),
      ...(server === null ? [] : [`of server ${server.text}`]),
    ]
    const total = times === null ? '' : `, ${comparisonText('count', times)} in all`
    const isNone = count.most === 0
    const findings = `${isNone ? 'no' : comparisonText('count', count)} finding${isNone || isOne(count) ? '' : 's'} of ${rule}`
    return `${[findings, ...ends].join(' ')}${total}`
  }
}

/** No finding of a rule. */
export class NeverWatch implements ClaimWatch {
  readonly #claim: NeverClaim

  constructor(claim: NeverClaim) {
    this.#claim = claim
  }

  add(): void {}

  judge({ findings }: RunEnd, group: GroupFacts): Verdict {
    const { rule } = this.#claim
    const these = findings.filter((finding) => finding.rule === rule && group.isAbout(finding))
    return {
      passed: these.length === 0,
      expected: `no finding of ${rule}`,
      value: these.length,
      seen: seenText(these),
      ...evidenceOf(these),
    }
  }
}

/** Nothing graver than something. */
export class SeverityWatch implements ClaimWatch {
  readonly #claim: SeverityClaim

  constructor(claim: SeverityClaim) {
    this.#claim = claim
  }

  add(): void {}

  judge({ findings }: RunEnd, group: GroupFacts): Verdict {
    const { most, aside } = this.#claim
    const these = unexpectedFindings(findings, this.#claim).filter((finding) => group.isAbout(finding))
    const besides = aside.length === 0 ? '' : ' beside the expected ones'
    return {
      passed: these.length === 0,
      expected: `no finding${besides}${most === 'none' ? '' : ` graver than ${most}`}`,
      seen: gravestText(these),
      value: these.length,
      ...evidenceOf(these),
    }
  }
}

/** Those graver than a claim allows, gravest first. */
export function unexpectedFindings(
  findings: readonly Finding[],
  { most, aside }: Pick<SeverityClaim, 'most' | 'aside'>,
): Finding[] {
  const limit = most === 'none' ? -1 : SEVERITIES.indexOf(most)
  return findings.filter(
    ({ severity, rule }) => SEVERITIES.indexOf(severity) > limit && !aside.includes(rule),
  )
}

const NOTHING = { evidence: [], more: { show: 'report' } } as const

/** `no finding`, or `2 findings: ` and the title of the first. */
function seenText(findings: readonly Finding[]): string {
  const [first] = findings
  if (first === undefined) return 'no finding'
  const { title } = findingText(first)
  return findings.length === 1 ? `1 finding: ${title}` : `${findings.length} findings, the first: ${title}`
}

/** The gravest one, and of which rules the others are. */
function gravestText(findings: readonly Finding[]): string {
  const [first, ...others] = findings
  if (first === undefined) return 'none'
  const rules = [...new Set(others.map(({ rule }) => rule))].filter((rule) => rule !== first.rule)
  const more =
    others.length === 0
      ? ''
      : `; and ${others.length} more${rules.length === 0 ? '' : ` (${rules.join(', ')})`}`
  return `${first.severity} ${first.rule}: ${findingText(first).title}${more}`
}

function evidenceOf([first]: readonly Finding[]): Pick<Verdict, 'evidence' | 'more'> {
  if (first === undefined) return NOTHING
  const { evidence } = findingText(first)
  const [connection] = first.connections
  return {
    evidence: evidence
      .slice(0, MOST_EVIDENCE)
      .map(({ evidence: { packet }, note }): AssertionEvidence => ({ packet, note })),
    more: (connection === undefined
      ? { show: 'report' }
      : { show: 'connection', id: connection }) satisfies More,
  }
}
