import { type Finding, SEVERITIES, type Severity } from '../audit/finding.ts'
import { addressText, endpointText } from '../report/endpoint-text.ts'
import type { ConnectionSummary, EndpointSummary, Outcome } from '../tracker/connection-summary.ts'
import { STATE_NAMES, type StateName, stateName, TIMER } from '../tracker/tcp-state.ts'
import type { TrackerEvents } from '../tracker/tracker-events.ts'
import { CHANCE_RULES } from './chance-rules.ts'
import type { RunEnd } from './verdict.ts'

/** What a capture gives reason to expect of the next one of the same kind; no times, no ephemeral ports. */
export interface Derived {
  readonly maxSeverity: Severity
  /** Rules to how many findings. */
  readonly findings: readonly (readonly [rule: string, count: Expected])[]
  readonly whole: DerivedGroup
  /** By server; empty if there is one, or too many to list. */
  readonly servers: readonly (DerivedGroup & { readonly server: string })[]
  /** Segments sent again, at most; RSTs, if there were none. */
  readonly retransmissions: Expected
  readonly resets: 0 | undefined
}

/** As it is written: a number, or a comparison. */
export type Expected = number | string

export interface DerivedGroup {
  readonly connections: Expected
  readonly outcomes: readonly (readonly [Outcome, Expected])[]
  /** null where there were too many to be worth a line. */
  readonly states: {
    readonly client: readonly StateName[] | null
    readonly server: readonly StateName[] | null
  }
}

/** Up to here a number is taken to be one that somebody chose; beyond, that of a crowd: a fifth more or less is the same. */
const FEW = 10
const SLACK = 0.2
/** States of one role that are worth a line. */
const MOST_STATES = 3
const MOST_SERVERS = 6
/** Lowest port that Linux gives to clients by default (net.ipv4.ip_local_port_range); a listener there has it for once. */
const FIRST_EPHEMERAL = 32_768

/** How many to expect where `count` was seen. */
export function expectedCount(count: number): Expected {
  if (count <= FEW) return count
  return `${Math.floor((1 - SLACK) * count)}..${Math.ceil((1 + SLACK) * count)}`
}

/** How many findings of a rule to expect where so many were seen. */
export function expectedFindings(rule: string, count: number): Expected {
  return CHANCE_RULES.includes(rule) ? `<= ${2 * count}` : expectedCount(count)
}

/** Findings that mean something the next time, and what may be there besides. */
const LEAST_LISTED: Severity = 'notice'
const MOST_UNLISTED: Severity = 'notice'
/** Segments sent again that mean nothing: so many, or this share of all. */
const FEW_RESENT = 3
const SHARE_RESENT = 0.05

/** What was seen of a capture, gathered while it is audited. */
export class SeenCapture {
  readonly #whole = new SeenGroup()
  /** By server; beyond MOST_SERVERS they are not told apart. */
  readonly #servers = new Map<string, SeenGroup>()

  subscribe(events: TrackerEvents): void {
    events.subscribe('closed', ({ finished }) => this.#take(finished.summary()))
  }

  derive({ findings }: Pick<RunEnd, 'findings'>): Derived {
    const counts = new Map<string, number>()
    for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
    const isListed = ({ rule, severity }: Finding): boolean =>
      SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST_LISTED) && !CHANCE_RULES.includes(rule)
    const listed = new Set(findings.filter(isListed).map(({ rule }) => rule))
    const whole = this.#whole
    const servers = [...this.#servers].sort(([one], [other]) => (one < other ? -1 : 1))
    const isTold = servers.length > 1 && servers.length <= MOST_SERVERS
    return {
      maxSeverity: MOST_UNLISTED,
      findings: [...listed].sort().map((rule) => [rule, expectedCount(counts.get(rule) ?? 0)]),
      whole: whole.derive(),
      servers: isTold ? servers.map(([server, group]) => ({ server, ...group.derive() })) : [],
      retransmissions: `<= ${whole.likelyRetransmissions}`,
      resets: whole.resets === 0 ? 0 : undefined,
    }
  }

  #take(connection: ConnectionSummary): void {
    this.#whole.add(connection)
    const { server } = connection
    const name = server.port < FIRST_EPHEMERAL ? endpointText(server) : addressText(server)
    const known = this.#servers.get(name)
    if (known !== undefined) known.add(connection)
    else if (this.#servers.size <= MOST_SERVERS) {
      const group = new SeenGroup()
      group.add(connection)
      this.#servers.set(name, group)
    }
  }
}

class SeenGroup {
  retransmissions = 0
  resets = 0
  #packets = 0
  #connections = 0
  readonly #outcomes = new Map<Outcome, number>()
  readonly #states = { client: new Set<StateName>(), server: new Set<StateName>() }

  add({ outcome, client, server, handshake, packets }: ConnectionSummary): void {
    this.#connections++
    this.#packets += packets
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
    this.retransmissions += client.retransmissions + server.retransmissions
    this.retransmissions += (handshake?.synRetries ?? 0) + (handshake?.synAckRetries ?? 0)
    this.resets += client.resets + server.resets
    for (const state of likelyStates(client)) this.#states.client.add(state)
    for (const state of likelyStates(server)) this.#states.server.add(state)
  }

  get likelyRetransmissions(): number {
    return 2 * this.retransmissions + Math.max(FEW_RESENT, Math.ceil(SHARE_RESENT * this.#packets))
  }

  derive(): DerivedGroup {
    const { client, server } = this.#states
    return {
      connections: expectedCount(this.#connections),
      outcomes: [...this.#outcomes]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([outcome, count]) => [outcome, expectedCount(count)]),
      states: { client: listed(client), server: listed(server) },
    }
  }
}

function listed(states: ReadonlySet<StateName>): StateName[] | null {
  if (states.size === 0 || states.size > MOST_STATES) return null
  return STATE_NAMES.filter((name) => states.has(name))
}

/** States that end by themselves, and what is then. */
const ENDING: Partial<Record<StateName, StateName>> = {
  SYN_SENT: 'CLOSED',
  SYN_RCVD: 'LISTEN',
  FIN_WAIT_1: 'CLOSED',
  FIN_WAIT_2: 'CLOSED',
  CLOSING: 'CLOSED',
  LAST_ACK: 'CLOSED',
  TIME_WAIT: 'CLOSED',
}

/** The state of an end, and the one that it would be in had the capture ended a little sooner or later. */
export function likelyStates({ state, stateBasis, transitions }: EndpointSummary): StateName[] {
  const name = stateName(state)
  const next = ENDING[name]
  if (next !== undefined) return [name, next]
  const before = transitions.at(-2)
  return stateBasis === TIMER && before !== undefined ? [name, stateName(before.state)] : [name]
}
