import type { Finding } from '../audit/finding.ts'
import type { ConnectionGist } from '../tracker/connection-summary.ts'
import { comparisonText, holds, seenText } from './comparison.ts'
import type { CaptureClaim, Claim, Group, NumberClaim } from './expectations.ts'
import { FindingWatch, NeverWatch, SeverityWatch } from './finding-watch.ts'
import { NumberWatch } from './number-watch.ts'
import { OutcomeWatch } from './outcome-watch.ts'
import type { SeenConnection } from './seen-connection.ts'
import { isOf, isSelected, type Selection } from './selection.ts'
import { EndStateWatch, StateCountWatch } from './state-watch.ts'
import type { ClaimWatch, GroupFacts, RunEnd, Verdict } from './verdict.ts'

/** Ids of many connections, 8 bytes each, to be asked for at the end. */
class IdSet {
  #ids = new Float64Array(64)
  #count = 0
  #isSorted = true

  add(id: number): void {
    if (this.#count === this.#ids.length) {
      const room = new Float64Array(2 * this.#count)
      room.set(this.#ids)
      this.#ids = room
    }
    this.#ids[this.#count++] = id
    this.#isSorted = false
  }

  has(id: number): boolean {
    const ids = this.#ids.subarray(0, this.#count)
    if (!this.#isSorted) ids.sort()
    this.#isSorted = true
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ids[middle] as number) < id) low = middle + 1
      else high = middle
    }
    return ids[low] === id
  }
}

/** What became of a claim, and the findings that are about its connections. */
export interface GroupVerdict {
  readonly claim: Claim
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
}

/** One group of an expectation file in the course of a run: its connections, handed to its claims. */
export class GroupWatch {
  readonly #selection: Selection
  readonly #isWhole: boolean
  readonly #watches: readonly { readonly claim: Claim; readonly watch: ClaimWatch }[]
  readonly #ids: IdSet | undefined
  /** With `nth`: the first so many connections, in order. */
  readonly #first: SeenConnection[] = []
  #connections = 0

  /** `claims` are those of the group that this run decides; `now` gives the time of the run, ns. */
  constructor({ selection, name }: Group, claims: readonly Claim[], now: () => number) {
    this.#selection = selection
    this.#isWhole = name === null
    this.#watches = claims.map((claim) => ({ claim, watch: watchOf(claim, now) }))
    const asks = claims.some(
      ({ about }) => about === 'finding' || about === 'never' || about === 'max-severity',
    )
    if (name !== null && asks) this.#ids = new IdSet()
  }

  isSelected(gist: ConnectionGist): boolean {
    return isSelected(this.#selection, gist)
  }

  add(connection: SeenConnection): void {
    const { nth } = this.#selection
    if (nth === null) this.#take(connection)
    else this.#line(connection, nth)
  }

  /** What became of each claim, in their order. */
  *verdicts(end: RunEnd): Generator<GroupVerdict, void, void> {
    const { nth } = this.#selection
    const meant = nth === null ? undefined : this.#first[nth - 1]
    if (meant !== undefined) this.#take(meant)
    const facts: GroupFacts = {
      connections: this.#connections,
      isAbout: (finding) => this.#isAbout(finding),
    }
    const findings = end.findings.filter((finding) => facts.isAbout(finding))
    const isEmpty = this.#connections === 0 && end.moment === null && !this.#mayBeEmpty()
    for (const { claim, watch } of this.#watches) {
      const verdict = watch.judge(end, facts)
      yield { claim, verdict: isEmpty && needsConnections(claim) ? this.#ofNone(verdict) : verdict, findings }
    }
  }

  #mayBeEmpty(): boolean {
    return this.#watches.some(({ claim }) => isNumberOfConnections(claim) && holds(claim.comparison, 0))
  }

  /** What is said of no connection holds, and nobody would notice that they are called otherwise by now. */
  #ofNone(verdict: Verdict): Verdict {
    const seen = this.#isWhole ? 'the capture holds no connection' : 'there is no such connection'
    return { ...verdict, passed: false, seen, evidence: [], more: { show: 'report' } }
  }

  #take(connection: SeenConnection): void {
    this.#connections++
    this.#ids?.add(connection.gist.id)
    for (const { watch } of this.#watches) watch.add(connection)
  }

  /** Keeps it if it is among the first so far: they finish in no order. */
  #line(connection: SeenConnection, most: number): void {
    const { id } = connection.gist
    const first = this.#first
    const last = first[most - 1]
    if (last !== undefined && id > last.gist.id) return
    const summary = connection.summary()
    const kept = { gist: summary, notes: connection.notes, summary: () => summary }
    const at = first.findIndex(({ gist }) => gist.id > id)
    first.splice(at === -1 ? first.length : at, 0, kept)
    if (first.length > most) first.pop()
  }

  #isAbout({ connections, host, client, server }: Finding): boolean {
    const ids = this.#ids
    if (ids === undefined || connections.some((id) => ids.has(id))) return true
    const { nth, outcome, ...ends } = this.#selection
    if (connections.length > 0 || nth !== null || outcome !== null) return false
    // Of hosts without a connection named: a flood at a listener.
    const named = [host, client, server].filter((end) => end !== null)
    const wanted = [ends.client, ends.server, ends.host].filter((pattern) => pattern !== null)
    return named.length > 0 && wanted.every((pattern) => named.some((end) => isOf(pattern, end)))
  }
}

function isNumberOfConnections(claim: Claim): claim is NumberClaim {
  return claim.about === 'number' && claim.metric.name === 'connections'
}

function needsConnections(claim: Claim): boolean {
  return claim.about !== 'capture' && claim.about !== 'finding' && !isNumberOfConnections(claim)
}

function watchOf(claim: Claim, now: () => number): ClaimWatch {
  switch (claim.about) {
    case 'number':
      return new NumberWatch(claim, now)
    case 'capture':
      return new CaptureWatch(claim)
    case 'outcome':
      return new OutcomeWatch(claim)
    case 'end-state':
      return new EndStateWatch(claim)
    case 'state-count':
      return new StateCountWatch(claim)
    case 'finding':
      return new FindingWatch(claim)
    case 'never':
      return new NeverWatch(claim)
    default:
      return new SeverityWatch(claim)
  }
}

class CaptureWatch implements ClaimWatch {
  readonly #claim: CaptureClaim

  constructor(claim: CaptureClaim) {
    this.#claim = claim
  }

  add(): void {}

  judge({ capture }: RunEnd): Verdict {
    const { number, comparison } = this.#claim
    const value = number.of(capture)
    return {
      passed: holds(comparison, value),
      expected: comparisonText(number.kind, comparison),
      seen: seenText(number.kind, value, comparison),
      evidence: [],
      value,
      more: { show: 'report' },
    }
  }
}
