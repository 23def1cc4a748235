import { type Finding, SEVERITIES } from '../audit/finding.ts'
import type { PacketOrigins } from '../capture/packet-origins.ts'
import { formatAddress } from '../decode/address.ts'
import type { FinishedConnection } from '../tracker/connection-summary.ts'
import { endOf } from '../tracker/host-totals.ts'
import { basisName, stateName } from '../tracker/tcp-state.ts'
import type { TrackerEvent } from '../tracker/tracker-events.ts'
import { connectionDocument } from './connection-document.ts'
import { findingDocument } from './finding-document.ts'
import { captureDocument, faultsDocument, summaryDocument } from './json.ts'
import { localHostDocument } from './local-host-document.ts'
import { packetFields } from './packet-name.ts'
import type { Report } from './report.ts'
import {
  type ConnectionLine,
  type EndLine,
  type FindingLine,
  type RetractionLine,
  STREAM_SCHEMA,
  type StateLine,
  type StatsLine,
} from './stream-document.ts'
import type { Timestamp } from './timestamp.ts'

/** A finding that grows is written again when it has become this many times as much. */
const GROWTH = 2

/** What the stream tells, as values. */
export class StreamLines {
  readonly #timestamp: Timestamp
  readonly #origins: PacketOrigins | undefined
  /** What was last written of each finding that is not final. */
  readonly #written = new Map<string, Pick<Finding, 'count' | 'severity' | 'processes'>>()

  constructor(timestamp: Timestamp, origins: PacketOrigins | undefined) {
    this.#timestamp = timestamp
    this.#origins = origins
  }

  state(event: TrackerEvent): StateLine {
    const { from, to, basis } = event
    return {
      type: 'state',
      ...this.#endOf(event),
      from: stateName(from),
      state: stateName(to),
      basis: basisName(basis),
    }
  }

  retraction(event: TrackerEvent): RetractionLine {
    const { from, to, basis } = event
    return {
      type: 'retraction',
      ...this.#endOf(event),
      retracted: stateName(from),
      state: stateName(to),
      basis: basisName(basis),
    }
  }

  connection(connection: FinishedConnection, findings: readonly string[]): ConnectionLine {
    return {
      type: 'connection',
      ...connectionDocument(connection.summary(), this.#timestamp, this.#origins),
      findings: [...findings],
    }
  }

  stats(time: number, { packets, bytes, connections, tracked }: Omit<StatsLine, 'type' | 'time'>): StatsLine {
    return {
      type: 'stats',
      time: this.#timestamp.rfc3339(time),
      packets,
      bytes,
      connections,
      tracked,
    }
  }

  /** Those of the findings that are new, graver, or much more than when they were last written, or whose process is known now. */
  *findingsSoFar(findings: readonly Finding[]): Generator<FindingLine, void, void> {
    for (const finding of findings) {
      const { id, count, severity, processes } = finding
      const before = this.#written.get(id)
      const isTold = before !== undefined && (before.processes !== undefined || processes === undefined)
      if (isTold && count < GROWTH * before.count && !isGraver(finding, before)) continue
      this.#written.set(id, { count, severity, ...(processes !== undefined && { processes }) })
      yield this.#finding(finding, false)
    }
  }

  *end(report: Report): Generator<FindingLine | EndLine, void, void> {
    for (const finding of report.findings) yield this.#finding(finding, true)
    yield {
      type: 'end',
      schema: STREAM_SCHEMA,
      tool: report.tool,
      capture: captureDocument(report.capture),
      hosts: [...report.hosts],
      ...(report.otherHosts !== undefined && { otherHosts: report.otherHosts }),
      ...faultsDocument(report),
      ...localHostDocument(report),
      summary: summaryDocument(report),
    }
  }

  #finding(finding: Finding, final: boolean): FindingLine {
    return { type: 'finding', final, ...findingDocument(finding, this.#timestamp, this.#origins) }
  }

  #endOf({ time, packet, connection, endpoint }: TrackerEvent) {
    const side = endpoint.index & 1
    const { ipVersion, address, port } = endOf(connection, side)
    return {
      time: this.#timestamp.rfc3339(time),
      ...packetFields('packet', 'source', packet === 0 ? null : packet, this.#origins),
      connection: connection.id,
      end: side === connection.clientSide ? ('client' as const) : ('server' as const),
      address: formatAddress(ipVersion, ...address),
      port,
    }
  }
}

function isGraver(a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): boolean {
  return SEVERITIES.indexOf(a.severity) > SEVERITIES.indexOf(b.severity)
}
