import { STATE_NAMES, type StateName } from '../tracker/tcp-state.ts'
import type {
  TrackerEvent,
  TrackerEventHandler,
  TrackerEventName,
  TrackerEvents,
} from '../tracker/tracker-events.ts'
import type { ConnectionRecords, KnownHandler } from './connection-records.ts'
import type { ResetTracer } from './reset-watch.ts'
import type { CaptureHandlers } from './rule.ts'
import type { ConnectionHandlers } from './rule-handlers.ts'

type StateHandlers = readonly TrackerEventHandler[][]
type JudgeOpening = NonNullable<ConnectionHandlers['judgeOpening']>
type JudgeResets = NonNullable<ConnectionHandlers['judgeResets']>

/**
 * The handlers of connection rules by what calls them, so that a rule is asked only about what it has to do with: changes
 * of state by state, and what it remembers something of. To call a handler that then finds nothing to do costs some 200 ns,
 * and most connections leave with nothing that most rules could say.
 */
export class HandlerTables {
  readonly #records: ConnectionRecords
  readonly #resets: ResetTracer
  readonly #plain: (readonly [TrackerEventName, TrackerEventHandler])[] = []
  readonly #enters: StateHandlers = STATE_NAMES.map(() => [])
  readonly #leaves: StateHandlers = STATE_NAMES.map(() => [])
  /** By number of the rule. */
  readonly #known = new Map<TrackerEventName, (KnownHandler | undefined)[]>()
  readonly #openings: JudgeOpening[] = []
  readonly #resetJudges: JudgeResets[] = []

  constructor(records: ConnectionRecords, resets: ResetTracer) {
    this.#records = records
    this.#resets = resets
  }

  /** All but `end`, of the rule with this number. */
  add(number: number, handlers: Omit<CaptureHandlers, 'end'>): void {
    const { enters = {}, leaves = {}, known = {}, judgeOpening, judgeResets, ...events } = handlers
    addStates(this.#enters, enters)
    addStates(this.#leaves, leaves)
    if (judgeOpening !== undefined) this.#openings.push(judgeOpening)
    if (judgeResets !== undefined) this.#resetJudges.push(judgeResets)
    for (const [name, handler] of Object.entries(known)) {
      const table = this.#known.get(name as TrackerEventName) ?? []
      table[number] = handler as KnownHandler
      this.#known.set(name as TrackerEventName, table)
    }
    for (const [name, handler] of Object.entries(events)) {
      this.#plain.push([name as TrackerEventName, handler as TrackerEventHandler])
    }
  }

  /** Once, when all rules have been added. */
  subscribe(events: TrackerEvents): void {
    for (const [name, table] of this.#known) {
      // Without holes.
      const handlers = Array.from(table, (handler) => handler)
      events.subscribe(name, (event) => this.#records.of(event.connection)?.tell(event, handlers))
    }
    if (this.#openings.length + this.#resetJudges.length > 0) {
      events.subscribe('closed', (event) => this.#judge(event))
    }
    for (const [name, handler] of this.#plain) events.subscribe(name, handler)
    if ([...this.#enters, ...this.#leaves].every((handlers) => handlers.length === 0)) return
    const change = (event: TrackerEvent): void => {
      for (const handler of this.#leaves[event.from] as TrackerEventHandler[]) handler(event)
      for (const handler of this.#enters[event.to] as TrackerEventHandler[]) handler(event)
    }
    events.subscribe('state', change)
    events.subscribe('retracted', change)
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

function addStates(table: StateHandlers, handlers: Readonly<Partial<Record<StateName, unknown>>>): void {
  for (const [name, handler] of Object.entries(handlers)) {
    const list = table[STATE_NAMES.indexOf(name as StateName)] as TrackerEventHandler[]
    list.push(handler as TrackerEventHandler)
  }
}
