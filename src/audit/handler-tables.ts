import { STATE_NAMES, type StateName } from '../tracker/tcp-state.ts'
import type {
  TrackerEvent,
  TrackerEventHandler,
  TrackerEventName,
  TrackerEvents,
} from '../tracker/tracker-events.ts'
import { type ConnectionRecords, type KnownHandler, ruleBit } from './connection-records.ts'
import type { ResetTracer } from './reset-watch.ts'
import type { ConnectionHandlers } from './rule-handlers.ts'

type JudgeOpening = NonNullable<ConnectionHandlers['judgeOpening']>
type JudgeResets = NonNullable<ConnectionHandlers['judgeResets']>

/** Handlers of one event for connections that their rules know. */
class KnownHandlers {
  /** By number of the rule; without holes. */
  readonly byRule: (KnownHandler | undefined)[] = []
  /** All bits of these rules. */
  rules = 0

  put(rule: number, handler: KnownHandler): void {
    while (this.byRule.length < rule) this.byRule.push(undefined)
    this.byRule[rule] = handler
    this.rules |= ruleBit(rule)
  }
}

/** Handlers by state, those of all connections and those of known ones. */
class StateTable {
  readonly always: readonly TrackerEventHandler[][] = STATE_NAMES.map(() => [])
  readonly known: readonly KnownHandlers[] = STATE_NAMES.map(() => new KnownHandlers())

  get isEmpty(): boolean {
    return this.always.every(({ length }) => length === 0) && this.known.every(({ rules }) => rules === 0)
  }

  add(handlers: object): void {
    for (const [name, handler] of Object.entries(handlers)) {
      this.always[indexOf(name)]?.push(handler as TrackerEventHandler)
    }
  }

  addKnown(number: number, handlers: object): void {
    for (const [name, handler] of Object.entries(handlers)) {
      this.known[indexOf(name)]?.put(number, handler as KnownHandler)
    }
  }
}

/**
 * The handlers of connection rules by what calls them, so that a rule is asked only about what it has to do with: changes
 * of state by state, and what it remembers something of. To call a handler that then finds nothing to do costs some 200 ns,
 * and most connections leave with nothing that most rules could say.
 */
export class HandlerTables {
  readonly #records: ConnectionRecords
  readonly #resets: ResetTracer
  readonly #plain: (readonly [TrackerEventName, TrackerEventHandler])[] = []
  readonly #known = new Map<TrackerEventName, KnownHandlers>()
  readonly #enters = new StateTable()
  readonly #leaves = new StateTable()
  readonly #openings: JudgeOpening[] = []
  readonly #resetJudges: JudgeResets[] = []

  constructor(records: ConnectionRecords, resets: ResetTracer) {
    this.#records = records
    this.#resets = resets
  }

  /** Those of the rule with this number. */
  add(number: number, handlers: ConnectionHandlers): void {
    const { enters = {}, leaves = {}, known = {}, judgeOpening, judgeResets, ...events } = handlers
    const { enters: knownEnters = {}, leaves: knownLeaves = {}, ...knownEvents } = known
    this.#enters.add(enters)
    this.#leaves.add(leaves)
    this.#enters.addKnown(number, knownEnters)
    this.#leaves.addKnown(number, knownLeaves)
    if (judgeOpening !== undefined) this.#openings.push(judgeOpening)
    if (judgeResets !== undefined) this.#resetJudges.push(judgeResets)
    for (const [name, handler] of Object.entries(knownEvents)) {
      const table = this.#known.get(name as TrackerEventName) ?? new KnownHandlers()
      table.put(number, handler as KnownHandler)
      this.#known.set(name as TrackerEventName, table)
    }
    for (const [name, handler] of Object.entries(events)) {
      this.#plain.push([name as TrackerEventName, handler as TrackerEventHandler])
    }
  }

  /** Once, when all rules have been added. */
  subscribe(events: TrackerEvents): void {
    for (const [name, { byRule, rules }] of this.#known) {
      events.subscribe(name, (event) => this.#records.tell(event, byRule, rules))
    }
    if (this.#openings.length + this.#resetJudges.length > 0) {
      events.subscribe('closed', (event) => this.#judge(event))
    }
    for (const [name, handler] of this.#plain) events.subscribe(name, handler)
    if (this.#enters.isEmpty && this.#leaves.isEmpty) return
    const change = (event: TrackerEvent): void => {
      this.#tell(this.#leaves, event.from, event)
      this.#tell(this.#enters, event.to, event)
    }
    events.subscribe('state', change)
    events.subscribe('retracted', change)
  }

  #tell({ known, always }: StateTable, state: number, event: TrackerEvent): void {
    const { byRule, rules } = known[state] as KnownHandlers
    if (rules !== 0) this.#records.tell(event, byRule, rules)
    for (const handler of always[state] as TrackerEventHandler[]) handler(event)
  }

  #judge(event: TrackerEvent): void {
    const record = this.#records.of(event.connection)
    if (record === undefined) return
    const { opening } = record
    if (opening !== undefined) for (const judge of this.#openings) judge(event, opening)
    if (record.resets === undefined) return
    const resets = this.#resets.resets(event)
    if (resets.length > 0) for (const judge of this.#resetJudges) judge(event, resets)
  }
}

function indexOf(name: string): number {
  return STATE_NAMES.indexOf(name as StateName)
}
