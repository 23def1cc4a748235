/** One threshold of a rule. */
export interface OptionSpec {
  /** `seconds` reach the rule as nanoseconds, `share` is from 0 to 1. */
  readonly type: 'seconds' | 'count' | 'share'
  readonly default: number
  /** What it decides, a part of a sentence. */
  readonly says: string
  /** Least and greatest value that makes sense, both included; without `max` there is none. */
  readonly min: number
  readonly max?: number
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

export type OptionsOf<Specs extends OptionSpecs> = { readonly [Key in keyof Specs]: number }

/** An option that is a time; the rule gets it as nanoseconds. */
export function seconds(value: number, says: string): OptionSpec {
  return { type: 'seconds', default: value, says, min: 0 }
}

/** A whole number, by default from 1 on. */
export function count(
  value: number,
  says: string,
  { min = 1, max }: { readonly min?: number; readonly max?: number } = {},
): OptionSpec {
  return { type: 'count', default: value, says, min, ...(max !== undefined && { max }) }
}

/** An option that is a share, 0.02 for 2 %. */
export function share(value: number, says: string): OptionSpec {
  return { type: 'share', default: value, says, min: 0, max: 1 }
}

/** An option by its name, as somebody wrote it. */
export function optionSpec(specs: OptionSpecs | undefined, name: string): OptionSpec | undefined {
  return specs !== undefined && Object.hasOwn(specs, name) ? specs[name] : undefined
}

/** The options as the rule reads them: those given, else the defaults. */
export function optionValues<Specs extends OptionSpecs>(
  specs: Specs,
  given: Readonly<Record<string, number>> = {},
): OptionsOf<Specs> {
  const values = Object.entries(specs).map(([name, spec]) => {
    const value = given[name] ?? spec.default
    return [name, spec.type === 'seconds' ? value * 1e9 : value]
  })
  return Object.fromEntries(values) as OptionsOf<Specs>
}
