import { LINUX } from '../tracker/host-profile.ts'
import type { HostEnd } from '../tracker/host-totals.ts'
import type { CaptureCounts } from './capture-counts.ts'
import { faultBits, faultsOfCapture } from './capture-fault.ts'
import { explainFindings } from './explanations.ts'
import {
  CONFIDENCES,
  type Confidence,
  type Finding,
  isAtLeast,
  SEVERITIES,
  type Severity,
} from './finding.ts'
import { FindingGroup, type MemberReport } from './finding-group.ts'
import type { AnyRule } from './rule.ts'
import type { CaptureReport, HostReport } from './rule-context.ts'
import type { RuleSettings } from './rule-settings.ts'

/** Findings of one rule that stand apart; what comes after them is one more. */
const MOST_GROUPS = 500
/** Key of the group of all that came after. */
const THE_REST = 'rest'
const MOST_STREAMS = 8

type Unexplained = Omit<Finding, 'explainedBy'>

interface HostFinding {
  readonly id: string
  readonly rule: AnyRule
  readonly message: string
  readonly report: HostReport<unknown>
}

/** Everything reported, grouped: many connections with one cause are one finding. */
export class FindingStore {
  readonly #settings: RuleSettings
  readonly #groups = new Map<string, FindingGroup>()
  readonly #perRule = new Map<string, number>()
  readonly #ofCapture: Unexplained[] = []
  readonly #ofHosts = new Map<string, HostFinding>()
  readonly #ids = new Set<string>()

  constructor(settings: RuleSettings) {
    this.#settings = settings
  }

