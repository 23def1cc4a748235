import { endpointText } from '../report/endpoint-text.ts'
import { countOf } from '../report/number-text.ts'
import type { ConnectionSummary } from '../tracker/connection-summary.ts'
import { comparisonText, holds, isEnough, isLittleEnough, seenText, valueText } from './comparison.ts'
import type { NumberClaim } from './expectations.ts'
import { percentileOf, type Sample, Samples } from './samples.ts'
import type { NamedConnection, SeenConnection } from './seen-connection.ts'
import type { ClaimWatch, Verdict } from './verdict.ts'

/** Numbers of a group's connections, held to a comparison. */
export class NumberWatch implements ClaimWatch {
  readonly #claim: NumberClaim
  readonly #samples: Samples
  /** Of the connections with the extremes so far. */
  readonly #names = new Map<number, NamedConnection>()
  readonly #now: () => number

  constructor(claim: NumberClaim, now: () => number) {
    this.#claim = claim
    this.#samples = new Samples(percentileOf(claim.statistic) !== undefined)
    this.#now = now
  }

  get samples(): Samples {
    return this.#samples
  }

  add({ gist: { id }, notes, summary }: SeenConnection): void {
    const { metric } = this.#claim
    const samples = this.#samples
    const connection = summary()
    const whole = metric.whole?.(connection)
    for (const value of metric.of(connection, notes, this.#now())) {
      if (whole === undefined) samples.add(value, id)
      else samples.addShare(value, whole, id)
    }
    const isExtreme = [...samples.largest, ...samples.smallest].some((sample) => sample.connection === id)
    if (isExtreme) this.#name(connection)
  }

  judge(): Verdict {
    const { metric, statistic, comparison } = this.#claim
    const samples = this.#samples
    const { kind } = metric
    const expected = expectedText(this.#claim)
    const value = statistic === 'each' ? this.#worst() : statisticOf(this.#claim, samples)
    const isMissing = Number.isNaN(value)
    const passed = !isMissing && (statistic === 'each' ? this.#eachHolds() : holds(comparison, value))
    const seen = isMissing
      ? 'nothing that could be measured'
      : seenText(statistic === 'count' ? 'count' : kind, value, comparison)
    const examples = passed ? [] : this.#examples(value)
    return {
      passed,
      expected,
      seen: `${seen}${this.#ofText()}`,
      evidence: examples.map(({ packet, note }) => ({ packet, note })),
      value,
      more: examples[0] === undefined ? { show: 'report' } : { show: 'connection', id: examples[0].id },
    }
  }

  /** Of the connections that are too many or too few, the first; of other numbers, those that are farthest out. */
  #examples(value: number): NamedConnection[] {
    const { metric, comparison, statistic } = this.#claim
    const samples = this.#samples
    const isTooMuch = !isLittleEnough(comparison, value)
    const extremes = isTooMuch || statistic === 'total' ? samples.largest : samples.smallest
    const shown = new Map<number, NamedConnection>()
    for (const { value: one, connection } of extremes) {
      const name = this.#names.get(connection)
      if (name === undefined || shown.has(connection)) continue
      const isNoCause = statistic === 'total' ? one === 0 : shown.size > 0 && holds(comparison, one)
      if (isNoCause) continue
      const number = metric.name === 'connections' ? '' : `: ${valueText(metric.kind, one)}`
      shown.set(connection, { ...name, note: `${name.note}${number}` })
    }
    return [...shown.values()]
  }

  #ofText(): string {
    const { metric, statistic } = this.#claim
    if (metric.name === 'connections') return ''
    if (statistic === 'total' || statistic === 'count' || metric.alone === 'max') return ''
    return this.#samples.count === 0 ? '' : `, of ${countOf(this.#samples.count, 'measurement')}`
  }

  #worst(): number {
    const largest = this.#samples.largest[0]
    const smallest = this.#samples.smallest[0]
    if (largest === undefined || smallest === undefined) return Number.NaN
    return isLittleEnough(this.#claim.comparison, largest.value) &&
      !isEnough(this.#claim.comparison, smallest.value)
      ? smallest.value
      : largest.value
  }

  #eachHolds(): boolean {
    const { comparison } = this.#claim
    const bounds: readonly (Sample | undefined)[] = [this.#samples.largest[0], this.#samples.smallest[0]]
    return bounds.every((sample) => sample !== undefined && holds(comparison, sample.value))
  }

  #name({ id, firstPacket, client, server }: ConnectionSummary): void {
    const note = `${endpointText(client)} → ${endpointText(server)}`
    this.#names.set(id, { id, packet: firstPacket, note })
    const { largest, smallest } = this.#samples
    if (this.#names.size <= 2 * (largest.length + smallest.length)) return
    const kept = new Set([...largest, ...smallest].map(({ connection }) => connection))
    for (const known of this.#names.keys()) if (!kept.has(known)) this.#names.delete(known)
  }
}

function expectedText({ metric, statistic, comparison }: NumberClaim): string {
  const text = comparisonText(statistic === 'count' ? 'count' : metric.kind, comparison)
  if (statistic === 'total' || metric.alone === statistic) return text
  if (statistic === 'count') return `${text} measured`
  return `${statistic}: ${text}`
}

/** NaN where there is nothing that a statistic could be of. */
function statisticOf({ statistic, metric }: NumberClaim, samples: Samples): number {
  const { count, sum, whole, parts, largest, smallest } = samples
  const percentile = percentileOf(statistic)
  if (percentile !== undefined) return samples.percentile(percentile)
  switch (statistic) {
    case 'count':
      return count
    case 'max':
      // Of a state that no end was in, and of no connection at all: it lasted 0 s.
      return largest[0]?.value ?? (metric.alone === 'max' ? 0 : Number.NaN)
    case 'min':
      return smallest[0]?.value ?? Number.NaN
    case 'mean':
      return count === 0 ? Number.NaN : sum / count
    default:
      if (metric.whole === undefined) return sum
      return whole === 0 ? 0 : parts / whole
  }
}
