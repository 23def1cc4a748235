import type { Connection } from '../tracker/connection.ts'
import type { HostEvent } from '../tracker/host-events.ts'
import { endOf } from '../tracker/host-totals.ts'
import { SENT } from '../tracker/tcp-state.ts'
import type { Tracker } from '../tracker/tracker.ts'
import type { TrackerEvent } from '../tracker/tracker-events.ts'
import type { CaptureCounts } from './capture-counts.ts'
import { faultsOfConnection } from './capture-fault.ts'
import { ConnectionRecords } from './connection-records.ts'
import type { Evidence, Finding } from './finding.ts'
import type { FindingGroup } from './finding-group.ts'
import { FindingStore, hostKey } from './finding-store.ts'
import { HandlerTables } from './handler-tables.ts'
import { HostAuditor } from './host-auditor.ts'
import type { AnyData, Messages } from './message-data.ts'
import { OpeningTracer } from './opening-trace.ts'
import { ResetTracer } from './reset-watch.ts'
import { RivalAttempts } from './rival-attempts.ts'
import type { AnyRule, CaptureHandlers } from './rule.ts'
import {
  type CaptureContext,
  type ConnectionContext,
  type ConnectionReport,
  type Moment,
  momentOf,
} from './rule-context.ts'
import type { ConnectionEvent, ConnectionHandlers } from './rule-handlers.ts'
import type { OptionSpecs } from './rule-options.ts'
import { RuleSettings } from './rule-settings.ts'
import { Wait } from './waits.ts'

type AnyContext = ConnectionContext<Messages, Messages, OptionSpecs, unknown>
type AnyCaptureContext = CaptureContext<Messages, Messages, OptionSpecs>

const NO_GROUPS: readonly FindingGroup[] = []

/**
 * Runs rules over what a tracker tells. Their subscriptions become arrays of handlers, so an event that no rule wants is
 * not built; what rules report is grouped, and judged by the capture's quality in the end. Made before the first segment.
 */
export class Auditor {
  readonly #tracker: Tracker
  readonly #settings: RuleSettings
  readonly #records = new ConnectionRecords()
  readonly #resets = new ResetTracer(this.#records)
  readonly #rivals = new RivalAttempts()
  readonly #store: FindingStore
  readonly #waits: Wait[] = []
  readonly #handlers = new HandlerTables(this.#records, this.#resets)
  readonly #ends: ((capture: CaptureCounts) => void)[] = []
  readonly #hosts: HostAuditor
  #leaving: readonly FindingGroup[] = NO_GROUPS

