import type { OptionSpec } from './rule-options.ts'

/** Seconds in each unit that a time may be written with. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
}

/** How a value with a unit is written, as the schema says it too; `count` has none. */
export const WRITTEN_FORMS = {
  seconds: `^[0-9]{1,12}(\\.[0-9]+)? ?(${Object.keys(UNITS).join('|')})$`,
  share: '^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?) ?%$',
} as const

type ValueSpec = Pick<OptionSpec, 'type' | 'min' | 'max'>

/** The value that is written, a number or text such as `5s` and `2%`; undefined if it is none of its kind, or out of range. */
export function optionValue(spec: ValueSpec, written: unknown): number | undefined {
  const value = typeof written === 'string' ? withUnit(spec.type, written) : written
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (spec.type === 'count' && !Number.isInteger(value)) return undefined
  return value >= spec.min && value <= (spec.max ?? Number.POSITIVE_INFINITY) ? value : undefined
}

/** The same of an argument, where a number without a unit is text too. */
export function optionArgument(spec: ValueSpec, text: string): number | undefined {
  return optionValue(spec, /^\d+(\.\d+)?$/.test(text) ? Number(text) : text)
}

function withUnit(type: OptionSpec['type'], text: string): number | undefined {
  if (type === 'count' || !new RegExp(WRITTEN_FORMS[type]).test(text)) return undefined
  const number = Number.parseFloat(text)
  if (type === 'share') return number / 100
  const unit = UNITS[text.replace(/^[\d.]+ ?/, '')] as number
  // A division by a whole number is exact where a product with a fraction would not be: 200 ms are 0.2 s.
  return unit < 1 ? number / Math.round(1 / unit) : number * unit
}
