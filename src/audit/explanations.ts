import { type Finding, SEVERITIES } from './finding.ts'

/**
 * Causes before symptoms: a finding of the first rule explains those of the second that are about the same connections
 * (or, without connections, the same host). `listener`: all those of its time that are about the listener it is about.
 * `needless`: where nearly all that was sent again had arrived; `needed`: where it had not. `graver`: if it is the more severe one.
 * Listed once, here; a symptom takes the first cause that is found.
 */
export const EXPLANATIONS: readonly Explanation[] = [
  ['close-wait-leak', 'fin-wait-2-stuck'],
  ['close-wait-leak', 'data-after-close'],
  ['keepalive-race', 'data-after-close'],
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
  ['idle-timeout-middlebox', 'half-open'],
  ['idle-timeout-middlebox', 'retransmission-timeout'],
  ['idle-timeout-middlebox', 'keepalive-unanswered'],
  ['idle-timeout-middlebox', 'reset-injected'],
  ['idle-timeout-middlebox', 'retransmission-rate'],
  ['idle-timeout-middlebox', 'fin-unanswered'],
  ['idle-connection', 'connection-abandoned'],
  ['half-open', 'retransmission-timeout'],
  ['half-open', 'keepalive-unanswered'],
  ['half-open', 'syn-on-established'],
  ['half-open', 'challenge-ack'],
  ['half-open', 'fin-unanswered'],
  ['reset-after-challenge', 'reset-injected'],
  ['reset-after-challenge', 'syn-on-established'],
  ['reset-after-challenge', 'challenge-ack'],
  ['reset-injected', 'reset-injected', 'graver'],
  ['reset-injected', 'abortive-close'],
  ['reset-injected', 'data-after-close'],
  ['reset-injected', 'reset-rejected'],
  ['reset-injected', 'challenge-ack'],
  ['syn-on-established', 'challenge-ack'],
  ['reset-rejected', 'challenge-ack'],
  ['scan', 'flags-invalid'],
  ['mtu-black-hole', 'retransmission-timeout'],
  ['syn-flood', 'syn-ack-unanswered', 'listener'],
  ['syn-flood', 'syn-cookies-active', 'listener'],
  ['syn-flood', 'handshake-unanswered', 'listener'],
  ['syn-flood', 'syn-ack-lost', 'listener'],
  ['accept-queue-overflow', 'handshake-unanswered'],
  ['accept-queue-overflow', 'handshake-ack-lost'],
  ['accept-queue-overflow', 'syn-ack-lost'],
  ['accept-queue-overflow', 'handshake-slow'],
  ['accept-queue-overflow', 'handshake-without-data'],
  ['mtu-black-hole', 'retransmission-rate'],
  ['retransmission-timeout', 'retransmission-rate'],
  ['half-open', 'retransmission-rate'],
  ['syn-dropped-by-timestamps', 'handshake-unanswered'],
  ['option-stripped', 'window-scale-invalid'],
  ['window-scale-invalid', 'retransmission-rate'],
  ['window-exceeded', 'retransmission-rate'],
  ['window-shrunk', 'retransmission-rate'],
  ['data-injected', 'window-shrunk'],
  ['data-injected', 'window-exceeded'],
  ['data-injected', 'retransmission-rate'],
  ['checksum-bad', 'retransmission-rate'],
  ['paws-rejected', 'retransmission-rate'],
  ['paws-rejected', 'retransmission-timeout'],
  ['out-of-order', 'spurious-retransmission'],
  ['spurious-retransmission', 'retransmission-rate', 'needless'],
  ['retransmission-rate', 'spurious-retransmission', 'needed'],
  ['checksum-bad', 'retransmission-timeout'],
  ['port-exhaustion', 'time-wait-excess'],
  ['close-cause-no-keepalive', 'time-wait-excess', 'listener'],
  ['close-cause-request-limit', 'time-wait-excess', 'listener'],
  ['close-cause-idle-timeout', 'time-wait-excess', 'listener'],
  ['scan', 'handshake-refused'],
  ['scan', 'handshake-unanswered'],
  ['scan', 'handshake-without-data'],
]

type Explanation = readonly [
  cause: string,
  symptom: string,
  by?: 'listener' | 'needless' | 'needed' | 'graver',
]

/** Two ends of which one explains the other share nearly all connections: some may be past what a finding keeps. */
const SHARED = 0.9

