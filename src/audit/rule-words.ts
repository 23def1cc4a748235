import type { FindingProfiles } from './finding.ts'
import type { DataOf, Messages } from './message-data.ts'

/** What a finding's text may tell besides its data. */
export interface Told {
  /** Connections, or what the rule counts. */
  readonly count: number
  /** The first connection: `10.0.0.5:51324 → 10.0.0.9:443`; and its ends. */
  readonly connection: string
  readonly client: string
  readonly server: string
  /** The end it is about. */
  readonly host: string
  /** The other host, where it is about two. */
  readonly peer: string
  /** The process of this machine that holds most of the sockets: `nginx[1234]`; empty if it is not known. */
  readonly holder: string
  /** What holds for these hosts: what the user has said of them, else Linux's defaults. */
  readonly profiles: FindingProfiles
  /** First and last time it was seen, ns since the first packet. */
  readonly firstSeen: number
  readonly lastSeen: number
}

/** The words of one message of a rule. */
export interface MessageWording<Data> {
  /** One line, without a full stop. */
  title(data: Data, told: Told): string
  /** What was seen, in this capture's numbers. */
  detail(data: Data, told: Told): string
  /** What to do next; commands stand in backquotes. */
  advice?(data: Data, told: Told): readonly string[]
}

/** What a packet shows. A method, so that a rule of any notes is a rule. */
interface NoteWording<Data> {
  words(data: Data): string
}

/** The prose of a rule: ours have it in src/report/wording/, others bring it with them. */
export interface Wording<M extends Messages, N extends Messages> {
  readonly messages: { readonly [Id in keyof M]: MessageWording<DataOf<M[Id]>> }
  readonly notes: { readonly [Id in keyof N]: NoteWording<DataOf<N[Id]>>['words'] }
}

/** A wording whose rule is not known to the compiler. */
export interface AnyWording {
  readonly messages: Readonly<Record<string, MessageWording<never>>>
  readonly notes: Readonly<Record<string, (data: never) => string>>
}
