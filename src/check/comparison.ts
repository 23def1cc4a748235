import { bytesText, countText, durationText, percentText } from '../report/number-text.ts'

/** What a number counts: how it may be written, and how it is shown. */
export type ValueKind = 'count' | 'seconds' | 'share' | 'bytes'

/** The numbers that are right: those between two bounds. */
export interface Comparison {
  readonly least: number
  readonly most: number
  /** The bound itself is not right. */
  readonly isAbove: boolean
  readonly isBelow: boolean
}

const UNITS: Readonly<Record<ValueKind, Readonly<Record<string, number>>>> = {
  count: {},
  seconds: { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 },
  share: { '%': 0.01 },
  bytes: { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 },
}

const NUMBER = '[0-9]{1,15}(?:\\.[0-9]{1,9})?'

/** How a comparison is written as text, for the schema and for reading it: `< 50 ms`, `>= 1, < 5`, `2..5`, `1%`. */
export function writtenForm(kind: ValueKind): string {
  const units = Object.keys(UNITS[kind])
  const value = `${NUMBER}${units.length === 0 ? '' : `(?: ?(?:${units.join('|')}))?`}`
  const part = `(?:(?:<=|>=|<|>|=|==) *)?${value}`
  return `^ *(?:${value} *\\.\\. *${value}|${part}(?: *, *${part})?) *$`
}

const FORMS = new Map<ValueKind, RegExp>()

function formOf(kind: ValueKind): RegExp {
  const known = FORMS.get(kind) ?? new RegExp(writtenForm(kind))
  FORMS.set(kind, known)
  return known
}

/** What is written, a number or text; undefined if it is no comparison, or one that no number passes. */
export function parseComparison(kind: ValueKind, written: unknown): Comparison | undefined {
  if (typeof written === 'number') {
    const isRight = Number.isFinite(written) && written >= 0 && (kind !== 'share' || written <= 1)
    return isRight ? exactly(written) : undefined
  }
  if (typeof written !== 'string' || !formOf(kind).test(written)) return undefined
  const range = /^(.*?)\.\.(.*)$/.exec(written)
  const all =
    range === null
      ? written.split(',').map((part) => partOf(kind, part.trim()))
      : [{ ...ANY, least: numberOf(kind, range[1] ?? ''), most: numberOf(kind, range[2] ?? '') }]
  const comparison = all.reduce(both)
  return isEmpty(comparison) ? undefined : comparison
}

const ANY: Comparison = { least: 0, most: Number.POSITIVE_INFINITY, isAbove: false, isBelow: false }

export function exactly(value: number): Comparison {
  return { ...ANY, least: value, most: value }
}

export function atLeast(value: number): Comparison {
  return { ...ANY, least: value }
}

function partOf(kind: ValueKind, text: string): Comparison {
  const [, operator = '=', rest = ''] = /^(<=|>=|==|<|>|=)? *(.*)$/.exec(text) ?? []
  const value = numberOf(kind, rest)
  if (operator.startsWith('<')) return { ...ANY, most: value, isBelow: operator === '<' }
  if (operator.startsWith('>')) return { ...ANY, least: value, isAbove: operator === '>' }
  return exactly(value)
}

function numberOf(kind: ValueKind, text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+) ?(.*)$/.exec(text.trim()) ?? []
  const factor = UNITS[kind][unit] ?? 1
  // A division by a whole number is exact where a product with a fraction would not be: 200 ms are 0.2 s.
  return factor < 1 ? Number(digits) / Math.round(1 / factor) : Number(digits) * factor
}

function both(one: Comparison, other: Comparison): Comparison {
  const low = one.least > other.least || (one.least === other.least && one.isAbove) ? one : other
  const high = one.most < other.most || (one.most === other.most && one.isBelow) ? one : other
  return { least: low.least, isAbove: low.isAbove, most: high.most, isBelow: high.isBelow }
}

function isEmpty({ least, most, isAbove, isBelow }: Comparison): boolean {
  return least > most || (least === most && (isAbove || isBelow))
}

export function isEnough({ least, isAbove }: Comparison, value: number): boolean {
  return isAbove ? value > least : value >= least
}

export function isLittleEnough({ most, isBelow }: Comparison, value: number): boolean {
  return isBelow ? value < most : value <= most
}

export function holds(comparison: Comparison, value: number): boolean {
  return isEnough(comparison, value) && isLittleEnough(comparison, value)
}

/** `at most 50 ms`, `more than 3`, `2 to 5`, `4`. */
export function comparisonText(kind: ValueKind, { least, most, isAbove, isBelow }: Comparison): string {
  const low = boundText(kind, least)
  const high = boundText(kind, most)
  if (least === most) return low
  if (most === Number.POSITIVE_INFINITY) return `${isAbove ? 'more than' : 'at least'} ${low}`
  const upper = `${isBelow ? 'less than' : 'at most'} ${high}`
  if (least === 0 && !isAbove) return upper
  return !isAbove && !isBelow ? `${low} to ${high}` : `${isAbove ? 'more than' : 'at least'} ${low}, ${upper}`
}

/** What follows it is one thing: `1 finding`, `at least 1 finding`. */
export function isOne({ least, most, isAbove }: Comparison): boolean {
  return least === 1 && !isAbove && (most === 1 || most === Number.POSITIVE_INFINITY)
}

/** Somebody wrote `5 s`, not `5.00 s`. */
function boundText(kind: ValueKind, value: number): string {
  return valueText(kind, value)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )/, '')
}

export function valueText(kind: ValueKind, value: number): string {
  switch (kind) {
    case 'seconds':
      return durationText(value * 1e9)
    case 'share':
      return percentText(value)
    case 'bytes':
      return bytesText(value)
    default:
      return Number.isInteger(value) ? countText(value) : value.toFixed(2)
  }
}

const EXACT_UNITS: Readonly<Record<ValueKind, string>> = { count: '', seconds: ' s', share: '', bytes: ' B' }

/** As `valueText`, but exact where rounding would make it look like a bound that it missed. */
export function seenText(kind: ValueKind, value: number, { least, most }: Comparison): string {
  const text = valueText(kind, value)
  const isBlurred = [least, most].some((bound) => bound !== value && valueText(kind, bound) === text)
  return isBlurred ? `${value}${EXACT_UNITS[kind]}` : text
}

/** A bound with room above `value`, as it is written: a round number, at least twice as large, with its unit. */
export function boundBeyond(kind: ValueKind, value: number): string {
  const wanted = 2 * value
  if (kind === 'share') return `${plain(Math.min(100, roundUp(100 * wanted)))}%`
  if (kind === 'seconds')
    return wanted < 1 ? `${plain(roundUp(1000 * wanted))} ms` : `${plain(roundUp(wanted))} s`
  return plain(Math.max(1, Math.ceil(roundUp(wanted))))
}

/** 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 0.001
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10) * power
}

/** Without an exponent, and without the digits that a double adds. */
function plain(value: number): string {
  return String(Number(value.toPrecision(3)))
}