/** The same findings, each with the id of what explains it. */
export function explainFindings(
  findings: readonly Finding[],
  explanations: typeof EXPLANATIONS = EXPLANATIONS,
): Finding[] {
  const byRule = new Map<string, CausesOfRule>()
  const bySymptom = new Map<string, Explanation[]>()
  for (const explanation of explanations) {
    const [cause, symptom] = explanation
    byRule.set(cause, new CausesOfRule())
    bySymptom.set(symptom, [...(bySymptom.get(symptom) ?? []), explanation])
  }
  for (const finding of findings) byRule.get(finding.rule)?.add(finding)
  return findings.map((finding) => {
    for (const [cause, , by] of bySymptom.get(finding.rule) ?? []) {
      const explanation = byRule.get(cause)?.explanationOf(finding, by)
      if (explanation !== undefined) return { ...finding, explainedBy: explanation.id }
    }
    return finding
  })
}

interface Cause {
  readonly finding: Finding
  readonly position: number
  readonly connections: ReadonlySet<number>
}

/** Findings of one rule, found again by their connections: there may be thousands, of one connection each. */
class CausesOfRule {
  readonly #all: Cause[] = []
  readonly #byConnection = new Map<number, Cause[]>()
  /** Those that not only their connections tell: they name none, or not all. */
  readonly #others: Cause[] = []

  add(finding: Finding): void {
    const cause = { finding, position: this.#all.length, connections: new Set(finding.connections) }
    this.#all.push(cause)
    for (const id of cause.connections) {
      const known = this.#byConnection.get(id)
      if (known === undefined) this.#byConnection.set(id, [cause])
      else known.push(cause)
    }
    const { size } = cause.connections
    if (size === 0 || finding.count > size) this.#others.push(cause)
  }

  /** The first that explains the symptom. */
  explanationOf(symptom: Finding, by: Explanation[2]): Finding | undefined {
    const causes = this.#candidates(symptom, by)
    return causes.find((cause) => cause.finding !== symptom && explains(cause, symptom, by))?.finding
  }

  #candidates({ connections }: Finding, by: Explanation[2]): readonly Cause[] {
    if (by === 'listener' || connections.length === 0) return this.#all
    // Who shares nearly all of its connections has one of the first.
    const tried = connections.slice(0, 1 + Math.ceil((1 - SHARED) * connections.length))
    const sharing = tried.flatMap((id) => this.#byConnection.get(id) ?? [])
    if (sharing.length === 0) return this.#others
    return [...new Set([...sharing, ...this.#others])].sort((a, b) => a.position - b.position)
  }
}

function explains({ finding: cause, connections }: Cause, symptom: Finding, by: Explanation[2]): boolean {
  if (by === 'listener') {
    const listener = symptom.server ?? symptom.host
    return (
      isSameEnd(cause.host, listener) && cause.host?.port === listener?.port && isMeanwhile(cause, symptom)
    )
  }
  if (by === 'graver' && SEVERITIES.indexOf(cause.severity) <= SEVERITIES.indexOf(symptom.severity))
    return false
  if (by === 'needless' && !isNeedless(cause, symptom)) return false
  if (by === 'needed' && isNeedless(symptom, cause)) return false
  if (connections.size === 0 || symptom.connections.length === 0) return isSameEnd(cause.host, symptom.host)
  const shared = symptom.connections.filter((id) => connections.has(id)).length
  if (shared >= SHARED * symptom.connections.length) return true
  // The cause has more connections than it names.
  return (
    cause.count > connections.size && isSameEnd(cause.host, symptom.client) && isMeanwhile(cause, symptom)
  )
}

/** Of what was sent again between two hosts nearly all had arrived already. */
function isNeedless(spurious: Finding, rate: Finding): boolean {
  const { repeats } = spurious.data
  const { resends } = rate.data
  return Number(repeats) >= SHARED * Number(resends)
}

/** They overlap in time. */
function isMeanwhile(cause: Finding, symptom: Finding): boolean {
  return symptom.firstSeen <= cause.lastSeen && symptom.lastSeen >= cause.firstSeen
}

function isSameEnd(a: Finding['host'], b: Finding['host']): boolean {
  if (a === null || b === null || a.ipVersion !== b.ipVersion) return false
  return a.address.every((word, index) => word === b.address[index])
}
