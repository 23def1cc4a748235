import type { Connection } from '../tracker/connection.ts'
import type { TrackerEvent } from '../tracker/tracker-events.ts'
import type { FindingGroup } from './finding-group.ts'
import type { OpeningTrace } from './opening-trace.ts'
import type { ResetMemory } from './reset-watch.ts'

/** A handler of a rule, who knows of what kind the state is. */
export type KnownHandler = (event: TrackerEvent, state: never) => void

/** What is remembered of one connection in trouble: each rule's state, and the findings it is part of. */
export class ConnectionRecord {
  readonly groups: FindingGroup[] = []
  /** How it opened, if that was not in order. */
  opening: OpeningTrace | undefined
  /** Its RSTs, if it had any. */
  resets: ResetMemory | undefined
  /** Most connections that are in trouble are so for one rule or two: their numbers, and what each has made. */
  readonly #rules: number[] = []
  readonly #states: unknown[] = []

  /** What the rule of this number remembers; undefined if nothing. */
  stateOf(rule: number): unknown {
    const rules = this.#rules
    for (let at = 0; at < rules.length; at++) if (rules[at] === rule) return this.#states[at]
    return undefined
  }

  /** Tells the rules that remember something, each by its own handler, if it has one. */
  tell(event: TrackerEvent, handlers: readonly (KnownHandler | undefined)[]): void {
    const rules = this.#rules
    for (let at = 0; at < rules.length; at++)
      handlers[rules[at] as number]?.(event, this.#states[at] as never)
  }

  /** A rule that remembers nothing yet begins to. */
  begin(rule: number, state: unknown): void {
    this.#rules.push(rule)
    this.#states.push(state)
  }
}

/** Connections remembered at once; a flood of troubled ones goes on being judged, but by what each event says alone. */
const MOST_RECORDS = 1 << 17

/** Records of connections in trouble, beside the rows: `Connection.audit` is the number of its record, 0 for none. */
export class ConnectionRecords {
  readonly #most: number
  readonly #records: (ConnectionRecord | undefined)[] = [undefined]
  readonly #free: number[] = []

  constructor(most: number = MOST_RECORDS) {
    this.#most = most
  }

  get size(): number {
    return this.#records.length - 1 - this.#free.length
  }

  of(connection: Connection): ConnectionRecord | undefined {
    return this.#records[connection.audit]
  }

  /** The connection's record, made if there is none; past the bound one that is forgotten at once. */
  ensure(connection: Connection): ConnectionRecord {
    const known = this.of(connection)
    if (known !== undefined) return known
    const record = new ConnectionRecord()
    if (this.size >= this.#most) return record
    const number = this.#free.pop() ?? this.#records.length
    this.#records[number] = record
    connection.audit = number
    return record
  }

  release(connection: Connection): void {
    const number = connection.audit
    if (number === 0) return
    this.#records[number] = undefined
    this.#free.push(number)
    connection.audit = 0
  }
}
