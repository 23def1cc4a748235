import type { HostEnd } from '../tracker/host-totals.ts'

/** What the values in a finding's data are; report/ knows how to print each kind. */
interface Kinds {
  count: number
  /** Nanoseconds; seconds in JSON. */
  duration: number
  durations: readonly number[]
  /** Nanoseconds since the first packet. */
  time: number
  packet: number
  packets: readonly number[]
  /** A sequence or acknowledgment number, int32; unsigned in JSON. */
  sequence: number
  bytes: number
  /** From 0 to 1. */
  share: number
  /** An address with its port, and one without. */
  end: HostEnd
  host: HostEnd
  /** A word of the code, not prose. */
  word: string
  flag: boolean
}

/** What a value of a message is, which decides how it is written. */
export type Kind = keyof Kinds

/** A kind; a kind that may be null; one word of a list; some words of a list. */
export type FieldSpec = Kind | `${Kind}?` | readonly string[] | { readonly listOf: readonly string[] }

/** The data of one message or note: name to what it is. */
export type DataSpec = Readonly<Record<string, FieldSpec>>

/** Message or note ids to their data. */
export type Messages = Readonly<Record<string, DataSpec>>

type FieldType<Spec> = Spec extends readonly (infer Word)[]
  ? Word
  : Spec extends { readonly listOf: readonly (infer Word)[] }
    ? readonly Word[]
    : Spec extends Kind
      ? Kinds[Spec]
      : Spec extends `${infer K extends Kind}?`
        ? Kinds[K] | null
        : never

/** The values that a message or note of this data takes. */
export type DataOf<Spec extends DataSpec> = { readonly [Key in keyof Spec]: FieldType<Spec[Key]> }

/** Data whose message is not known to the compiler. */
export type AnyData = Readonly<Record<string, unknown>>
