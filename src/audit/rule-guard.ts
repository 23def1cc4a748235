import { HOST_EVENTS } from '../tracker/host-events.ts'
import { STATE_NAMES } from '../tracker/tcp-state.ts'
import { TRACKER_EVENTS } from '../tracker/tracker-events.ts'
import type { Evidence } from './finding.ts'
import { checkData, checkHostReport, checkReport } from './report-check.ts'
import type { AnyRule } from './rule.ts'

/** A rule of somebody else's went wrong, and is switched off from there on. */
export interface RuleFault {
  readonly rule: string
  /** One line. */
  readonly message: string
  /** The packet at which it was; null where none was at hand. */
  readonly packet: number | null
}

type Handler = (...given: never[]) => unknown
type Context = Readonly<Record<string, unknown>>

/** Events that a rule may have handlers for, by scope. Ordinary segments (`segment`) are not for rules. */
const CONNECTION_EVENTS: readonly string[] = TRACKER_EVENTS.map(({ name }) => name).filter(
  (name) => name !== 'segment',
)
const JUDGES: readonly string[] = ['judgeOpening', 'judgeResets']
const HANDLERS: Readonly<Record<AnyRule['scope'], readonly string[]>> = {
  connection: [...CONNECTION_EVENTS, ...JUDGES],
  capture: [...CONNECTION_EVENTS, 'end'],
  host: [...HOST_EVENTS.map(({ type }) => type as string), 'wake', 'end'],
}
/** Handlers by state, or by event: those of known connections by either. */
const STATE_TABLES: readonly string[] = ['enters', 'leaves']
const TABLES: Readonly<Record<string, { readonly of: string; readonly names: readonly string[] }>> = {
  enters: { of: 'state', names: STATE_NAMES },
  leaves: { of: 'state', names: STATE_NAMES },
  known: { of: 'event', names: CONNECTION_EVENTS },
}

/**
 * The same rule, so that whatever it throws ends there: `onFault` is told, and the rule does nothing more in this run. Rules of
 * ours run without this.
 */
export function guardedRule(rule: AnyRule, onFault: (fault: RuleFault) => void): AnyRule {
  return { ...rule, create: (context) => new RuleGuard(rule, onFault).create(context as never) as never }
}

class RuleGuard {
  readonly #rule: AnyRule
  readonly #onFault: (fault: RuleFault) => void
  readonly #made = new WeakSet<Evidence>()
  #isOff = false

  constructor(rule: AnyRule, onFault: (fault: RuleFault) => void) {
    this.#rule = rule
    this.#onFault = onFault
  }