  constructor(tracker: Tracker, rules: readonly AnyRule[], settings: RuleSettings = new RuleSettings()) {
    this.#tracker = tracker
    this.#settings = settings
    this.#store = new FindingStore(settings)
    this.#hosts = new HostAuditor(this.#store, settings)
    const wanted = [...rules.entries()].filter(([, { id }]) => !settings.isOff(id))
    if (wanted.some(([, { scope }]) => scope === 'connection')) {
      new OpeningTracer(this.#records).subscribe(tracker.events)
      this.#resets.subscribe(tracker.events)
      this.#rivals.subscribe(tracker.events)
    }
    for (const [number, rule] of wanted) {
      if (rule.scope === 'host') this.#hosts.add(rule)
      else this.#add(rule, number)
    }
    this.#handlers.subscribe(tracker.events)
    this.#hosts.subscribe(tracker.events)
    tracker.events.subscribe('closed', (event) => this.#forget(event))
    tracker.events.onWake = (time) => {
      for (const wait of this.#waits) wait.run(time)
    }
  }

  /** Connections of which anything is remembered at the moment. */
  get remembered(): number {
    return this.#records.size
  }

  /** Ids of the findings so far that name the connection which has just left. */
  get leavingFindings(): string[] {
    return this.#leaving.map(({ id }) => id)
  }

  /** What the rules have found so far; some of it may be withdrawn, and what the end of the capture shows is missing. */
  findingsSoFar(capture: CaptureCounts): Finding[] {
    return this.#store.findings(capture)
  }

  /** After the last segment and the tracker's `finish`: what was found. */
  finish(capture: CaptureCounts): Finding[] {
    for (const end of this.#ends) end(capture)
    this.#hosts.finish(capture)
    return this.#store.findings(capture)
  }

  #add(rule: AnyRule, number: number): void {
    const handlers = rule.create(this.#context(rule, number) as never) as ConnectionHandlers &
      Pick<CaptureHandlers, 'end'>
    const { end, ...events } = handlers
    if (end !== undefined) this.#ends.push(end)
    this.#handlers.add(number, events)
  }

  #context(rule: AnyRule, number: number): AnyContext | AnyCaptureContext {
    if (rule.scope === 'capture') {
      const context: AnyCaptureContext = {
        options: this.#settings.options(rule),
        report: (message, report) => this.#store.reportCapture(rule, message, report),
        note: noteOf,
        witness: (note, { packet, time }, data) => ({
          packet,
          time,
          connection: null,
          from: null,
          note,
          data,
        }),
      }
      return context
    }
    const begin = (): unknown => rule.state?.()
    const context: AnyContext = {
      report: (message, event, report) => this.#report(rule, message, event, report),
      options: this.#settings.options(rule),
      withdraw: (event) => this.#withdraw(rule, event.connection),
      note: noteOf,
      moment: momentOf,
      entered: (endpoint, ...states) => {
        const entry = this.#tracker.entered(endpoint, states)
        if (entry === undefined) return undefined
        const own = endpoint.index & 1
        const side = entry.basis === SENT ? own : 1 - own
        return { packet: entry.packet ?? 0, time: entry.time, side, basis: entry.basis }
      },
      stateOf: (connection) => this.#records.stateOf(connection, number, begin),
      numbers: (count) => this.#records.numbers(count),
      profileOf: (endpoint) => this.#tracker.profileOf(endpoint),
      resets: (event) => this.#resets.resets(event),
      resetCount: (connection, side) => this.#resets.count(connection, side),
      hasLostRace: (connection) => this.#rivals.hasLost(connection),
      knownState: (connection) => this.#records.of(connection)?.memoryOf(number)?.state,
      after: (length, then) => {
        const wait = new Wait(this.#tracker, length, then)
        this.#waits.push(wait)
        return (event) => wait.start(event)
      },
    }
    return context
  }

  #report(rule: AnyRule, message: string, event: ConnectionEvent, report: ConnectionReport<AnyData>): void {
    const { connection } = event
    const about = report.endpoint ?? event.endpoint
    const { clientSide } = connection
    const client = endOf(connection, clientSide)
    const server = endOf(connection, 1 - clientSide)
    const host = rule.groupBy === 'end' || rule.groupBy === 'host' ? endOf(connection, about.index & 1) : null
    const key = groupKey(rule, connection, { client, server, host })
    const group = this.#store.group(rule, message, key, connection.id)
    const record = this.#records.ensure(connection)
    const isNew = record.join(group)
    group.add(
      {
        connection: connection.id,
        stream: connection.stream < 0 ? null : connection.stream,
        client,
        server,
        host: rule.groupBy === 'host' && host !== null ? { ...host, port: 0 } : host,
        firstSeen: Math.min(event.time, ...report.evidence.map(({ time }) => time)),
        time: event.time,
        data: report.data,
        evidence: report.evidence,
        severity: report.severity ?? rule.severity,
        confidence: report.confidence ?? 'certain',
        blame: report.blame ?? null,
      },
      isNew,
    )
  }

  #withdraw(rule: AnyRule, connection: Connection): void {
    const record = this.#records.of(connection)
    if (record === undefined) return
    for (const group of record.groups.filter((candidate) => candidate.rule === rule)) {
      record.leave(group)
      if (group.remove(connection.id)) this.#store.drop(group)
    }
  }

  /** The connection leaves: what the capture did to it counts for its findings, and nothing more is remembered. */
  #forget({ connection, endpoint, peer }: TrackerEvent): void {
    const record = this.#records.of(connection)
    this.#leaving = record?.groups ?? NO_GROUPS
    if (record === undefined) return
    if (record.groups.length > 0) {
      const faults = faultsOfConnection(connection, endpoint, peer)
      if (faults !== 0) for (const group of record.groups) group.noteFaults(faults)
    }
    this.#records.release(connection)
  }
}

function noteOf(note: string, event: ConnectionEvent, data: AnyData, moment?: Moment): Evidence {
  const { connection } = event
  const at = moment ?? { packet: event.packet, time: event.time, side: event.endpoint.index & 1 }
  return {
    packet: at.packet,
    time: at.time,
    connection: connection.id,
    from: at.side === connection.clientSide ? 'client' : 'server',
    note,
    data,
  }
}

interface Ends {
  readonly client: ReturnType<typeof endOf>
  readonly server: ReturnType<typeof endOf>
  readonly host: ReturnType<typeof endOf> | null
}

function groupKey(rule: AnyRule, connection: Connection, { client, server, host }: Ends): string {
  switch (rule.groupBy) {
    case 'server':
      return hostKey(server)
    case 'client':
      return hostKey({ ...client, port: 0 })
    case 'path':
      return [hostKey({ ...client, port: 0 }), hostKey({ ...server, port: 0 })].sort().join(' ')
    case 'end':
      return hostKey(host ?? server)
    case 'host':
      return hostKey({ ...(host ?? server), port: 0 })
    default:
      return String(connection.id)
  }
}

/** The rules of host scope alone, over host events in order: those of several trackers, merged. */
export function auditHostEvents(
  rules: readonly AnyRule[],
  events: Iterable<HostEvent>,
  capture: CaptureCounts,
  settings: RuleSettings = new RuleSettings(),
): Finding[] {
  const store = new FindingStore(settings)
  const hosts = new HostAuditor(store, settings)
  for (const rule of rules) if (rule.scope === 'host' && !settings.isOff(rule.id)) hosts.add(rule)
  for (const event of events) hosts.take(event)
  hosts.finish(capture)
  return store.findings(capture)
}
