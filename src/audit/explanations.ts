import type { Finding } from './finding.ts'

/**
 * Causes before symptoms: a finding of the first rule explains those of the second that are about the same connections
 * (or, without connections, the same host). Listed once, here; a symptom takes the first cause that is found.
 */
export const EXPLANATIONS: readonly (readonly [cause: string, symptom: string])[] = [
  ['close-wait-leak', 'fin-wait-2-stuck'],
  ['close-wait-leak', 'data-after-close'],
  ['time-wait-syn-refused', 'time-wait-assassinated'],
  ['time-wait-syn-refused', 'challenge-ack'],
  ['reset-injected', 'time-wait-assassinated'],
  ['syn-ack-lost', 'handshake-slow'],
  ['accept-queue-overflow', 'handshake-ack-lost'],
  ['accept-queue-overflow', 'handshake-slow'],
  ['syn-flood', 'handshake-slow'],
  ['handshake-ack-lost', 'retransmission-timeout'],
  ['handshake-ack-lost', 'half-open'],
  ['reset-injected', 'handshake-refused'],
  ['half-open', 'retransmission-timeout'],
  ['half-open', 'keepalive-unanswered'],
  ['half-open', 'syn-on-established'],
  ['half-open', 'challenge-ack'],
  ['half-open', 'fin-unanswered'],
  ['reset-after-challenge', 'reset-injected'],
  ['reset-after-challenge', 'syn-on-established'],
  ['reset-after-challenge', 'challenge-ack'],
  ['reset-injected', 'handshake-refused'],
  ['reset-injected', 'time-wait-assassinated'],
  ['reset-injected', 'abortive-close'],
  ['reset-injected', 'data-after-close'],
  ['reset-injected', 'reset-rejected'],
  ['reset-injected', 'challenge-ack'],
  ['syn-on-established', 'challenge-ack'],
  ['reset-rejected', 'challenge-ack'],
  ['scan', 'flags-invalid'],
  ['mtu-black-hole', 'retransmission-timeout'],
]

/** Two ends of which one explains the other share nearly all connections: some may be past what a finding keeps. */
const SHARED = 0.9

/** The same findings, each with the id of what explains it. */
export function explainFindings(
  findings: readonly Finding[],
  explanations: typeof EXPLANATIONS = EXPLANATIONS,
): Finding[] {
  const byRule = new Map<string, Finding[]>()
  for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding])
  return findings.map((finding) => {
    const causes = explanations
      .filter(([, symptom]) => symptom === finding.rule)
      .flatMap(([cause]) => byRule.get(cause) ?? [])
    const cause = causes.find((candidate) => candidate !== finding && explains(candidate, finding))
    return cause === undefined ? finding : { ...finding, explainedBy: cause.id }
  })
}

function explains(cause: Finding, symptom: Finding): boolean {
  if (cause.connections.length === 0 || symptom.connections.length === 0) {
    return cause.host !== null && symptom.host !== null && isSameAddress(cause.host, symptom.host)
  }
  const known = new Set(cause.connections)
  const shared = symptom.connections.filter((id) => known.has(id)).length
  return shared >= SHARED * symptom.connections.length
}

type Host = NonNullable<Finding['host']>

function isSameAddress(a: Host, b: Host): boolean {
  return a.ipVersion === b.ipVersion && a.address.every((word, index) => word === b.address[index])
}