  create(context: Context): Readonly<Record<string, unknown>> {
    const handlers = this.#run(() => this.#rule.create(this.#context(context) as never)) as unknown
    if (this.#isOff) return {}
    const guarded = this.#run(() => this.#handlers(handlers))
    return this.#isOff ? {} : (guarded as Readonly<Record<string, unknown>>)
  }

  #handlers(handlers: unknown): Readonly<Record<string, unknown>> {
    if (typeof handlers !== 'object' || handlers === null) throw new Error('create() gives no handlers')
    const names = HANDLERS[this.#rule.scope]
    const guarded = Object.entries(handlers).map(([name, handler]) => {
      const isTable = Object.hasOwn(TABLES, name) && (name !== 'known' || this.#rule.scope === 'connection')
      if (this.#rule.scope !== 'host' && isTable) return [name, this.#table(name, handler)]
      if (!names.includes(name))
        throw new Error(`there is no event '${name}' for a rule of scope ${this.#rule.scope}`)
      return [name, this.#guarded(name, handler)]
    })
    return Object.fromEntries(guarded)
  }

  #table(name: string, handlers: object): Readonly<Record<string, unknown>> {
    const { of, names } = TABLES[name.split('.').at(-1) as string] as (typeof TABLES)[string]
    const guarded = Object.entries(handlers).map(([key, handler]) => {
      if (name === 'known' && STATE_TABLES.includes(key)) return [key, this.#table(`${name}.${key}`, handler)]
      if (!names.includes(key)) throw new Error(`${name}: there is no ${of} '${key}'`)
      return [key, this.#guarded(`${name}.${key}`, handler)]
    })
    return Object.fromEntries(guarded)
  }

  #guarded(name: string, handler: unknown): Handler {
    if (typeof handler !== 'function') throw new Error(`the handler '${name}' is no function`)
    return (...given: never[]) => {
      if (this.#isOff) return undefined
      return this.#run(() => noPromise(handler(...given)), packetOf(given[0]))
    }
  }

  /** What the rule calls, with what comes back to it guarded and what it hands over looked at. */
  #context(context: Context): Context {
    const { note, witness, report, after, places, rows } = context as Readonly<
      Record<string, Handler | undefined>
    >
    const { messages, notes = {}, scope } = this.#rule
    const checked = (make: Handler | undefined, dataAt: number): Handler | undefined =>
      make === undefined
        ? undefined
        : (...given: never[]) => {
            const id = String(given[0])
            if (!Object.hasOwn(notes, id)) throw new Error(`it has no note '${id}'`)
            checkData(notes[id] as never, given[dataAt], `its note '${id}'`)
            const evidence = make(...given) as Evidence
            if (!Number.isFinite(evidence.packet) || !Number.isFinite(evidence.time)) {
              throw new Error(`its note '${id}' is of no packet`)
            }
            this.#made.add(evidence)
            return evidence
          }
    return {
      ...context,
      note: checked(note, scope === 'host' ? 3 : 2),
      ...(witness !== undefined && { witness: checked(witness, 2) }),
      report: (...given: never[]) => {
        const content = given.at(-1)
        checkReport(messages, String(given[0]), content, this.#made)
        if (scope === 'host') checkHostReport(String(given[0]), content)
        return report?.(...given)
      },
      ...(after !== undefined && {
        after: (length: never, then: unknown) => after(length, this.#guarded('after', then) as never),
      }),
      ...(places !== undefined && {
        places: (kind: never, make: () => object, keeps: ((value: object) => boolean) | undefined) =>
          places(
            kind,
            (() => this.#reusable(make())) as never,
            ((value: object) => !this.#isOff && this.#run(() => keeps?.(value)) === true) as never,
          ),
      }),
      ...(rows !== undefined && {
        rows: (kind: never, count: number, extra?: () => object) => {
          if (!Number.isInteger(count) || count < 1) throw new Error(`there are no rows of ${count} numbers`)
          return rows(kind, count as never, (extra && (() => this.#reusable(extra()))) as never)
        },
      }),
    }
  }

  /** A table clears its values when others need the place: then too what is thrown is this rule's. */
  #reusable(value: object): object {
    const { clear } = value as { clear?: unknown }
    if (typeof clear !== 'function') throw new Error('what it keeps of places has no clear()')
    return Object.defineProperty(value, 'clear', { value: () => this.#run(() => clear.call(value)) })
  }

  #run<Result>(call: () => Result, packet: number | null = null): Result | undefined {
    try {
      return call()
    } catch (error) {
      if (this.#isOff) return undefined
      this.#isOff = true
      const text = error instanceof Error ? error.message : String(error)
      this.#onFault({ rule: this.#rule.id, message: text.replace(/\s+/g, ' ').trim(), packet })
      return undefined
    }
  }
}

/** A promise would end after its event is no more, and its fault with nobody to take it. */
function noPromise(result: unknown): unknown {
  if (!(result instanceof Promise)) return result
  result.catch(() => {})
  throw new Error('a handler is async: events are borrowed until it returns')
}

function packetOf(event: unknown): number | null {
  const packet = typeof event === 'object' && event !== null && 'packet' in event ? event.packet : 0
  return typeof packet === 'number' && packet > 0 ? packet : null
}
