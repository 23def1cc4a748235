import type { OptionSpec } from '../audit/rule-options.ts'

type ValueSpec = Pick<OptionSpec, 'type' | 'min' | 'max'>

/** A value of an option with its unit: `10 s`, `2 %`, `20`. */
export function optionText({ type }: ValueSpec, value: number): string {
  if (type === 'seconds') return `${value} s`
  return type === 'share' ? `${Number((value * 100).toPrecision(6))} %` : String(value)
}

/** What an option takes, for who gave something else. */
export function optionTakes({ type, min, max }: ValueSpec): string {
  if (type === 'seconds') return 'a time such as 5s or 200ms'
  if (type === 'share') return 'a share such as 2% or 0.02, at most 100%'
  return max === undefined ? `a whole number from ${min} on` : `a whole number from ${min} to ${max}`
}
