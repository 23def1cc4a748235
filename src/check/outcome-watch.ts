import { endpointText } from '../report/endpoint-text.ts'
import { countOf, countText } from '../report/number-text.ts'
import type { Outcome } from '../tracker/connection-summary.ts'
import { comparisonText, holds, isLittleEnough } from './comparison.ts'
import type { OutcomeClaim } from './expectations.ts'
import { FirstConnections, type SeenConnection } from './seen-connection.ts'
import type { ClaimWatch, GroupFacts, RunEnd, Verdict } from './verdict.ts'

/** Connections by what became of them. */
export class OutcomeWatch implements ClaimWatch {
  readonly #claim: OutcomeClaim
  readonly #these = new FirstConnections()
  readonly #others = new FirstConnections()
  readonly #counts = new Map<Outcome, number>()

  constructor(claim: OutcomeClaim) {
    this.#claim = claim
  }

  add({ gist, summary }: SeenConnection): void {
    const { id, outcome } = gist
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1)
    const list = outcome === this.#claim.outcome ? this.#these : this.#others
    list.add(id, () => {
      const { client, server, lastPacket } = summary()
      return {
        id,
        packet: lastPacket,
        note: `${endpointText(client)} → ${endpointText(server)} is ${outcome}`,
      }
    })
  }

  judge(_end: RunEnd, { connections }: GroupFacts): Verdict {
    const { outcome, comparison } = this.#claim
    const { count } = this.#these
    const passed = holds(comparison, count)
    const examples = isLittleEnough(comparison, count) ? this.#others.named : this.#these.named
    const [first] = examples
    return {
      passed,
      expected: `${comparisonText('count', comparison)} ${outcome}`,
      seen:
        connections === 0
          ? 'there is no such connection'
          : `${countText(count)} ${outcome}${this.#otherText()}`,
      evidence: passed ? [] : examples.map(({ packet, note }) => ({ packet, note })),
      value: count,
      more: first === undefined ? { show: 'report' } : { show: 'connection', id: first.id },
    }
  }

  /** `, 2 reset, 1 open`. */
  #otherText(): string {
    const others = [...this.#counts].filter(([outcome]) => outcome !== this.#claim.outcome)
    const parts = others
      .sort(([, one], [, other]) => other - one)
      .map(([outcome, n]) => `${countText(n)} ${outcome}`)
    return parts.length === 0 ? ` of ${countOf(this.#these.count, 'connection')}` : `, ${parts.join(', ')}`
  }
}
