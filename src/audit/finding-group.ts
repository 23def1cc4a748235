import type { HostEnd } from '../tracker/host-totals.ts'
import { CAPTURE_FAULTS } from './capture-fault.ts'
import {
  type Blame,
  CONFIDENCES,
  type Confidence,
  type Evidence,
  SEVERITIES,
  type Severity,
} from './finding.ts'
import type { AnyData } from './message-data.ts'
import type { AnyRule, Merge } from './rule.ts'

/** What is kept of a group's members: ids of the first, and of a few what they were reported with. */
const MOST_CONNECTIONS = 10_000
const MOST_DETAILED = 8
const MOST_EVIDENCE = 16

/** One report of a rule, ready to be grouped. */
export interface MemberReport {
  readonly connection: number | null
  readonly stream: number | null
  readonly client: HostEnd | null
  readonly server: HostEnd | null
  readonly host: HostEnd | null
  readonly firstSeen: number
  readonly time: number
  readonly data: AnyData
  readonly evidence: readonly Evidence[]
  readonly severity: Severity
  readonly confidence: Confidence
  readonly blame: Blame | null
}

/** All reports that are one finding: many connections with one cause. Memory is bounded however many there are. */
export class FindingGroup {
  readonly id: string
  readonly rule: AnyRule
  readonly message: string
  readonly key: string
  /** Members whose report is kept, by connection; others are only counted. */
  readonly #details = new Map<number | null, MemberReport>()
  readonly #ids = new Set<number>()
  /** Members that had each fault of the capture when they left. */
  readonly #faults = new Uint32Array(CAPTURE_FAULTS.length)
  #count = 0
  #data: Record<string, unknown> = {}
  #severity = 0
  #confidence = 0
  #firstSeen = Number.POSITIVE_INFINITY
  #lastSeen = Number.NEGATIVE_INFINITY

  constructor(id: string, rule: AnyRule, message: string, key: string) {
    this.id = id
    this.rule = rule
    this.message = message
    this.key = key
  }

  get count(): number {
    return this.#count
  }

  /** Takes a report; `isNew` says that its connection was not in the group yet. */
  add(report: MemberReport, isNew: boolean): void {
    if (isNew) {
      this.#count++
      if (report.connection !== null && this.#ids.size < MOST_CONNECTIONS) this.#ids.add(report.connection)
    }
    if (this.#details.has(report.connection) || this.#details.size < MOST_DETAILED) {
      this.#details.set(report.connection, report)
    }
    this.#mergeData(report.data)
    this.#severity = Math.max(this.#severity, SEVERITIES.indexOf(report.severity))
    this.#confidence = Math.max(this.#confidence, CONFIDENCES.indexOf(report.confidence))
    this.#firstSeen = Math.min(this.#firstSeen, report.firstSeen)
    this.#lastSeen = Math.max(this.#lastSeen, report.time)
  }

  /** The connection is no member any more; tells whether the group is empty now. */
  remove(connection: number): boolean {
    this.#ids.delete(connection)
    this.#details.delete(connection)
    this.#count--
    return this.#count === 0
  }

  noteFaults(bits: number): void {
    for (let fault = 0; fault < this.#faults.length; fault++) {
      if ((bits & (1 << fault)) !== 0) this.#faults[fault] = (this.#faults[fault] as number) + 1
    }
  }

  /** Faults that most of its members had, as bits. */
  faults(): number {
    return this.#faults.reduce(
      (bits, count, fault) => (2 * count > this.#count ? bits | (1 << fault) : bits),
      0,
    )
  }

  get connections(): number[] {
    return [...this.#ids].sort((a, b) => a - b)
  }

  get details(): readonly MemberReport[] {
    return [...this.#details.values()]
  }

  /** Packets alone: what a timer concluded is none. */
  get evidence(): Evidence[] {
    const all = this.details.flatMap(({ evidence }) => evidence)
    return all.filter(({ packet }) => packet > 0).slice(0, MOST_EVIDENCE)
  }

  get data(): AnyData {
    return this.#data
  }

  get severity(): Severity {
    return SEVERITIES[this.#severity] as Severity
  }

  get confidence(): number {
    return this.#confidence
  }

  get firstSeen(): number {
    return this.#firstSeen
  }

  get lastSeen(): number {
    return this.#lastSeen
  }

  #mergeData(data: AnyData): void {
    if (this.#count === 1) {
      this.#data = { ...data }
      return
    }
    const merge: Readonly<Record<string, Merge | undefined>> = this.rule.merge?.[this.message] ?? {}
    for (const [name, how] of Object.entries(merge)) {
      if (how !== undefined) this.#data[name] = merged(how, this.#data[name], data[name])
    }
  }
}

function merged(how: Merge, before: unknown, after: unknown): unknown {
  if (typeof before !== 'number' || typeof after !== 'number')
    return how === 'last' ? after : (before ?? after)
  switch (how) {
    case 'max':
      return Math.max(before, after)
    case 'min':
      return Math.min(before, after)
    case 'sum':
      return before + after
    case 'last':
      return after
  }
}
