import { CAPTURE_NUMBERS, CAPTURE_NUMBERS_BY_NAME } from '../../check/capture-numbers.ts'
import { parseComparison, type ValueKind } from '../../check/comparison.ts'
import type { Claim } from '../../check/expectations.ts'
import { METRICS, METRICS_BY_NAME, type Metric } from '../../check/metrics.ts'
import { isStatistic, STATISTICS } from '../../check/samples.ts'
import { type ConfigEntry, type ConfigProblems, shown } from '../config/config-tree.ts'
import { didYouMean } from '../nearest.ts'
import type { Place } from './read-claims.ts'

/** All keys that numbers may be expected under. */
export const NUMBER_KEYS: readonly string[] = [...METRICS, ...CAPTURE_NUMBERS].map(({ name }) => name)

/** How a number of each kind may be written. */
export const TAKES: Readonly<Record<ValueKind, string>> = {
  count: 'a number, or a comparison such as ">= 1", "< 5" or "2..4"',
  seconds: 'seconds, or a comparison such as "< 50 ms" or "0.1..0.5"',
  share: 'a share, or a comparison such as "< 1%"',
  bytes: 'bytes, or a comparison such as ">= 10 kB"',
}

/** Whether it is a number's name, or the part of one before a dot. */
export function isNumberKey(key: string, { isWhole }: Place): boolean {
  return NUMBER_KEYS.some((name) => {
    const isRight = name === key || name.startsWith(`${key}.`)
    return isRight && (isWhole || !name.startsWith('capture.'))
  })
}

/** Reads a number's key, with its dots or with maps in maps: `handshake: {rttSeconds: {p99: "< 50 ms"}}`. */
export function* readNumber(
  entry: ConfigEntry,
  name: string,
  place: Place,
  problems: ConfigProblems,
): Generator<Claim, void, void> {
  const { value, line } = entry
  const metric = METRICS_BY_NAME.get(name)
  const number = CAPTURE_NUMBERS_BY_NAME.get(name)
  const id = `${place.id}${name}`
  const at = [...place.path, entry.key]
  if (value.entries === undefined) {
    const kind = metric?.kind ?? number?.kind
    if (kind === undefined) {
      const names = NUMBER_KEYS.filter((key) => key.startsWith(`${name}.`))
      problems.add(value.place, `${name} takes a map, not ${shown(value)}: there are ${names.join(', ')}`)
      return
    }
    const comparison = parseComparison(kind, value.scalar)
    if (comparison === undefined) {
      problems.add(value.place, `${name} takes no ${shown(value)}: give ${TAKES[kind]}`)
    } else if (metric !== undefined) {
      yield { about: 'number', id, line, path: at, metric, statistic: metric.alone, comparison }
    } else if (number !== undefined) yield { about: 'capture', id, line, path: at, number, comparison }
    return
  }
  if (value.entries.length === 0) problems.add(value.place, `${name} asks for nothing`)
  for (const inner of value.entries) {
    const longer = `${name}.${inner.key}`
    if (metric !== undefined && isStatistic(inner.key)) {
      yield* readStatistic(inner, metric, { id, path: at }, problems)
    } else if (isNumberKey(longer, place)) yield* readNumber(inner, longer, { ...place, path: at }, problems)
    else
      problems.add(
        inner.place,
        `unknown key '${inner.key}' of ${name}: ${innerHint(inner.key, name, metric)}`,
      )
  }
}

function* readStatistic(
  { key, value, line }: ConfigEntry,
  metric: Metric,
  { id, path }: Pick<Place, 'id' | 'path'>,
  problems: ConfigProblems,
): Generator<Claim, void, void> {
  const kind = key === 'count' ? 'count' : metric.kind
  const comparison = parseComparison(kind, value.scalar)
  if (comparison === undefined) {
    problems.add(value.place, `${metric.name}.${key} takes no ${shown(value)}: give ${TAKES[kind]}`)
    return
  }
  yield {
    about: 'number',
    id: `${id}.${key}`,
    line,
    path: [...path, key],
    metric,
    statistic: key,
    comparison,
  }
}

function innerHint(key: string, name: string, metric: Metric | undefined): string {
  const names = NUMBER_KEYS.filter((other) => other.startsWith(`${name}.`)).map((other) =>
    other.slice(name.length + 1),
  )
  const statistics = metric === undefined ? [] : [...STATISTICS, 'p50', 'p90', 'p95', 'p99']
  const all = [...statistics, ...names]
  return didYouMean(key, all, `there are ${all.join(', ')}`)
}
