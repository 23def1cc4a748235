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

  /** What the rule of this number remembers, if it does; a rule without `state` remembers `undefined`. */
  memoryOf(rule: number): Memory | undefined {
    let memory = this.#memory
    while (memory !== undefined && memory.rule !== rule) memory = memory.next
    return memory
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

/** Numbers of records that there is room for at first. */
const INITIAL_ROOM = 1024

/**
 * Records of connections in trouble, beside the rows: `Connection.audit` is the number of its record, 0 for none. Most of
 * them are no more than that, and numbers of a rule (`ConnectionNumbers`): an object is made when a rule wants to keep one.
 */
export class ConnectionRecords {
  readonly #most: number
  readonly #records: (ConnectionRecord | undefined)[] = [undefined]
  /** By number: which rules may remember something of the connection (`ruleBit`). */
  #rules = new Int32Array(INITIAL_ROOM)
  readonly #numbers: ConnectionNumbers[] = []
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
    const number = this.#ensureNumber(connection)
    if (number !== 0) this.#records[number] = record
    return record
  }

  /** What the rule of this number remembers; what it begins with, if nothing yet. */
  stateOf(connection: Connection, rule: number, begin: () => unknown): unknown {
    const record = this.ensure(connection)
    const known = record.memoryOf(rule)
    if (known !== undefined) return known.state
    const state = begin()
    record.begin(rule, state)
    const number = connection.audit
    if (number !== 0) this.#rules[number] = (this.#rules[number] as number) | ruleBit(rule)
    return state
  }

  /** Tells the rules that remember something of the connection; `rules` is all bits of those that have a handler. */
  tell(event: TrackerEvent, handlers: readonly (KnownHandler | undefined)[], rules: number): void {
    const number = event.connection.audit
    if (((this.#rules[number] as number) & rules) !== 0) this.#records[number]?.tell(event, handlers)
  }

  /** Room for `count` numbers of each connection. */
  numbers(count: number): ConnectionNumbers {
    const numbers = new ConnectionNumbers(count, this.#most, (connection) => this.#ensureNumber(connection))
    this.#numbers.push(numbers)
    return numbers
  }

  release(connection: Connection): void {
    const number = connection.audit
    if (number === 0) return
    this.#records[number] = undefined
    this.#rules[number] = 0
    for (const numbers of this.#numbers) numbers.forget(number)
    this.#free.push(number)
    connection.audit = 0
  }

  /** 0 past the bound. */
  #ensureNumber(connection: Connection): number {
    if (connection.audit !== 0) return connection.audit
    if (this.size >= this.#most) return 0
    const number = this.#free.pop() ?? this.#records.push(undefined) - 1
    if (number === this.#rules.length) {
      const rules = new Int32Array(2 * number)
      rules.set(this.#rules)
      this.#rules = rules
    }
    connection.audit = number
    return number
  }
}

/** One of 32 for each rule: some share one. */
export function ruleBit(rule: number): number {
  return 1 << (rule & 31)
}

/** Numbers that a rule keeps of each connection it has to do with, of all of them in one array. */
export class ConnectionNumbers {
  /** Of each connection. */
  readonly count: number
  /**
   * Those of one connection begin where `of` says; to be read behind it. Room for all there may be, made when there is one: what
   * is never written takes no memory.
   */
  numbers = new Float64Array(0)
  /** By number of the record, 1 if any are kept. */
  #kept = new Uint8Array(0)
  readonly #most: number
  readonly #ensureNumber: (connection: Connection) => number

  constructor(count: number, most: number, ensureNumber: (connection: Connection) => number) {
    this.count = count
    this.#most = most
    this.#ensureNumber = ensureNumber
  }

  /** Where those of the connection begin, all 0 if there was nothing yet; -1 if too many connections are remembered. */
  of(connection: Connection): number {
    const number = this.#ensureNumber(connection)
    if (number === 0) return -1
    if (this.#kept.length === 0) this.#make()
    const at = number * this.count
    if (this.#kept[number] === 0) {
      this.#kept[number] = 1
      this.numbers.fill(0, at, at + this.count)
    }
    return at
  }

  /** The same if there is anything, else -1. */
  known({ audit }: Connection): number {
    return this.#kept[audit] === 1 ? audit * this.count : -1
  }

  forget(number: number): void {
    if (this.#kept.length > 0) this.#kept[number] = 0
  }

  #make(): void {
    this.numbers = new Float64Array((this.#most + 1) * this.count)
    this.#kept = new Uint8Array(this.#most + 1)
  }
}
