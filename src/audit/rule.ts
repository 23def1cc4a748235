import type { CaptureCounts } from './capture-counts.ts'
import type { CaptureFault } from './capture-fault.ts'
import type { Severity } from './finding.ts'
import type { Messages } from './message-data.ts'
import type { CaptureContext, ConnectionContext, HostContext } from './rule-context.ts'
import type { ConnectionHandlers, HostHandlers } from './rule-handlers.ts'
import type { OptionSpecs } from './rule-options.ts'
import type { Wording } from './rule-words.ts'

/** What a rule is about: one connection, many of them, the capture itself. */
export type Scope = 'connection' | 'host' | 'capture'
export const CATEGORIES = ['opening', 'open', 'closing', 'capture'] as const
export type Category = (typeof CATEGORIES)[number]

/** A setting of a kernel that governs what the rule sees. */
export interface Tunable {
  readonly name: string
  /** Linux's default, as text. */
  readonly default: string
}

/** Which reports of a rule are one finding. */
export type GroupBy =
  /** Each connection its own. */
  | 'connection'
  /** The server's address and port. */
  | 'server'
  /** The client's address. */
  | 'client'
  /** The address and port, or the address, of the endpoint that the report is about. */
  | 'end'
  | 'host'
  /** The two addresses, whichever way round. */
  | 'path'

/** How a value of a group's data follows from those of its members; else the first member's stays. */
export type Merge = 'max' | 'min' | 'sum' | 'last'

/**
 * A rule: what it looks at and what it says, no prose. `defineRule` ties the types together: handlers to events, data to
 * messages, options to their names.
 */
export interface Rule<S extends Scope, M extends Messages, N extends Messages, O extends OptionSpecs, State> {
  readonly id: string
  readonly scope: S
  readonly category: Category
  /** Default; `escalation` raises it with the number of connections, a report may name another. */
  readonly severity: Severity
  readonly since: string
  /** One sentence of what was seen. */
  readonly summary: string
  /** Sections of RFCs, functions of Linux. */
  readonly references: readonly string[]
  readonly tunables?: readonly Tunable[]
  readonly options?: O
  /** What it says: message id to typed data. */
  readonly messages: M
  /** What a packet shows as evidence: note id to typed data. */
  readonly notes?: N
  readonly groupBy?: GroupBy
  /** From as many connections as this option says, the group has this severity at least. */
  readonly escalation?: { readonly option: keyof O & string; readonly severity: Severity }
  readonly merge?: { readonly [Message in keyof M]?: { readonly [Key in keyof M[Message]]?: Merge } }
  /** Faults of the capture that could explain what is seen. */
  readonly unreliableWhen: readonly CaptureFault[]
  /** What it remembers of a connection, made when first asked for: only connections in trouble should have any. */
  readonly state?: () => State
  /** Its prose, if it brings that with it: rules of ours have theirs in src/report/wording/. */
  readonly wording?: Wording<M, N>
  /** Subscribes; called once per run. */
  create(context: ContextOf<S, M, N, O, State>): HandlersOf<S, State>
}

type ContextOf<
  S extends Scope,
  M extends Messages,
  N extends Messages,
  O extends OptionSpecs,
  State,
> = S extends 'host'
  ? HostContext<M, N, O>
  : S extends 'capture'
    ? CaptureContext<M, N, O>
    : ConnectionContext<M, N, O, State>

/** A rule about the capture remembers nothing of a connection, and judges none. */
export interface CaptureHandlers extends Omit<ConnectionHandlers, 'known' | 'judgeOpening' | 'judgeResets'> {
  /** The whole capture has been read. */
  end?(capture: CaptureCounts): void
}

type HandlersOf<S extends Scope, State> = S extends 'host'
  ? HostHandlers
  : S extends 'capture'
    ? CaptureHandlers
    : ConnectionHandlers<State>

/** A rule of any scope, as {@link defineRule} gives it. */
export interface AnyRule extends Omit<Rule<Scope, Messages, Messages, OptionSpecs, unknown>, 'create'> {
  /** Its handlers take what its own `state` made, whatever that is. */
  create(context: ContextOf<Scope, Messages, Messages, OptionSpecs, unknown>): HandlersOf<Scope, never>
}

/** Ties the types of a rule together, and returns it as it is: handlers to events, data to messages, options to their names. */
export function defineRule<
  const S extends Scope,
  const M extends Messages,
  const N extends Messages = Record<never, never>,
  const O extends OptionSpecs = Record<never, never>,
  State = undefined,
>(rule: Rule<S, M, N, O, State>): Rule<S, M, N, O, State> {
  return rule
}