  /** The group that a report with this key belongs to; if it is new, it is named after the connection reported first. */
  group(rule: AnyRule, message: string, key: string, connection: number): FindingGroup {
    const name = `${rule.id} ${message} ${key}`
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const count = this.#perRule.get(rule.id) ?? 0
    if (count >= MOST_GROUPS && key !== THE_REST) return this.group(rule, message, THE_REST, connection)
    this.#perRule.set(rule.id, count + 1)
    const group = new FindingGroup(this.#newId(rule, connection), rule, message, key)
    this.#groups.set(name, group)
    return group
  }

  drop(group: FindingGroup): void {
    this.#groups.delete(`${group.rule.id} ${group.message} ${group.key}`)
    this.#ids.delete(group.id)
    this.#perRule.set(group.rule.id, (this.#perRule.get(group.rule.id) ?? 1) - 1)
  }

  reportHost(rule: AnyRule, message: string, report: HostReport<unknown>): void {
    const { host, peer } = report
    const name = `${rule.id} ${message} ${hostKey(host)} ${peer === undefined ? '' : hostKey(peer)}`
    const count = this.#perRule.get(rule.id) ?? 0
    const known = this.#ofHosts.get(name)
    if (known === undefined) {
      if (count >= MOST_GROUPS) return
      this.#perRule.set(rule.id, count + 1)
    }
    const id = known?.id ?? this.#newId(rule, report.connections[0])
    this.#ofHosts.set(name, { id, rule, message, report })
  }

  reportCapture(rule: AnyRule, message: string, { data, evidence, severity }: CaptureReport<unknown>): void {
    const times = evidence.map(({ time }) => time)
    this.#ofCapture.push({
      id: this.#newId(rule, undefined),
      rule: rule.id,
      ...(rule.wording !== undefined && { definition: rule }),
      message,
      data: data as Finding['data'],
      severity: this.#severity(rule, severity ?? rule.severity, 1),
      confidence: 'certain',
      blame: 'capture',
      connections: [],
      streams: [],
      count: 1,
      client: null,
      server: null,
      host: null,
      firstSeen: times.length === 0 ? 0 : Math.min(...times),
      // Without evidence it is about the whole capture.
      lastSeen: times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times),
      evidence,
    })
  }

  /** Every finding that the capture's quality leaves standing, gravest first, each with what explains it. */
  findings(capture: CaptureCounts): Finding[] {
    const faults = faultsOfCapture(capture)
    const found: Unexplained[] = this.#ofCapture.map((finding) => ({
      ...finding,
      lastSeen: Math.min(finding.lastSeen, capture.end),
    }))
    for (const group of this.#groups.values()) {
      const confidence = lowered(group.confidence, group.rule, [group.faults(), faults])
      if (confidence !== undefined) found.push(this.#ofGroup(group, confidence))
    }
    for (const host of this.#ofHosts.values()) {
      const base = CONFIDENCES.indexOf(host.report.confidence ?? 'certain')
      const confidence = lowered(base, host.rule, [faults])
      if (confidence !== undefined) found.push(this.#ofHost(host, confidence))
    }
    return explainFindings(found.sort(bySeverity).map((finding) => ({ ...finding, explainedBy: null })))
  }

  /** `close-wait-leak:41`: the rule and the connection that was reported first. The same whenever it is asked for. */
  #newId(rule: AnyRule, connection: number | undefined): string {
    const base = connection === undefined ? rule.id : `${rule.id}:${connection}`
    let id = base
    for (let copy = 2; this.#ids.has(id); copy++) id = `${base}.${copy}`
    this.#ids.add(id)
    return id
  }

  #ofGroup(group: FindingGroup, confidence: Confidence): Unexplained {
    const { rule, message, details } = group
    const first = details[0] as MemberReport
    return {
      id: group.id,
      rule: rule.id,
      ...(rule.wording !== undefined && { definition: rule }),
      message,
      data: group.data,
      severity: this.#severity(rule, group.severity, group.count),
      confidence,
      blame: first.blame,
      connections: group.connections,
      streams: details.flatMap(({ stream }) => (stream === null ? [] : [stream])).slice(0, MOST_STREAMS),
      count: group.count,
      client: first.client,
      server: first.server,
      host: first.host,
      ...this.#profiles(first.client, first.server, first.host),
      firstSeen: group.firstSeen,
      lastSeen: group.lastSeen,
      evidence: group.evidence,
    }
  }

  #ofHost({ id, rule, message, report }: HostFinding, confidence: Confidence): Unexplained {
    return {
      id,
      rule: rule.id,
      ...(rule.wording !== undefined && { definition: rule }),
      message,
      data: report.data as Finding['data'],
      severity: this.#severity(rule, report.severity ?? rule.severity, report.count),
      confidence,
      blame: report.blame ?? null,
      connections: [...report.connections],
      streams: [],
      count: report.count,
      client: null,
      server: null,
      host: report.host,
      peer: report.peer ?? null,
      ...this.#profiles(report.host, report.peer ?? report.host, report.host),
      firstSeen: report.firstSeen ?? report.time,
      lastSeen: report.time,
      evidence: report.evidence,
    }
  }

  /** What is known of the hosts, if that is more than Linux's defaults. */
  #profiles(client: HostEnd | null, server: HostEnd | null, host: HostEnd | null): Pick<Finding, 'profiles'> {
    const { hosts } = this.#settings
    if (hosts.only === LINUX) return {}
    const of = (end: HostEnd | null) => (end === null ? LINUX : hosts.of(end))
    return { profiles: { client: of(client), server: of(server), host: of(host ?? server) } }
  }

  /** What the user asked for; else what was reported, raised if there are many. */
  #severity(rule: AnyRule, reported: Severity, count: number): Severity {
    const wanted = this.#settings.severity(rule.id)
    if (wanted !== undefined && wanted !== 'off') return wanted
    const { escalation } = rule
    if (escalation === undefined) return reported
    const many = this.#settings.options(rule)[escalation.option] as number
    return count >= many && isAtLeast(escalation.severity, reported) ? escalation.severity : reported
  }
}

/** Text that tells one end from another: an address, and its port unless that is 0. */
export function hostKey({ ipVersion, address, port }: HostEnd): string {
  return `${ipVersion} ${address.join(' ')} ${port}`
}

/** One step down for each place where a fault lies that the rule names; undefined: nothing is left of it. */
function lowered(base: number, rule: AnyRule, places: readonly number[]): Confidence | undefined {
  const mask = faultBits(rule.unreliableWhen)
  const steps = places.filter((faults) => (faults & mask) !== 0).length
  return CONFIDENCES[base - steps]
}

function bySeverity(a: Unexplained, b: Unexplained): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
    b.count - a.count ||
    a.firstSeen - b.firstSeen ||
    (a.rule < b.rule ? -1 : 1)
  )
}
