import type { Connection } from '../tracker/connection.ts'
import type { TrackerEvent } from '../tracker/tracker-events.ts'
import type { FindingGroup } from './finding-group.ts'
import type { OpeningTrace } from './opening-trace.ts'
import type { ResetMemory } from './reset-watch.ts'

/** A handler of a rule, who knows of what kind the state is. */
export type KnownHandler = (event: TrackerEvent, state: never) => void

/** What one rule remembers of a connection. */
interface Memory {
  readonly rule: number
  readonly state: unknown
  readonly next: Memory | undefined
}

const NO_GROUPS: readonly FindingGroup[] = []

/**
 * What is remembered of one connection in trouble: each rule's state, and the findings it is part of. Most connections that
 * are in trouble are so for one rule or two: no list is made before there is something to put in.
 */
export class ConnectionRecord {
  #groups: FindingGroup[] | undefined = undefined
  /** How it opened, if that was not in order. */
  opening: OpeningTrace | undefined = undefined
  /** Its RSTs, if it had any. */
  resets: ResetMemory | undefined = undefined
  #memory: Memory | undefined = undefined

  get groups(): readonly FindingGroup[] {
    return this.#groups ?? NO_GROUPS
  }

  /** It is part of this one too. False if that was known. */
  join(group: FindingGroup): boolean {
    if (this.#groups === undefined) {
      this.#groups = [group]
      return true
    }
    if (this.#groups.includes(group)) return false
    this.#groups.push(group)
    return true
  }

  leave(group: FindingGroup): void {
    this.#groups = this.#groups?.filter((own) => own !== group)
  }

  /** What the rule of this number remembers; undefined if nothing. */
  stateOf(rule: number): unknown {
    let memory = this.#memory
    while (memory !== undefined && memory.rule !== rule) memory = memory.next
    return memory?.state
  }

  /** Tells the rules that remember something, each by its own handler, if it has one. */
  tell(event: TrackerEvent, handlers: readonly (KnownHandler | undefined)[]): void {
    for (let memory = this.#memory; memory !== undefined; memory = memory.next) {
      handlers[memory.rule]?.(event, memory.state as never)
    }
  }

  /** A rule that remembers nothing yet begins to. */
  begin(rule: number, state: unknown): void {
    this.#memory = { rule, state, next: this.#memory }
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
